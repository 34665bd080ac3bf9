//! Files that pruning would drop go to an archive, and are read from there.

use std::fs;
use std::path::Path;

use seiza_storage::{ArchiveOptions, Options, StorageError};

use crate::chain::*;
use crate::crash::wait_for;

const SEED: u64 = 71;

fn archiving(place: &str, keep: u64) -> Options {
    let archive = Some(ArchiveOptions { place: place.into(), cache_bytes: 200_000 });
    Options { keep_heights: Some(keep), archive, segment_bytes: 2_000, image_log_bytes: 3_000, ..small() }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn first_run(dir: &Path) -> u64 {
    let names = fs::read_dir(dir.join("index")).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter_map(|name| name.to_str()?.split_once('-')?.0.parse().ok()).min().unwrap()
}

#[test]
fn what_pruning_would_drop_is_read_from_the_archive() {
    let (dir, archive) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let models = models(SEED, 300);
    let storage = open(dir.path(), archiving(text(archive.path()), 40));
    grow_to(&storage, SEED, 200);
    wait_for("pruning", || first_run(dir.path()) > 100);
    assert_eq!(storage.earliest(), 0);
    check(&storage, &models);
    drop(storage);
    let storage = reopen(dir.path(), archiving(text(archive.path()), 40));
    assert_eq!(storage.earliest(), 0, "found again at the start");
    grow_to(&storage, SEED, 300);
    wait_for("pruning", || first_run(dir.path()) > 200);
    check(&storage, &models);
    let segments = fs::read_dir(dir.path().join("blocks")).unwrap().count();
    let archived = fs::read_dir(archive.path().join("blocks")).unwrap().count();
    assert!(archived > segments, "{archived} in the archive, {segments} here");
    drop(storage);
    let storage = reopen(dir.path(), Options { archive: None, ..archiving("", 40) });
    assert!(storage.earliest() > 100, "without the archive its heights are gone");
    check(&storage, &models);
}

#[test]
fn an_archive_of_another_chain_is_refused() {
    let (dir, archive) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(archive.path().join("chain"), "of somebody else").unwrap();
    let storage = open(dir.path(), archiving(text(archive.path()), 40));
    grow_to(&storage, SEED, 3);
    drop(storage);
    let refused = seiza_storage::Storage::open(dir.path(), archiving(text(archive.path()), 40));
    assert!(matches!(refused, Err(StorageError::Archive(why)) if why.contains("another chain")));
    let unknown = seiza_storage::Storage::open(dir.path(), archiving("ftp://somewhere", 40));
    assert!(matches!(unknown, Err(StorageError::Archive(why)) if why.contains("`ftp` is unknown")));
}

#[test]
fn an_archive_that_cannot_be_reached_delays_pruning_and_nothing_else() {
    let (dir, archive) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let place = archive.path().join("store");
    let models = models(SEED, 300);
    let storage = open(dir.path(), archiving(text(&place), 40));
    grow_to(&storage, SEED, 100);
    wait_for("pruning", || first_run(dir.path()) > 30);
    let away = archive.path().join("away");
    fs::rename(&place, &away).unwrap();
    fs::write(&place, "no folder").unwrap();
    let before = first_run(dir.path());
    grow_to(&storage, SEED, 220);
    assert_eq!(first_run(dir.path()), before, "what has no other place stays");
    assert!(matches!(storage.prune(40), Err(StorageError::Unreachable(_))));
    for height in before..=220 {
        assert_eq!(
            everything(&storage.at(height).unwrap()),
            models[usize::try_from(height).unwrap()].clone().into_iter().collect::<Vec<_>>()
        );
        check_block(&storage, height);
    }
    drop(storage);
    fs::remove_file(&place).unwrap();
    fs::rename(&away, &place).unwrap();
    let storage = reopen(dir.path(), archiving(text(&place), 40));
    grow_to(&storage, SEED, 300);
    wait_for("pruning", || first_run(dir.path()) > 200);
    assert_eq!(storage.earliest(), 0);
    check(&storage, &models);
}

/// `SEIZA_TEST_S3=s3://BUCKET` and AWS's variables name a store: `cargo test -p seiza-storage object_store -- --ignored`. The
/// end-to-end suite `archive` starts one and does the same with a node.
#[test]
#[ignore = "needs an object store"]
fn an_object_store_serves_as_a_folder_does() {
    let place = format!("{}/{}", std::env::var("SEIZA_TEST_S3").unwrap(), std::process::id());
    let dir = tempfile::tempdir().unwrap();
    let models = models(SEED, 300);
    let storage = open(dir.path(), archiving(&place, 40));
    grow_to(&storage, SEED, 300);
    wait_for("pruning", || first_run(dir.path()) > 100);
    assert_eq!(storage.earliest(), 0);
    check(&storage, &models);
    let pages = dir.path().join("archive-cache/pages");
    let kept: u64 = fs::read_dir(&pages).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
    assert!((1..=200_000).contains(&kept), "{kept} bytes of pages are kept");
    drop(storage);
    // Whatever is kept of it may be spoiled or gone.
    for (number, entry) in
        fs::read_dir(&pages).unwrap().chain(fs::read_dir(dir.path().join("archive-cache/tails")).unwrap()).enumerate()
    {
        let path = entry.unwrap().path();
        if number % 2 == 0 { fs::remove_file(path).unwrap() } else { fs::write(path, vec![7; 5_000]).unwrap() }
    }
    let storage = reopen(dir.path(), archiving(&place, 40));
    check(&storage, &models);
}
