//! Stories of a chain that nothing bad happens to.

use std::sync::Arc;

use seiza_state::{Changeset, StateRead};
use seiza_storage::{Commit, Options, Storage, StorageError};

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
