//! Stories of a chain that nothing bad happens to.

use std::sync::Arc;

use seiza_state::{Changeset, Key, KeyRange, STORES, StateRead};
use seiza_storage::{Commit, Options, Storage, StorageError};
use seiza_types::{B256, Code};

use crate::chain::*;

#[test]
fn a_fresh_folder_is_empty_until_genesis() {
    let dir = tempfile::tempdir().unwrap();
    let storage = Storage::open(dir.path(), Options::without_fsync()).unwrap();
    assert_eq!((storage.head().height, storage.earliest(), storage.decided_tip()), (0, 0, 0));
    assert!(storage.genesis().is_none());
    let first = block(1);
    assert!(matches!(storage.append_block(&first, &certificate(&first)), Err(StorageError::NotInitialised)));
    let (record, changes) = genesis();
    let root = storage.init_genesis(record.clone(), &changes).unwrap();
    assert_eq!(storage.head().app_hash, root);
    assert_eq!(storage.head().time, record.time);
    assert!(matches!(storage.init_genesis(record.clone(), &changes), Err(StorageError::Initialised)));
    drop(storage);
    let again = Storage::open(dir.path(), Options::without_fsync()).unwrap();
    assert_eq!((again.head().app_hash, again.genesis()), (root, Some(record)));
}

#[test]
fn every_height_stays_readable() {
    let dir = tempfile::tempdir().unwrap();
    let models = models(1, 120);
    let storage = open(dir.path(), small());
    check(&storage, &models);
    for height in 1..=120 {
        grow(&storage, 1).unwrap();
        check_block(&storage, height);
    }
    check(&storage, &models);
}

#[test]
fn a_second_start_continues_the_chain() {
    let dir = tempfile::tempdir().unwrap();
    let models = models(2, 90);
    let mut roots = Vec::new();
    for stop in [1, 2, 7, 30, 31, 60, 90] {
        let storage = open(dir.path(), small());
        assert_eq!(storage.head().app_hash, roots.last().copied().unwrap_or(storage.head().app_hash));
        check(&storage, &models);
        grow_to(&storage, 2, stop);
        roots.push(storage.head().app_hash);
    }
    check(&open(dir.path(), small()), &models);
}

#[test]
fn heights_come_one_after_the_other() {
    let dir = tempfile::tempdir().unwrap();
    let storage = open(dir.path(), small());
    let (first, second, third) = (block(1), block(2), block(3));
    let append = |block| storage.append_block(block, &certificate(block));
    let commit = |height| {
        let changes = Arc::new(changes(3, height));
        let app_hash = storage.root_after(std::slice::from_ref(&changes)).unwrap();
        storage.commit(Commit { height, changes, results: results(height), app_hash })
    };
    assert!(matches!(append(&second), Err(StorageError::Height { expected: 1, given: 2 })));
    assert!(matches!(commit(1), Err(StorageError::Height { expected: 1, given: 1 })), "not decided yet");
    append(&first).unwrap();
    append(&first).unwrap();
    let mut other = first.clone();
    other.header.time = second.header.time;
    assert!(matches!(append(&other), Err(StorageError::OtherBlock(1))));
    append(&second).unwrap();
    append(&third).unwrap();
    assert_eq!((storage.head().height, storage.decided_tip()), (0, 3));
    assert!(storage.block(2).unwrap().unwrap().results.is_none());
    assert_eq!(storage.block_by_hash(&second.hash()).unwrap().unwrap().block, second);
    assert!(matches!(commit(2), Err(StorageError::Height { expected: 1, given: 2 })));
    commit(1).unwrap();
    assert!(matches!(commit(1), Err(StorageError::Height { expected: 2, given: 1 })));
    commit(2).unwrap();
    append(&second).unwrap();
    assert_eq!((storage.head().height, storage.decided_tip()), (2, 3));
}

#[test]
fn a_wrong_app_hash_is_refused_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let storage = open(dir.path(), small());
    let first = block(1);
    storage.append_block(&first, &certificate(&first)).unwrap();
    let before = storage.head().app_hash;
    let changes = Arc::new(changes(4, 1));
    let bad = Commit { height: 1, changes, results: results(1), app_hash: before };
    assert!(matches!(storage.commit(bad), Err(StorageError::AppHash { height: 1, .. })));
    assert_eq!((storage.head().height, storage.head().app_hash), (0, before));
    commit(&storage, 4).unwrap();
    assert_eq!(storage.head().height, 1);
}

#[test]
fn speculative_roots_are_those_of_the_commits() {
    let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [ahead, behind] = [0, 1].map(|index: usize| open(dirs[index].path(), small()));
    let layers: Vec<Arc<Changeset>> = (1..=20).map(|height| Arc::new(changes(5, height))).collect();
    let roots: Vec<_> = (1..=layers.len()).map(|count| ahead.root_after(&layers[..count]).unwrap()).collect();
    assert_eq!(ahead.head().height, 0, "nothing was written");
    for (index, changes) in layers.iter().enumerate() {
        let height = index as u64 + 1;
        let block = block(height);
        behind.append_block(&block, &certificate(&block)).unwrap();
        let commit = Commit { height, changes: changes.clone(), results: results(height), app_hash: roots[index] };
        behind.commit(commit).unwrap();
        let next = (index + 3).min(layers.len());
        assert_eq!(behind.root_after(&layers[index + 1..next]).unwrap(), roots[next - 1]);
        assert_eq!(behind.root_after(&layers[..next]).unwrap(), roots[next - 1], "what is committed is left out");
    }
}

