//! Images: the state returns with its shape, whole and in increments, and nothing but what was written is taken.

use std::fs;
use std::sync::Arc;

use proptest::prelude::*;
use seiza_state::{Changeset, Key, KeyRange, STORES, StateRead as _, Value};

use super::*;
use crate::version::Version;

fn pace<'a>(stopping: &'a dyn Fn() -> bool) -> Pace<'a> {
    Pace::new(u64::MAX, stopping)
}

fn changes(height: u64) -> Changeset {
    let mut changes = Changeset::default();
    for number in 0..30u64 {
        let mixed = (number * 7919 + height * 104_729) % 301;
        let store = STORES[usize::try_from(mixed % 3).unwrap()];
        // Some keys have more in common than a separator holds.
        let pad = [b'p'; 40];
        let key = Key::new(store, &[&pad[..if mixed.is_multiple_of(5) { 40 } else { 0 }], &mixed.to_be_bytes()]);
        changes.insert(key, (!mixed.is_multiple_of(4)).then(|| Value::from(vec![7; usize::try_from(mixed).unwrap()])));
    }
    changes
}

/// A state with history: its trees' shapes and versions are not those of a tree built in one go.
fn sample() -> Version {
    grow(Version::default(), 39)
}

fn grow(mut version: Version, last: u64) -> Version {
    for height in version.height + 1..=last {
        version = version.apply(height, &changes(height));
    }
    version
}

fn everything(version: &Version) -> Vec<(Key, Value)> {
    let mut all = Vec::new();
    version.leaves(&KeyRange { start: Key::new(STORES[0], &[]), end: None }, &mut |leaf| {
        all.push((leaf.key.clone(), leaf.value.clone()));
        true
    });
    all
}

fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    prepare(dir.path()).unwrap();
    assert!(list(dir.path()).unwrap().is_empty());
    dir
}

/// Writes an image and moves the state onto it.
fn store(dir: &Path, version: &Version, kind: Kind) -> Version {
    let number = next_number(dir).unwrap();
    let written = write(dir, false, version, kind, number, pace(&|| false)).unwrap();
    version.moved(&written.image, written.leaves, kind == Kind::Whole)
}

fn open(dir: &Path, height: u64, index_bytes_max: u64) -> Result<Version, StorageError> {
    let (_, path) = list(dir)?.into_iter().find(|(found, _)| *found == height).unwrap();
    let (image, stated) = load(dir, &path, height)?;
    let version = Version::from_image(&image, index_bytes_max);
    assert_eq!(version.app_hash(), stated);
    Ok(version)
}

fn assert_same(found: &Version, expected: &Version, what: &str) {
    assert_eq!((found.height, found.app_hash()), (expected.height, expected.app_hash()), "{what}");
    assert_eq!(everything(found), everything(expected), "{what}");
    for (key, value) in everything(expected) {
        assert_eq!(found.get(&key).unwrap(), Some(value), "{what}");
        assert_eq!(found.get(&key.successor()).unwrap(), None, "{what}");
        assert_eq!(found.prove(&key), expected.prove(&key), "{what}");
    }
    assert_eq!(found.size(), everything(expected).len() as u64);
}

#[test]
fn a_state_returns_and_goes_on_as_if_nothing_had_been() {
    let (dir, version) = (folder(), sample());
    let moved = store(dir.path(), &version, Kind::Whole);
    let by_map = open(dir.path(), 39, u64::MAX).unwrap();
    let by_tree = open(dir.path(), 39, 0).unwrap();
    let next = grow(sample(), 60);
    for (found, what) in [(moved, "moved"), (by_map, "by the map"), (by_tree, "by the trees")] {
        assert_eq!(found.nodes_in_memory(), 0, "{what}");
        assert_same(&found, &version, what);
        assert_same(&grow(found, 60), &next, what);
    }
}

#[test]
fn increments_hold_what_has_changed_and_nothing_else() {
    let (dir, mut version) = (folder(), store(folder().path(), &sample(), Kind::Whole));
    version = store(dir.path(), &version, Kind::Whole);
    let mut whole = fs::metadata(node_file::path(dir.path(), 1)).unwrap().len();
    for (number, height) in (2..).zip([41u64, 44, 45, 46]) {
        version = grow(version, height);
        let in_memory = version.nodes_in_memory();
        version = store(dir.path(), &version, Kind::Incremental);
        assert_eq!(version.nodes_in_memory(), 0);
        let bytes = fs::metadata(node_file::path(dir.path(), number)).unwrap().len();
        assert!(in_memory > 0 && bytes < whole, "{bytes} of {whole} for {in_memory} nodes");
        assert_same(&version, &grow(sample(), height), "moved");
        assert_same(&open(dir.path(), height, u64::MAX).unwrap(), &version, "opened");
        whole = whole.max(bytes);
    }
    // All of them can still be read, and one more whole image makes the rest superfluous.
    assert_same(&open(dir.path(), 41, 0).unwrap(), &grow(sample(), 41), "an older one");
    version = store(dir.path(), &grow(version, 47), Kind::Whole);
    prune(dir.path(), false, 2).unwrap();
    assert_eq!((list(dir.path()).unwrap().len(), numbered(dir.path(), ".nodes").unwrap().len()), (1, 1));
    assert_same(&open(dir.path(), 47, 0).unwrap(), &version, "the last");
}

