//! Many readers beside one writer: everything up to the head they see is there, at once and for good.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use seiza_state::{KeyRange, StateRead as _, StoreId};
use seiza_storage::Storage;

use crate::chain::*;

/// Asks everything about one height below a head, and the head itself.
fn ask(storage: &Storage, models: &[Model], dice: &mut Dice) {
    let head = storage.head();
    let model = &models[usize::try_from(head.height).unwrap()];
    assert_eq!(
        scan(&head.state, &KeyRange::store(StoreId::Bank)).len(),
        count(model, StoreId::Bank),
        "at {}",
        head.height
    );
    if head.height == 0 {
        return;
    }
    check_block(storage, head.height);
    let past = dice.below(head.height + 1);
    let state = storage.at(past).unwrap();
    let model = &models[usize::try_from(past).unwrap()];
    let all = everything(&state);
    assert_eq!(all, model.clone().into_iter().collect::<Vec<_>>(), "state at {past} of {}", head.height);
    for _ in 0..10 {
        let key = key(dice.below(20));
        assert_eq!(state.get(&key).unwrap(), model.get(&key).cloned());
    }
    check_block(storage, past.max(1));
}

fn count(model: &Model, store: StoreId) -> usize {
    model.keys().filter(|key| key.store() == store).count()
}

#[test]
fn readers_beside_a_writer_see_whole_heights() {
    let dir = tempfile::tempdir().unwrap();
    let (seed, last) = (41, 400);
    let models = models(seed, last);
    let storage = open(dir.path(), small());
    let (done, asked) = (AtomicBool::new(false), AtomicU64::new(0));
    thread::scope(|scope| {
        for number in 0..3 {
            let (storage, models, done, asked) = (storage.clone(), &models, &done, &asked);
            scope.spawn(move || {
                let mut dice = Dice(number);
                while !done.load(Ordering::Relaxed) {
                    ask(&storage, models, &mut dice);
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        grow_to(&storage, seed, last);
        done.store(true, Ordering::Relaxed);
    });
    assert!(asked.load(Ordering::Relaxed) > 10);
    check(&storage, &models);
}

#[test]
fn roots_may_be_asked_beside_commits() {
    let dir = tempfile::tempdir().unwrap();
    let storage = open(dir.path(), small());
    thread::scope(|scope| {
        let reader = storage.clone();
        scope.spawn(move || {
            for height in 1..200 {
                let layers = [std::sync::Arc::new(changes(99, height)), std::sync::Arc::new(changes(98, height))];
                reader.root_after(&layers).unwrap();
            }
        });
        grow_to(&storage, 42, 120);
    });
    let alone = tempfile::tempdir().unwrap();
    let other = open(alone.path(), small());
    grow_to(&other, 42, 120);
    assert_eq!(storage.head().app_hash, other.head().app_hash);
}