#[test]
fn one_changeset_may_serve_two_heights() {
    let dir = tempfile::tempdir().unwrap();
    let storage = open(dir.path(), small());
    let empty = Arc::new(Changeset::default());
    for height in 1..=3 {
        let block = block(height);
        storage.append_block(&block, &certificate(&block)).unwrap();
        let app_hash = storage.root_after(std::slice::from_ref(&empty)).unwrap();
        storage.commit(Commit { height, changes: empty.clone(), results: results(height), app_hash }).unwrap();
    }
    assert_eq!(storage.head().height, 3);
}

#[test]
fn a_held_head_does_not_change() {
    let dir = tempfile::tempdir().unwrap();
    let storage = open(dir.path(), small());
    grow_to(&storage, 6, 3);
    let held = storage.head();
    let before = everything(&held.state);
    grow_to(&storage, 6, 80);
    assert_eq!(held.height, 3);
    assert_eq!(everything(&held.state), before);
    assert_eq!(held.state.get(&key(1)).unwrap(), before.iter().find(|(k, _)| *k == key(1)).map(|(_, v)| v.clone()));
}

#[test]
fn the_folder_belongs_to_one() {
    let dir = tempfile::tempdir().unwrap();
    let storage = open(dir.path(), small());
    let clone = storage.clone();
    let error = Storage::open(dir.path(), small()).unwrap_err();
    assert!(error.to_string().contains("another seiza runs on this folder"), "{error}");
    drop(storage);
    assert!(matches!(Storage::open(dir.path(), small()), Err(StorageError::Locked(_))), "a clone still has it");
    drop(clone);
    Storage::open(dir.path(), small()).unwrap();
}

#[test]
fn past_ranges_are_those_of_the_model() {
    let dir = tempfile::tempdir().unwrap();
    let (seed, models) = (7, models(7, 120));
    grow_to(&open(dir.path(), small()), seed, 120);
    let storage = open(dir.path(), small());
    let mut dice = Dice(5);
    for _ in 0..300 {
        let height = dice.below(121);
        let model = &models[usize::try_from(height).unwrap()];
        let [start, end] = [0, 0]
            .map(|_: u64| Key::new(STORES[usize::try_from(dice.below(5)).unwrap()], &[&dice.below(200).to_be_bytes()]));
        let range = KeyRange { start, end: (dice.below(4) > 0).then_some(end) };
        let state = storage.at(height).unwrap();
        let expected: Vec<_> = model
            .iter()
            .filter(|(key, _)| range.contains(key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        assert_eq!(scan(&state, &range), expected, "{range:?} at {height}");
        let wanted = usize::try_from(dice.below(5)).unwrap() + 1;
        let mut few = Vec::new();
        state
            .scan(&range, &mut |key, _| {
                few.push(key.clone());
                few.len() < wanted
            })
            .unwrap();
        assert_eq!(few.len(), wanted.min(expected.len()), "a scan stops where it is told");
        for key in [&range.start, range.end.as_ref().unwrap_or(&range.start)] {
            assert_eq!(state.get(key).unwrap(), model.get(key).cloned());
        }
    }
}

/// Commits a height with one transaction of the given hash and code.
fn commit_tx(storage: &Storage, hash: B256, code: Code) {
    let height = storage.head().height + 1;
    let block = block(height);
    storage.append_block(&block, &certificate(&block)).unwrap();
    let mut results = results(3);
    results.receipts.truncate(1);
    results.receipts[0].tx_hash = hash;
    results.receipts[0].code = code;
    results.tx_hashes = vec![hash];
    let changes = Arc::new(Changeset::default());
    let app_hash = storage.root_after(std::slice::from_ref(&changes)).unwrap();
    storage.commit(Commit { height, changes, results, app_hash }).unwrap();
}

#[test]
fn a_skipped_transaction_is_found_where_it_was_done() {
    let hashes: [B256; 3] = [1, 2, 3].map(B256::repeat_byte);
    for indexed in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let options = Options { run_heights: if indexed { 1 } else { usize::MAX }, run_bytes: usize::MAX, ..small() };
        let storage = open(dir.path(), options);
        for (hash, code) in [
            (hashes[0], Code::Skipped),
            (hashes[0], Code::Ok),
            (hashes[1], Code::Ok),
            (hashes[1], Code::Skipped),
            (hashes[2], Code::Skipped),
        ] {
            commit_tx(&storage, hash, code);
        }
        if indexed {
            crate::crash::wait_for("the index", || std::fs::read_dir(dir.path().join("index")).unwrap().count() >= 1);
        }
        let found = hashes.map(|hash| storage.tx(&hash).unwrap().unwrap().height);
        assert_eq!(found, [2, 3, 5], "skipped only where nothing else is known");
        assert_eq!(storage.tx(&B256::repeat_byte(9)).unwrap(), None);
    }
}

#[test]
fn a_start_from_an_image_reports_and_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let (seed, models) = (8, models(8, 160));
    let storage = open(dir.path(), small());
    grow_to(&storage, seed, 150);
    let images = dir.path().join("images");
    crate::crash::wait_for("an image", || std::fs::read_dir(&images).unwrap().count() > 0);
    let root = storage.head().app_hash;
    drop(storage);
    // Whoever begins with an image never reads the log below it: what is gone there is not missed.
    let image = std::fs::read_dir(&images)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .max()
        .unwrap();
    assert!(image.ends_with(".image"), "{image}");
    let told = Arc::new(std::sync::Mutex::new(0u64));
    let counter = told.clone();
    let options = Options { progress: Some(Arc::new(move |_| *counter.lock().unwrap() += 1)), ..small() };
    let storage = open(dir.path(), options);
    assert_eq!(storage.head().app_hash, root);
    grow_to(&storage, seed, 160);
    check(&storage, &models);
    assert_eq!(*told.lock().unwrap(), 0, "what takes less than two seconds is not reported");
}
