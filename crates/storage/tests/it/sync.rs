//! From one storage to another by a snapshot: what arrives is the same, whatever happens on the way.

use std::path::Path;

use seiza_storage::sync::{Base, Cut, Parts, SnapshotFile, SyncError, install, is_fresh, unpack};
use seiza_storage::{Options, Storage, StorageError, upkeep};

use crate::chain::*;

/// A chain of so many heights, and the snapshot of one of them, without its chunks.
fn source(dir: &Path, seed: u64, heights: u64, of: u64) -> (Storage, Cut) {
    let storage = open(&dir.join("source"), small());
    grow_to(&storage, seed, heights);
    let cut = storage.cut(of).unwrap().unwrap();
    (storage, cut)
}

fn begin(path: &Path, storage: &Storage, cut: &Cut) -> SnapshotFile {
    let base = Base::of(&storage.block(cut.height()).unwrap().unwrap()).unwrap();
    let parts = Parts {
        height: cut.height(),
        app_hash: cut.app_hash(),
        proof: b"proof".to_vec(),
        base: base.encode(),
        top: unpack(&cut.top(), 1 << 20, "top").unwrap(),
    };
    SnapshotFile::create(path, parts).unwrap()
}

fn fill(file: &mut SnapshotFile, cut: &Cut, most: usize) {
    for id in file.missing().into_iter().take(most) {
        file.append(id, &cut.chunk(&id).unwrap()).unwrap();
    }
}

fn install_in(dir: &Path, file: &SnapshotFile) -> Result<(), SyncError> {
    let (record, changes) = genesis();
    install(dir, file, (&record, &changes), false, &mut |_| ()).map(drop)
}

#[test]
fn a_storage_made_of_a_snapshot_goes_on_like_its_source() {
    let dir = tempfile::tempdir().unwrap();
    let (seed, models) = (51, models(51, 90));
    let (storage, cut) = source(dir.path(), seed, 60, 59);
    let mut file = begin(&dir.path().join("59.snapshot"), &storage, &cut);
    fill(&mut file, &cut, usize::MAX);
    let tally = file.check(&mut |_, _| ()).unwrap();
    assert_eq!(tally.keys, models[59].len() as u64);
    let new = dir.path().join("new");
    assert!(is_fresh(&new).unwrap());
    install_in(&new, &file).unwrap();
    assert!(!is_fresh(&new).unwrap());
    let synced = reopen(&new, small());
    assert_eq!((synced.head().height, synced.head().app_hash), (59, cut.app_hash()));
    assert_eq!(everything(&synced.head().state), models[59].clone().into_iter().collect::<Vec<_>>());
    let block = synced.head().block.clone().unwrap();
    assert_eq!((block.hash, &block.certificate), (block_hash(&storage, 59), &certificate(&block.block)));
    assert!(block.results.as_ref().unwrap().receipts.iter().all(|receipt| receipt.logs.is_empty()));
    grow_to(&synced, seed, 60);
    assert_eq!(synced.head().app_hash, storage.head().app_hash);
    assert_eq!(synced.earliest(), 60, "its own height is not whole");
    grow_to(&synced, seed, 90);
    check(&synced, &models);
    drop(synced);
    let synced = reopen(&new, small());
    assert_eq!(synced.earliest(), 60);
    check(&synced, &models);
}

fn block_hash(storage: &Storage, height: u64) -> seiza_types::B256 {
    storage.block(height).unwrap().unwrap().hash
}

#[test]
fn a_download_that_is_cut_anywhere_is_gone_on_with() {
    let dir = tempfile::tempdir().unwrap();
    let (storage, cut) = source(dir.path(), 52, 30, 29);
    let path = dir.path().join("29.snapshot");
    let mut file = begin(&path, &storage, &cut);
    let begun = file.bytes();
    fill(&mut file, &cut, usize::MAX);
    drop(file);
    let whole = std::fs::read(&path).unwrap();
    let step = (whole.len() / 150).max(1);
    let cuts = (usize::try_from(begun).unwrap()..whole.len()).step_by(step);
    for (round, end) in cuts.enumerate() {
        // A kill leaves a part of the last record; a power cut may leave anything behind it.
        let tail: &[u8] = if round % 2 == 0 { &[] } else { &[0xee; 500] };
        std::fs::write(&path, [&whole[..end], tail].concat()).unwrap();
        let mut file = SnapshotFile::open(&path).unwrap();
        let missing = file.missing().len();
        assert!(missing > 0, "{end} of {}", whole.len());
        assert!(matches!(install_in(&dir.path().join("none"), &file), Err(SyncError::Incomplete { .. })));
        fill(&mut file, &cut, usize::MAX);
        drop(file);
        let file = SnapshotFile::open(&path).unwrap();
        file.check(&mut |_, _| ()).unwrap();
        assert_eq!(file.progress().0, file.progress().1);
    }
    let new = dir.path().join("new");
    install_in(&new, &SnapshotFile::open(&path).unwrap()).unwrap();
    assert_eq!(reopen(&new, small()).head().app_hash, cut.app_hash());
}

