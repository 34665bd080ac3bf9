//! Stories of replacement.

use seiza_types::U256;

use super::World;
use super::forge::{Forge, GAS, account};
use crate::{InsertError, Limits};

#[test]
fn a_replacement_pays_ten_percent_more_in_both_caps() {
    // old fee cap, old tip cap, new fee cap, new tip cap, taken?
    let table = [
        (100, 50, 110, 55, true),
        (100, 50, 109, 55, false),
        (100, 50, 110, 54, false),
        (100, 50, 100, 50, false),
        (100, 50, 1_000, 50, false),
        (100, 50, 99, 90, false),
        (1, 1, 2, 2, true),
        (1, 1, 1, 1, false),
        (100, 0, 110, 0, false),
        (100, 0, 110, 1, true),
        // Rounded down, as geth does: 1.1 x 15 is 16.5.
        (15, 15, 16, 16, true),
        (1_500_000_001, 1_500_000_001, 1_650_000_001, 1_650_000_001, true),
        (1_500_000_001, 1_500_000_001, 1_650_000_000, 1_650_000_000, false),
    ];
    for (old_fee, old_tip, new_fee, new_tip, taken) in table {
        let mut world = World::new();
        let old = Forge::of(1, 0).caps(old_fee, old_tip).value(1).sign();
        let new = Forge::of(1, 0).caps(new_fee, new_tip).value(2).sign();
        world.insert(&old).unwrap();
        let answer = world.insert(&new);
        let case = (old_fee, old_tip, new_fee, new_tip);
        if taken {
            assert_eq!(answer.unwrap().replaced, Some(old.hash), "{case:?}");
            assert!(!world.pool.contains(&old.hash) && world.pool.contains(&new.hash));
        } else {
            assert_eq!(answer, Err(InsertError::ReplacementUnderpriced), "{case:?}");
            assert!(world.pool.contains(&old.hash) && !world.pool.contains(&new.hash));
        }
        assert_eq!(world.pool.counts().txs(), 1);
    }
}

#[test]
fn the_highest_caps_of_all_do_not_overflow_the_rule() {
    let mut world = World::new();
    world.balance = U256::MAX;
    world.insert(&Forge::of(1, 0).price(u128::MAX - 1).sign()).unwrap();
    assert!(world.insert(&Forge::of(1, 0).price(u128::MAX).sign()).is_ok());
    let again = Forge::of(1, 0).price(u128::MAX).value(1).sign();
    assert_eq!(world.insert(&again), Err(InsertError::ReplacementUnderpriced));
}

#[test]
fn a_replacement_within_the_run_leaves_the_run_whole() {
    let mut world = World::new();
    (0..4).for_each(|nonce| drop(world.give(1, nonce, 100)));
    let inserted = world.insert(&Forge::of(1, 1).price(200).sign()).unwrap();
    assert!(inserted.executable && inserted.promoted.is_empty() && inserted.evicted.is_empty());
    assert_eq!(world.pending(1), [0, 1, 2, 3]);
    assert_eq!(world.pool.pending_nonce(&account(1)), Some(4));
}

#[test]
fn a_replacement_that_the_run_cannot_pay_is_refused() {
    let mut world = World::new();
    world.balance = U256::from(u128::from(GAS) * 250);
    let old = world.give(1, 0, 100);
    world.give(1, 1, 100);
    let dear = Forge::of(1, 0).price(151).sign();
    assert!(matches!(world.insert(&dear), Err(InsertError::InsufficientFunds { .. })));
    assert!(world.pool.contains(&old.hash));
    world.insert(&Forge::of(1, 0).price(150).sign()).unwrap();
    assert_eq!(world.pending(1), [0, 1]);
}

#[test]
fn a_cheaper_replacement_in_value_lets_more_run() {
    let mut world = World::new();
    world.balance = U256::from(u128::from(GAS) * 300);
    world.insert(&Forge::of(1, 0).price(100).value(GAS * 150).sign()).unwrap();
    // Its own cost is covered, but not on top of the first: it waits behind a gap, and then for funds.
    world.give(1, 2, 100);
    world.insert(&Forge::of(1, 1).price(10).sign()).unwrap();
    assert_eq!((world.pending(1), world.queued(1)), (vec![0, 1], vec![2]));
    let inserted = world.insert(&Forge::of(1, 0).price(110).sign()).unwrap();
    assert_eq!(inserted.promoted.len(), 1);
    assert_eq!(world.pending(1), [0, 1, 2]);
}

#[test]
fn a_replacement_in_a_full_pool_needs_no_room_but_for_its_bytes() {
    let mut world = World::with(Limits { txs: 2, bytes: 400, ..Limits::default() });
    world.give(1, 0, 100);
    world.give(2, 0, 300);
    assert!(world.insert(&Forge::of(1, 0).price(200).sign()).unwrap().evicted.is_empty());
    let large = Forge::of(2, 0).price(400).input(250).sign();
    let inserted = world.insert(&large).unwrap();
    assert_eq!(inserted.evicted.len(), 1, "the bytes come from the worst of the pool");
    assert_eq!(world.held(), [(account(2), 0)]);
    let before = world.pool.get(&large.hash).unwrap().hash;
    let larger = Forge::of(2, 0).price(500).input(500).sign();
    assert_eq!(world.insert(&larger), Err(InsertError::Full));
    assert!(world.pool.contains(&before));
}

#[test]
fn a_replacement_that_finds_no_room_leaves_the_old_one_in_place() {
    let mut world = World::with(Limits { bytes: 300, ..Limits::default() });
    let old = world.give(1, 0, 10);
    world.give(2, 0, 300);
    let new = Forge::of(1, 0).price(20).input(100).sign();
    assert_eq!(world.insert(&new), Err(InsertError::Underpriced));
    assert!(world.pool.contains(&old.hash));
    assert_eq!((world.pending(1), world.pending(2)), (vec![0], vec![0]));
}