#[test]
fn no_image_with_a_flipped_byte_is_taken() {
    let (dir, mut version) = (folder(), sample());
    version = store(dir.path(), &version, Kind::Whole);
    store(dir.path(), &grow(version, 41), Kind::Incremental);
    for path in disk::list(&dir.path().join(IMAGE_DIR)).unwrap() {
        let whole = fs::read(&path).unwrap();
        let taken = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            let found = open(dir.path(), 41, u64::MAX).is_ok();
            let checked =
                list(dir.path()).unwrap().iter().all(|(height, path)| check(dir.path(), path, *height).is_ok());
            assert!(found || !checked);
            checked
        };
        let end = whole.len();
        for at in (0..end).step_by(311).chain(0..60.min(end)).chain(end.saturating_sub(60)..end) {
            let mut bytes = whole.clone();
            bytes[at] ^= 4;
            assert!(!taken(&bytes), "{} with a flip at {at}", path.display());
            assert!(!taken(&whole[..at]), "{} cut at {at}", path.display());
        }
        assert!(taken(&whole));
    }
}

/// Hands a tree over: its upper nodes one by one, what is below as grafts.
fn pour(node: crate::tree::Node<'_>, sink: &mut Sink<'_>) -> Result<(), StorageError> {
    if let Some((left, right)) = node.children().filter(|_| node.height() > 3) {
        pour(left, sink)?;
        pour(right, sink)?;
        return sink.inner(node.version());
    }
    let mut graft = Graft::default();
    plant(node, &mut graft);
    assert_eq!(graft.root(), Some((node.hash(), node.size())));
    sink.graft(graft)
}

fn plant(node: crate::tree::Node<'_>, graft: &mut Graft) {
    match node.children() {
        None => {
            let leaf = node.edge(false);
            graft.leaf(leaf.key_bytes(), leaf.value_bytes(), leaf.version());
        }
        Some((left, right)) => {
            plant(left, graft);
            plant(right, graft);
            graft.inner(node.version()).unwrap();
        }
    }
}

#[test]
fn nodes_from_a_stream_make_the_same_image() {
    let (dir, version) = (folder(), sample());
    write_nodes(dir.path(), false, (39, version.app_hash()), &mut |sink| {
        for store in STORES {
            version.tree(store).node().map_or(Ok(()), |root| pour(root, sink))?;
            sink.end_store()?;
        }
        Ok(())
    })
    .unwrap();
    assert_same(&open(dir.path(), 39, u64::MAX).unwrap(), &version, "streamed");
    let short = write_nodes(dir.path(), false, (40, version.app_hash()), &mut |sink| sink.end_store());
    assert!(matches!(short, Err(StorageError::Stopped(_))), "stores are missing");
    let orphan = write_nodes(dir.path(), false, (40, version.app_hash()), &mut |sink| sink.inner(1));
    assert!(matches!(orphan, Err(StorageError::Stopped(_))), "a parent without children");
}

#[test]
fn a_state_without_keys_has_an_image_too() {
    let dir = folder();
    store(dir.path(), &Version::default(), Kind::Whole);
    assert_eq!(open(dir.path(), 0, u64::MAX).unwrap().app_hash(), Version::default().app_hash());
}

#[test]
fn stopping_leaves_no_file() {
    let dir = folder();
    let stopped = write(dir.path(), false, &sample(), Kind::Whole, 1, pace(&|| true));
    assert!(matches!(stopped, Err(StorageError::Stopped(_))));
    drop(stopped);
    assert!(disk::list(&dir.path().join(IMAGE_DIR)).unwrap().is_empty());
}

#[test]
fn writing_keeps_to_its_pace() {
    let dir = folder();
    let begun = std::time::Instant::now();
    let bytes = write(dir.path(), false, &sample(), Kind::Whole, 1, Pace::new(100_000, &|| false)).unwrap().bytes;
    let due = std::time::Duration::from_secs_f64(bytes as f64 / 100_000.0);
    assert!(begun.elapsed() >= due, "{bytes} bytes in {:?}", begun.elapsed());
}

#[test]
fn the_newest_images_stay_with_their_files() {
    let (dir, mut version) = (folder(), sample());
    version = store(dir.path(), &version, Kind::Whole);
    for height in [40, 41, 42] {
        version = store(dir.path(), &grow(version, height), Kind::Incremental);
    }
    prune(dir.path(), false, 2).unwrap();
    let heights: Vec<_> = list(dir.path()).unwrap().iter().map(|(height, _)| *height).collect();
    assert_eq!((heights, numbered(dir.path(), ".nodes").unwrap().len()), (vec![42, 41], 4));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Wherever nodes lie, and however often they were moved, trees grow and answer alike.
    #[test]
    fn any_history_of_images_gives_the_same_state(steps in prop::collection::vec((1u64..4, 0u8..3), 1..12)) {
        let (dir, mut version, mut plain) = (folder(), Version::default(), Version::default());
        let mut height = 0;
        for (blocks, step) in steps {
            height += blocks;
            (version, plain) = (grow(version, height), grow(plain, height));
            version = match step {
                0 => store(dir.path(), &version, Kind::Whole),
                1 => store(dir.path(), &version, Kind::Incremental),
                _ => version,
            };
            prop_assert_eq!(version.app_hash(), plain.app_hash());
            prop_assert_eq!(everything(&version), everything(&plain));
        }
        assert_same(&version, &plain, "at the end");
    }
}

/// Not a whole image where one has just been written: a held state keeps its files.
#[test]
fn a_held_state_outlives_its_files() {
    let dir = folder();
    let held = Arc::new(store(dir.path(), &sample(), Kind::Whole));
    fs::remove_dir_all(dir.path().join(IMAGE_DIR)).unwrap();
    assert_same(&held, &sample(), "held");
}
