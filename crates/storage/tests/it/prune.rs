//! What goes and what stays where not all history is kept.

use std::fs;
use std::path::Path;

use seiza_storage::{Options, StorageError};

use crate::chain::*;
use crate::crash::wait_for;

fn keeping(heights: u64) -> Options {
    Options { keep_heights: Some(heights), segment_bytes: 2_000, image_log_bytes: 3_000, ..small() }
}

fn files(dir: &Path) -> usize {
    ["blocks", "changes", "index", "images"].iter().map(|folder| fs::read_dir(dir.join(folder)).unwrap().count()).sum()
}

#[test]
fn old_heights_go_and_the_rest_stays_readable() {
    let dir = tempfile::tempdir().unwrap();
    let (seed, models) = (21, models(21, 400));
    let storage = open(dir.path(), keeping(40));
    grow_to(&storage, seed, 200);
    wait_for("pruning", || storage.earliest() > 100);
    let earliest = storage.earliest();
    assert!(earliest <= 200 - 40, "{earliest} is to be kept");
    check(&storage, &models);
    assert!(storage.block(earliest - 1).unwrap().is_none());
    assert!(storage.tx(&tx_hash(b"tx 3/0")).unwrap().is_none());
    assert!(matches!(storage.prove(earliest, &key(1)), Err(StorageError::Pruned(_))));
    drop(storage);
    let storage = open(dir.path(), keeping(40));
    assert!(storage.earliest() >= earliest);
    check(&storage, &models);
    grow_to(&storage, seed, 400);
    wait_for("pruning", || storage.earliest() > 300);
    check(&storage, &models);
    assert!(files(dir.path()) < 120, "{} files", files(dir.path()));
}

#[test]
fn an_archive_keeps_everything() {
    let dir = tempfile::tempdir().unwrap();
    let storage = open(dir.path(), Options { keep_heights: None, ..keeping(0) });
    grow_to(&storage, 22, 300);
    assert_eq!(storage.earliest(), 0);
    check(&storage, &models(22, 300));
}

#[test]
fn a_state_that_is_held_outlives_pruning() {
    let dir = tempfile::tempdir().unwrap();
    let (seed, models) = (23, models(23, 300));
    let storage = open(dir.path(), keeping(30));
    grow_to(&storage, seed, 60);
    wait_for("the index", || storage.at(35).is_some_and(|state| state.height() == 35));
    let held = storage.at(35).unwrap();
    grow_to(&storage, seed, 300);
    wait_for("pruning", || storage.earliest() > 200);
    assert!(storage.at(35).is_none());
    assert_eq!(everything(&held), models[35].clone().into_iter().collect::<Vec<_>>());
}
