//! Images: the state returns with its shape, and nothing but what was written is taken.

use std::fs;

use seiza_state::{Changeset, KeyRange, StateRead as _};

use super::*;

/// A state with history: its trees' shapes and versions are not those of a tree built in one go.
fn sample() -> Version {
    let mut version = Version::default();
    for height in 1..40u64 {
        let mut changes = Changeset::default();
        for number in 0..30u64 {
            let mixed = (number * 7919 + height * 104_729) % 301;
            let store = STORES[usize::try_from(mixed % 3).unwrap()];
            let key = Key::new(store, &[&mixed.to_be_bytes()]);
            changes.insert(key, (mixed % 4 != 0).then(|| Value::from(vec![7; usize::try_from(mixed).unwrap()])));
        }
        version = version.apply(height, &changes);
    }
    version
}

fn written() -> (tempfile::TempDir, PathBuf, Version) {
    let dir = tempfile::tempdir().unwrap();
    prepare(dir.path()).unwrap();
    assert!(list(dir.path()).unwrap().is_empty());
    let version = sample();
    let bytes = write(dir.path(), false, &version, &|| false).unwrap();
    let (height, path) = list(dir.path()).unwrap().remove(0);
    assert_eq!((height, fs::metadata(&path).unwrap().len()), (39, bytes));
    (dir, path, version)
}

fn everything(version: &Version) -> Vec<(Key, Value)> {
    let mut all = Vec::new();
    version.leaves(&KeyRange { start: Key::new(STORES[0], &[]), end: None }, &mut |leaf| {
        all.push((leaf.key.clone(), leaf.value.clone()));
        true
    });
    all
}

#[test]
fn a_state_returns_and_goes_on_as_if_nothing_had_been() {
    let (_dir, path, version) = written();
    let loaded = load(&path, 39, &mut |_, _| ()).unwrap();
    assert_eq!(everything(&loaded), everything(&version));
    assert_eq!(loaded.app_hash(), version.app_hash());
    for (key, value) in everything(&version) {
        assert_eq!(loaded.get(&key).unwrap(), Some(value));
    }
    let next: Changeset = (0..200u64)
        .map(|n| (Key::new(STORES[1], &[&(n * 3).to_be_bytes()]), (n % 2 == 0).then(|| Value::from(vec![1]))))
        .collect();
    assert_eq!(loaded.apply(40, &next).app_hash(), version.apply(40, &next).app_hash(), "shape and versions returned");
}

#[test]
fn no_image_with_a_flipped_byte_is_taken() {
    let (_dir, path, _) = written();
    let whole = fs::read(&path).unwrap();
    for at in (0..whole.len()).step_by(311).chain(0..60).chain(whole.len() - 60..whole.len()) {
        let mut bytes = whole.clone();
        bytes[at] ^= 4;
        fs::write(&path, &bytes).unwrap();
        load(&path, 39, &mut |_, _| ()).unwrap_err();
        fs::write(&path, &whole[..at]).unwrap();
        load(&path, 39, &mut |_, _| ()).unwrap_err();
    }
}

#[test]
fn a_state_without_keys_has_an_image_too() {
    let dir = tempfile::tempdir().unwrap();
    prepare(dir.path()).unwrap();
    write(dir.path(), true, &Version::default(), &|| false).unwrap();
    let (height, path) = list(dir.path()).unwrap().remove(0);
    assert_eq!(load(&path, height, &mut |_, _| ()).unwrap().app_hash(), Version::default().app_hash());
}

#[test]
fn stopping_leaves_no_file() {
    let dir = tempfile::tempdir().unwrap();
    prepare(dir.path()).unwrap();
    assert!(matches!(write(dir.path(), false, &sample(), &|| true), Err(StorageError::Stopped(_))));
    assert!(list(dir.path()).unwrap().is_empty());
}

#[test]
fn the_newest_images_stay() {
    let dir = tempfile::tempdir().unwrap();
    prepare(dir.path()).unwrap();
    for height in [3, 9, 5] {
        write(dir.path(), false, &Version::default().apply(height, &Changeset::default()), &|| false).unwrap();
    }
    assert_eq!(prune(dir.path(), false, 2).unwrap(), Some(5));
    assert_eq!(list(dir.path()).unwrap().iter().map(|(height, _)| *height).collect::<Vec<_>>(), [9, 5]);
}