#[test]
fn a_flipped_byte_of_a_file_is_found_or_its_chunk_is_fetched_again() {
    let dir = tempfile::tempdir().unwrap();
    let (storage, cut) = source(dir.path(), 53, 30, 29);
    let path = dir.path().join("29.snapshot");
    let mut file = begin(&path, &storage, &cut);
    fill(&mut file, &cut, usize::MAX);
    let (total, _) = file.progress();
    drop(file);
    let whole = std::fs::read(&path).unwrap();
    for at in (0..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        std::fs::write(&path, &bytes).unwrap();
        let Ok(file) = SnapshotFile::open(&path) else { continue };
        assert!(file.progress().1 < total, "byte {at} changes nothing");
        file.check(&mut |_, _| ()).unwrap_err();
    }
}

#[test]
fn chunks_of_an_older_download_serve_a_newer_one() {
    let dir = tempfile::tempdir().unwrap();
    let (storage, old) = source(dir.path(), 54, 40, 38);
    let mut file = begin(&dir.path().join("old"), &storage, &old);
    fill(&mut file, &old, usize::MAX);
    let new = storage.cut(39).unwrap().unwrap();
    let mut next = begin(&dir.path().join("new"), &storage, &new);
    for id in file.present() {
        next.append(id, &file.packed(&id).unwrap()).unwrap();
    }
    let (total, found) = next.progress();
    assert!(found < total || old.app_hash() == new.app_hash());
    fill(&mut next, &new, usize::MAX);
    next.check(&mut |_, _| ()).unwrap();
}

#[test]
fn a_folder_with_a_chain_is_left_alone_unless_it_is_to_be_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let (storage, cut) = source(dir.path(), 55, 20, 19);
    let mut file = begin(&dir.path().join("19.snapshot"), &storage, &cut);
    fill(&mut file, &cut, usize::MAX);
    let target = dir.path().join("target");
    let other = open(&target, small());
    grow_to(&other, 99, 5);
    assert!(matches!(install_in(&target, &file), Err(SyncError::Storage(StorageError::Locked(_)))));
    drop(other);
    assert!(matches!(install_in(&target, &file), Err(SyncError::Occupied(5))));
    let (record, changes) = genesis();
    install(&target, &file, (&record, &changes), true, &mut |_| ()).unwrap();
    let replaced = reopen(&target, Options::without_fsync());
    assert_eq!((replaced.head().height, replaced.head().app_hash), (19, cut.app_hash()));
    grow_to(&replaced, 55, 20);
    assert_eq!(replaced.head().app_hash, storage.head().app_hash);
}

#[test]
fn recent_heights_can_be_cut_after_a_restart_too() {
    let dir = tempfile::tempdir().unwrap();
    let storage = open(dir.path(), small());
    grow_to(&storage, 56, 100);
    let (low, high) = storage.whole_heights();
    assert!(low <= 84 && high == 100, "{low} to {high}");
    drop(storage);
    let storage = reopen(dir.path(), small());
    let (low, high) = storage.whole_heights();
    assert!(low < 100 && high == 100, "{low} to {high}");
    assert!(storage.cut(99).unwrap().is_some() && storage.cut(3).unwrap().is_none());
}

#[test]
fn what_was_installed_is_looked_after_like_any_other_folder() {
    let dir = tempfile::tempdir().unwrap();
    let (storage, cut) = source(dir.path(), 57, 60, 59);
    let mut file = begin(&dir.path().join("59.snapshot"), &storage, &cut);
    fill(&mut file, &cut, usize::MAX);
    let new = dir.path().join("new");
    install_in(&new, &file).unwrap();
    let whole = || upkeep::verify(&new, &|_| ()).unwrap().faults;
    assert_eq!(whole(), []);
    let synced = reopen(&new, small());
    grow_to(&synced, 57, 90);
    drop(synced);
    let synced = reopen(&new, small());
    synced.compact(&|_| ()).unwrap();
    assert_eq!(synced.earliest(), 60);
    assert!((60..=90).contains(&synced.prune(1_000).unwrap()), "the height it was made of is not whole");
    drop(synced);
    assert_eq!(whole(), []);
    let stats = upkeep::stats(&new).unwrap();
    assert_eq!((stats.head, stats.earliest), (90, 60));
    assert_eq!(upkeep::rollback(&new, &small()).unwrap(), upkeep::RolledBack { from: 90, to: 89 });
    assert_eq!(whole(), []);
    let mut bytes = std::fs::read(new.join("synced")).unwrap();
    bytes[5] ^= 1;
    std::fs::write(new.join("synced"), bytes).unwrap();
    assert!(whole().iter().any(|fault| fault.path.ends_with("synced")));
}
