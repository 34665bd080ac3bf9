//! Stories of what leaves: committed blocks, corrections, age.

use seiza_types::U256;

use super::World;
use super::forge::{GAS, account};
use crate::{LaneUpdate, Limits, SelectLimits};

const PRICE: u128 = 100;

/// Wei for that many stories' transactions.
fn funds(txs: u64) -> U256 {
    U256::from(GAS) * U256::from(PRICE) * U256::from(txs)
}

fn update(sender: u16, nonce: u64, balance: U256) -> LaneUpdate {
    LaneUpdate { lane: account(sender), nonce, balance }
}

#[test]
fn a_committed_block_takes_its_transactions_out() {
    let mut world = World::new();
    let txs: Vec<_> = (0..4).map(|nonce| world.give(1, nonce, PRICE)).collect();
    world.give(2, 0, PRICE);
    let hashes = [txs[0].hash, txs[1].hash];
    let changes = world.pool.included(&[update(1, 2, world.balance)], &hashes);
    super::invariants::check(&world.pool);
    assert_eq!(changes.dropped, hashes);
    assert_eq!((world.pending(1), world.pending(2)), (vec![2, 3], vec![0]));
    assert!(txs.iter().all(|tx| world.pool.has_met(&tx.hash)), "included or waiting");
    assert_eq!(txs.iter().filter(|tx| world.pool.contains(&tx.hash)).count(), 2);
    let again = world.pool.included(&[update(1, 2, world.balance)], &hashes);
    assert_eq!(again, crate::Changes::default());
}

#[test]
fn a_nonce_used_elsewhere_makes_the_waiting_one_stale() {
    let mut world = World::new();
    let stale = world.give(1, 0, PRICE);
    let behind = world.give(1, 2, PRICE);
    let changes = world.pool.included(&[update(1, 2, world.balance)], &[]);
    assert_eq!((changes.dropped, changes.promoted), (vec![stale.hash], vec![behind.hash]));
    assert_eq!(world.pending(1), [2]);
    world.pool.included(&[update(1, 3, world.balance)], &[]);
    assert_eq!(world.pool.lanes().count(), 0);
}

#[test]
fn a_skipped_transaction_of_a_block_is_not_proposed_again() {
    let mut world = World::new();
    let skipped = world.give(1, 0, PRICE);
    world.give(1, 1, PRICE);
    let changes = world.pool.included(&[update(1, 0, world.balance)], &[skipped.hash]);
    super::invariants::check(&world.pool);
    assert_eq!(changes.dropped, [skipped.hash]);
    assert_eq!((world.pending(1), world.queued(1)), (vec![], vec![1]));
    assert!(world.pool.select(1, SelectLimits::default()).is_empty());
}

#[test]
fn a_lower_balance_shortens_the_run_and_a_higher_one_restores_it() {
    let mut world = World::new();
    (0..4).for_each(|nonce| drop(world.give(1, nonce, PRICE)));
    assert!(world.pool.included(&[update(1, 0, funds(2))], &[]).dropped.is_empty());
    super::invariants::check(&world.pool);
    assert_eq!((world.pending(1), world.queued(1)), (vec![0, 1], vec![2, 3]));
    assert_eq!(world.pool.included(&[update(1, 1, funds(3))], &[]).promoted.len(), 2);
    assert_eq!(world.pending(1), [1, 2, 3]);
}

#[test]
fn a_shortened_run_overflows_from_its_tail() {
    let mut world = World::with(Limits { lane_queued: 2, ..Limits::default() });
    let txs: Vec<_> = (0..6).map(|nonce| world.give(1, nonce, PRICE)).collect();
    let changes = world.pool.included(&[update(1, 0, funds(1))], &[]);
    super::invariants::check(&world.pool);
    assert_eq!(changes.dropped, [txs[5].hash, txs[4].hash, txs[3].hash]);
    assert_eq!((world.pending(1), world.queued(1)), (vec![0], vec![1, 2]));
}

#[test]
fn what_an_older_head_says_is_ignored() {
    let mut world = World::new();
    world.give(1, 0, PRICE);
    world.give(1, 1, PRICE);
    world.pool.included(&[update(1, 1, funds(1))], &[]);
    world.pool.included(&[update(1, 0, U256::ZERO)], &[]);
    assert_eq!(world.pending(1), [1]);
}

#[test]
fn only_the_touched_lanes_are_looked_at() {
    let mut world = World::new();
    world.give(1, 0, PRICE);
    world.give(2, 0, PRICE);
    let unknown = update(3, 9, U256::ZERO);
    assert_eq!(world.pool.included(&[unknown], &[seiza_types::B256::ZERO]), crate::Changes::default());
    assert_eq!(world.held().len(), 2);
}

#[test]
fn a_removed_transaction_leaves_the_rest_of_its_lane_waiting() {
    let mut world = World::new();
    let txs: Vec<_> = (0..3).map(|nonce| world.give(1, nonce, PRICE)).collect();
    assert_eq!(world.pool.remove(&txs[1].hash).unwrap().hash, txs[1].hash);
    super::invariants::check(&world.pool);
    assert!(world.pool.remove(&txs[1].hash).is_none());
    assert_eq!((world.pending(1), world.queued(1)), (vec![0], vec![2]));
    world.give(1, 1, PRICE);
    assert_eq!(world.pending(1), [0, 1, 2]);
}

#[test]
fn what_waits_too_long_expires() {
    let limits = Limits { executable_lifetime_ms: 1_000, queued_lifetime_ms: 300, ..Limits::default() };
    let mut world = World::with(limits);
    let executable = world.give(1, 0, PRICE);
    let queued = world.give(1, 5, PRICE);
    world.now_ms = 200;
    let later = world.give(1, 1, PRICE);
    assert!(world.pool.expire(299).is_empty());
    assert_eq!(world.pool.expire(300), [queued.hash]);
    assert!(world.pool.expire(999).is_empty());
    assert_eq!(world.pool.expire(1_000), [executable.hash]);
    super::invariants::check(&world.pool);
    assert_eq!(world.queued(1), [1], "it has lost the one before it and waits");
    assert_eq!(world.pool.expire(1_000), [later.hash], "as a queued one it is too old");
}

#[test]
fn a_clock_that_goes_back_changes_nothing() {
    let mut world = World::with(Limits { executable_lifetime_ms: 100, ..Limits::default() });
    world.now_ms = 1_000;
    world.give(1, 0, PRICE);
    world.now_ms = 10;
    world.give(2, 0, PRICE);
    assert!(world.pool.expire(50).is_empty());
    assert!(world.pool.expire(1_099).is_empty());
    assert_eq!(world.pool.expire(1_100).len(), 2);
}
