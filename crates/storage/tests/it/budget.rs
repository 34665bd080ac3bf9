//! Bounds on memory and disk, and finding what is damaged.

use seiza_storage::Options;

use crate::chain::*;
use crate::crash::wait_for;

#[test]
fn without_memory_for_the_map_reads_are_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options { index_memory_bytes_max: 0, ..small() };
    let (seed, models) = (61, models(61, 120));
    for height in [60, 120] {
        let storage = open(dir.path(), options.clone());
        grow_to(&storage, seed, height);
        wait_for("an image", || storage.stats().images_written > 0);
        check(&storage, &models);
    }
    check(&open(dir.path(), options), &models);
}

/// Images as often as they can be: the head moves all the time, beside commits and speculation.
#[test]
fn the_head_moves_and_nobody_notices() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options { changed_bytes_max: 1, image_log_bytes: 1, ..small() };
    let (seed, models) = (62, models(62, 300));
    let storage = open(dir.path(), options.clone());
    let held: Vec<_> = (1..=300)
        .map(|height| {
            grow_to(&storage, seed, height);
            storage.head().state.clone()
        })
        .step_by(17)
        .collect();
    wait_for("images", || storage.stats().images_written > 3);
    check(&storage, &models);
    for state in held {
        let model = &models[usize::try_from(state.height()).unwrap()];
        assert_eq!(everything(&state), model.clone().into_iter().collect::<Vec<_>>());
    }
    wait_for("the last image", || !storage.image_running());
    let stats = storage.stats();
    assert_eq!(stats.keys, models[300].len() as u64);
    assert!(stats.image_bytes > 0 && stats.disk_bytes > stats.image_bytes && stats.last_image.is_some());
    drop(storage);
    check(&open(dir.path(), options), &models);
}

#[test]
fn a_folder_beyond_its_budget_stops_with_its_last_block() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options { disk_bytes_max: Some(60_000), ..small() };
    let storage = open(dir.path(), options.clone());
    let failure = (0..10_000).find_map(|_| grow(&storage, 63).err()).unwrap();
    assert!(failure.to_string().contains("60000 bytes that settings allow"), "{failure}");
    let height = storage.head().height;
    drop(storage);
    let storage = open(dir.path(), Options { disk_bytes_max: None, ..options });
    assert_eq!(storage.head().height, height);
    check(&storage, &models(63, height));
}
