//! What operators ask of a folder.

use std::fs;
use std::path::{Path, PathBuf};

use seiza_storage::upkeep::{Repair, rollback, stats, verify};
use seiza_storage::{Options, StorageError};

use crate::chain::*;
use crate::crash::wait_for;

const SEED: u64 = 81;

fn grown(dir: &Path, height: u64) {
    let storage = open(dir, Options { segment_bytes: 4_000, image_log_bytes: 3_000, ..small() });
    grow_to(&storage, SEED, height);
    wait_for("an image", || fs::read_dir(dir.join("images")).unwrap().count() > 0);
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let folders = ["blocks", "changes", "index", "images"].iter().map(|name| dir.join(name));
    let mut files: Vec<PathBuf> =
        folders.flat_map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path())).collect();
    files.extend(["genesis.bin", "undecided.log"].map(|name| dir.join(name)));
    files.sort();
    files
}

/// Waits for the lock, which another test's child may hold for a moment.
fn patiently<T>(ask: impl Fn() -> Result<T, StorageError>) -> Result<T, StorageError> {
    for _ in 0..100 {
        match ask() {
            Err(StorageError::Locked(_)) => std::thread::sleep(std::time::Duration::from_millis(10)),
            answered => return answered,
        }
    }
    ask()
}

#[test]
fn figures_are_those_of_the_files() {
    let dir = tempfile::tempdir().unwrap();
    grown(dir.path(), 120);
    let figures = patiently(|| stats(dir.path())).unwrap();
    assert_eq!((figures.head, figures.decided, figures.earliest), (120, 120, 0));
    let bytes: u64 = files(dir.path()).iter().map(|path| fs::metadata(path).unwrap().len()).sum();
    assert_eq!(figures.bytes(), bytes);
    let heights = |name: &str| figures.parts.iter().find(|part| part.name == name).unwrap().heights;
    assert_eq!((heights("blocks"), heights("changes")), (Some((1, 120)), Some((1, 120))));
    assert!(heights("index").is_some_and(|(first, last)| first == 1 && last > 100));
    assert!(figures.index_entries > 1_000);
    let storage = reopen(dir.path(), small());
    assert!(matches!(stats(dir.path()), Err(StorageError::Locked(_))), "not beside a node");
    drop(storage);
}

#[test]
fn a_whole_folder_has_no_fault_and_a_flipped_byte_anywhere_is_found() {
    let dir = tempfile::tempdir().unwrap();
    grown(dir.path(), 120);
    let check = || patiently(|| verify(dir.path(), &|_| ())).unwrap();
    let whole = check();
    assert!(whole.faults.is_empty(), "{:?}", whole.faults);
    assert_eq!(whole.files, files(dir.path()).len() as u64);
    let newest =
        |name: &str| files(dir.path()).into_iter().rfind(|path| path.to_str().unwrap().contains(name)).unwrap();
    let last_commit = newest("/changes/");
    for path in files(dir.path()) {
        let bytes = fs::read(&path).unwrap();
        // The header, the middle and the end; the last byte of the newest log is a torn write for all one can know.
        for at in [3, bytes.len() / 2, bytes.len() - 1] {
            let mut spoiled = bytes.clone();
            spoiled[at] ^= 4;
            fs::write(&path, spoiled).unwrap();
            let found = check();
            let name = path.strip_prefix(dir.path()).unwrap().display();
            if found.unfinished_bytes > 0 {
                assert!(path == last_commit || path == newest("/blocks/"), "{name} at {at}");
                continue;
            }
            assert_eq!(found.faults.len(), 1, "{name} at {at}: {:?}", found.faults);
            assert_eq!(found.faults[0].path, path);
            let source = ["blocks", "changes", "genesis"].iter().any(|part| name.to_string().starts_with(part));
            assert_eq!(found.faults[0].repair == Repair::Resync, source, "{name}");
        }
        fs::write(&path, &bytes).unwrap();
    }
    assert_eq!(check(), whole);
}

#[test]
fn what_is_missing_is_found() {
    let dir = tempfile::tempdir().unwrap();
    grown(dir.path(), 120);
    let check = || patiently(|| verify(dir.path(), &|_| ())).unwrap();
    for name in ["/changes/", "/index/", "/blocks/"] {
        let all: Vec<_> = files(dir.path()).into_iter().filter(|path| path.to_str().unwrap().contains(name)).collect();
        // Without the first it would look as if it were pruned.
        let (gone, after) = (&all[1], &all[2]);
        let bytes = fs::read(gone).unwrap();
        fs::remove_file(gone).unwrap();
        assert_eq!(check().faults.iter().map(|fault| &fault.path).collect::<Vec<_>>(), [after]);
        fs::write(gone, bytes).unwrap();
    }
    let newest = files(dir.path()).into_iter().rfind(|path| path.to_str().unwrap().contains("/blocks/")).unwrap();
    fs::remove_file(newest).unwrap();
    assert!(check().faults[0].what.contains("but height 120 was committed"), "{:?}", check().faults);
}

#[test]
fn a_height_is_taken_back_and_executed_again() {
    let models = models(SEED, 140);
    // Also where the newest run, and an image, end with the very height; and again and again.
    for height in [1, 2, 37, 40, 120, 125] {
        let dir = tempfile::tempdir().unwrap();
        let options = Options { segment_bytes: 4_000, image_log_bytes: 3_000, ..small() };
        let storage = open(dir.path(), options.clone());
        grow_to(&storage, SEED, height);
        let app_hash = storage.head().app_hash;
        drop(storage);
        for _ in 0..2 {
            let done = patiently(|| rollback(dir.path(), &options)).unwrap();
            assert_eq!((done.from, done.to), (height, height - 1));
            let again = patiently(|| rollback(dir.path(), &options)).unwrap();
            assert_eq!((again.from, again.to), (height - 1, height - 1), "the block waits already");
            assert!(patiently(|| verify(dir.path(), &|_| ())).unwrap().faults.is_empty());
            let storage = reopen(dir.path(), options.clone());
            assert_eq!((storage.head().height, storage.decided_tip()), (height - 1, height));
            check(&storage, &models);
            commit(&storage, SEED).unwrap();
            assert_eq!(storage.head().app_hash, app_hash);
            drop(storage);
        }
        let storage = reopen(dir.path(), options.clone());
        assert!(matches!(rollback(dir.path(), &options), Err(StorageError::Locked(_))), "not beside a node");
        grow_to(&storage, SEED, height + 15);
        check(&storage, &models);
    }
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path(), small()));
    assert!(matches!(patiently(|| rollback(dir.path(), &small())), Err(StorageError::Rollback(_))), "nothing yet");
}

#[test]
fn compacting_leaves_few_files_and_every_answer() {
    let dir = tempfile::tempdir().unwrap();
    let storage = open(dir.path(), small());
    grow_to(&storage, SEED, 123);
    let done = storage.compact(&|_| ()).unwrap();
    assert!(done.files.0 > done.files.1, "{done:?}");
    // A run that is written meanwhile stands beside the one until it is asked again.
    wait_for("one run", || storage.compact(&|_| ()).unwrap().files.1 == 1);
    check(&storage, &models(SEED, 123));
}
