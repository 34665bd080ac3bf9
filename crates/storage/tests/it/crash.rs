//! What crashes leave behind: files cut at any byte, bits flipped, whole folders gone, processes killed.

use std::fs;
use std::path::{Path, PathBuf};

use seiza_storage::{Options, Storage, StorageError};

use crate::chain::*;

/// Files of a storage folder's subfolder, by name.
pub(crate) fn files(dir: &Path, folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(dir.join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Copies a storage folder.
fn copy(from: &Path) -> tempfile::TempDir {
    fn fill(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            let target = to.join(path.file_name().unwrap());
            if path.is_dir() { fill(&path, &target) } else { fs::copy(&path, &target).map(drop).unwrap() }
        }
    }
    let to = tempfile::tempdir().unwrap();
    fill(from, to.path());
    to
}

/// One segment, no runs, no images: everything is in the two logs.
fn plain() -> Options {
    Options { run_heights: usize::MAX, run_bytes: usize::MAX, ..Options::without_fsync() }
}

#[test]
fn a_commit_cut_at_any_byte_leaves_the_height_before() {
    let dir = tempfile::tempdir().unwrap();
    let (seed, models) = (11, models(11, 7));
    let storage = open(dir.path(), plain());
    grow_to(&storage, seed, 6);
    let log = files(dir.path(), "changes").remove(0);
    let before = fs::metadata(&log).unwrap().len();
    let root_before = storage.head().app_hash;
    grow_to(&storage, seed, 7);
    let root_after = storage.head().app_hash;
    drop(storage);
    let whole = fs::read(&log).unwrap();
    for end in usize::try_from(before).unwrap()..whole.len() {
        fs::write(&log, &whole[..end]).unwrap();
        let storage = Storage::open(dir.path(), plain()).unwrap();
        assert_eq!((storage.head().height, storage.decided_tip(), storage.head().app_hash), (6, 7, root_before));
        if end % 16 == 0 {
            check(&storage, &models);
            assert!(storage.block(7).unwrap().unwrap().results.is_none(), "decided, to be replayed");
            commit(&storage, seed).unwrap();
            assert_eq!(storage.head().app_hash, root_after);
            check(&storage, &models);
        }
    }
}

#[test]
fn a_decided_block_cut_at_any_byte_is_decided_again() {
    let dir = tempfile::tempdir().unwrap();
    let storage = open(dir.path(), plain());
    grow_to(&storage, 12, 3);
    let log = files(dir.path(), "blocks").remove(0);
    let before = fs::metadata(&log).unwrap().len();
    let fourth = block(4);
    storage.append_block(&fourth, &certificate(&fourth)).unwrap();
    drop(storage);
    let whole = fs::read(&log).unwrap();
    for end in usize::try_from(before).unwrap()..whole.len() {
        fs::write(&log, &whole[..end]).unwrap();
        let storage = Storage::open(dir.path(), plain()).unwrap();
        assert_eq!((storage.head().height, storage.decided_tip()), (3, 3));
        storage.append_block(&fourth, &certificate(&fourth)).unwrap();
        assert_eq!(storage.decided_tip(), 4);
    }
}

#[test]
fn a_block_that_vanished_after_its_commit_is_damage() {
    let dir = tempfile::tempdir().unwrap();
    grow_to(&open(dir.path(), plain()), 13, 5);
    let log = files(dir.path(), "blocks").remove(0);
    let whole = fs::read(&log).unwrap();
    fs::write(&log, &whole[..whole.len() - 1]).unwrap();
    let error = Storage::open(dir.path(), plain()).unwrap_err().to_string();
    assert!(error.contains("the log ends with height 4, but height 5 was committed"), "{error}");
}

#[test]
fn a_flipped_bit_anywhere_is_found_or_does_not_matter() {
    let dir = tempfile::tempdir().unwrap();
    let (seed, models) = (14, models(14, 60));
    let storage = open(dir.path(), small());
    grow_to(&storage, seed, 60);
    drop(storage);
    let mut dice = Dice(99);
    let (mut found, mut harmless) = (0, 0);
    for _ in 0..150 {
        let folder = ["blocks", "changes", "index", "images"][usize::try_from(dice.below(4)).unwrap()];
        let copy = copy(dir.path());
        let candidates = files(copy.path(), folder);
        let Some(path) = candidates.get(usize::try_from(dice.below(candidates.len().max(1) as u64)).unwrap()) else {
            continue;
        };
        let mut bytes = fs::read(path).unwrap();
        let at = usize::try_from(dice.below(bytes.len() as u64)).unwrap();
        bytes[at] ^= 1 << dice.below(8);
        fs::write(path, bytes).unwrap();
        match answers(copy.path(), &models) {
            Ok(()) => harmless += 1,
            Err(error) => {
                found += 1;
                let error = error.to_string();
                assert!(
                    error.contains("is damaged at byte") || error.contains("has format") || error.contains("committed"),
                    "{error}"
                );
            }
        }
    }
    assert!(found > 50, "{found} found, {harmless} harmless");
}

/// Opens a folder and asks everything; whatever is answered has to be right.
fn answers(dir: &Path, models: &[Model]) -> Result<(), StorageError> {
    let storage = Storage::open(dir, small())?;
    // A flip in the very last record of a log looks like a write cut off; then the height is decided or committed again.
    assert!(storage.head().height >= 59);
    for height in 0..=storage.head().height {
        let state = storage.at(height).unwrap();
        let mut found = Vec::new();
        let range = seiza_state::KeyRange { start: seiza_state::Key::new(seiza_state::STORES[0], &[]), end: None };
        let scanned = seiza_state::StateRead::scan(&state, &range, &mut |key, value| {
            found.push((key.clone(), seiza_state::Value::from(value)));
            true
        });
        match scanned {
            Ok(()) => {
                assert_eq!(found, models[usize::try_from(height).unwrap()].clone().into_iter().collect::<Vec<_>>())
            }
            Err(error) => return Err(StorageError::Stopped(error.to_string())),
        }
        if let Some(stored) = storage.block(height)? {
            assert_eq!(stored.block, block(height));
            assert_eq!(stored.results.as_deref(), Some(&results(height)));
            for tx in &stored.block.txs {
                assert_eq!(storage.tx(&tx_hash(tx))?.map(|location| location.height), Some(height));
            }
        }
    }
    Ok(())
}

#[test]
fn index_and_images_are_made_again_from_the_logs() {
    let dir = tempfile::tempdir().unwrap();
    let (seed, models) = (15, models(15, 80));
    let storage = open(dir.path(), small());
    grow_to(&storage, seed, 70);
    let root = storage.head().app_hash;
    drop(storage);
    for gone in [&["index"][..], &["images"], &["index", "images"]] {
        let copy = copy(dir.path());
        for folder in gone {
            fs::remove_dir_all(copy.path().join(folder)).unwrap();
        }
        let storage = open(copy.path(), small());
        assert_eq!(storage.head().app_hash, root, "without {gone:?}");
        check(&storage, &models);
        grow_to(&storage, seed, 80);
        check(&storage, &models);
    }
}

#[test]
fn a_damaged_image_gives_way_to_the_one_before() {
    let dir = tempfile::tempdir().unwrap();
    let (seed, models) = (16, models(16, 150));
    let storage = open(dir.path(), small());
    grow_to(&storage, seed, 150);
    wait_for("an image", || files(dir.path(), "images").iter().any(|path| path.extension().unwrap() == "image"));
    drop(storage);
    for path in files(dir.path(), "images") {
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, bytes).unwrap();
    }
    check(&open(dir.path(), small()), &models);
}

/// Waits for background work, a few seconds at most.
pub(crate) fn wait_for(what: &str, done: impl Fn() -> bool) {
    let begun = std::time::Instant::now();
    while !done() {
        assert!(begun.elapsed().as_secs() < 20, "waited too long for {what}");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

#[test]
fn a_missing_genesis_is_named() {
    let dir = tempfile::tempdir().unwrap();
    grow_to(&open(dir.path(), plain()), 17, 2);
    fs::remove_file(dir.path().join("genesis.bin")).unwrap();
    let error = Storage::open(dir.path(), plain()).unwrap_err().to_string();
    assert!(error.contains("genesis.bin is damaged at byte 0: it is missing"), "{error}");
}
