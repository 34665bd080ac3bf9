//! Stories of the way in: nonces, gaps, funds, bounds, texts.

use seiza_types::{B256, U256};

use super::forge::{Forge, GAS, account};
use super::{World, small};
use crate::limits::{BYTES_MAX, LANE_EXECUTABLE_MAX, LANE_QUEUED_MAX, NONCE_AHEAD_MAX, TXS_MAX};
use crate::{Admission, InsertError, Limits};

#[test]
fn contiguous_nonces_are_executable_and_a_gap_waits() {
    let mut world = World::new();
    for nonce in [0, 1, 3, 7] {
        let inserted = world.insert(&Forge::of(1, nonce).sign()).unwrap();
        assert_eq!(inserted.executable, nonce < 2);
    }
    assert_eq!((world.pending(1), world.queued(1)), (vec![0, 1], vec![3, 7]));
    assert_eq!(world.pool.pending_nonce(&account(1)), Some(2));
    assert_eq!(world.pool.pending_nonce(&account(2)), None);
    let counts = world.pool.counts();
    assert_eq!((counts.pending, counts.queued, counts.txs()), (2, 2, 4));
}

#[test]
fn filling_a_gap_promotes_what_waited_behind_it() {
    let mut world = World::new();
    let waiting: Vec<B256> = [1, 2, 4].map(|nonce| world.give(1, nonce, 100).hash).to_vec();
    let inserted = world.insert(&Forge::of(1, 0).sign()).unwrap();
    assert!(inserted.executable);
    assert_eq!(inserted.promoted, waiting[..2]);
    assert_eq!((world.pending(1), world.queued(1)), (vec![0, 1, 2], vec![4]));
}

#[test]
fn a_known_transaction_is_refused() {
    let mut world = World::new();
    let tx = world.give(1, 0, 100);
    assert_eq!(world.insert(&tx), Err(InsertError::AlreadyKnown));
    assert!(world.pool.contains(&tx.hash));
    assert_eq!(world.pool.get(&tx.hash).unwrap().raw, tx.raw);
    assert!(world.pool.get(&B256::ZERO).is_none());
}

#[test]
fn a_nonce_below_the_account_or_too_far_ahead_is_refused() {
    let mut world = World::with(Limits { nonce_ahead: 10, ..Limits::default() });
    let admission = Admission { lane: account(1), state_nonce: 5, balance: world.balance };
    let mut insert = |nonce| world.pool.insert(Forge::of(1, nonce).sign(), admission, 1, 0).map(drop);
    assert_eq!(insert(4), Err(InsertError::NonceTooLow { next: 5, nonce: 4 }));
    assert_eq!(insert(16), Err(InsertError::NonceTooHigh { next: 5, nonce: 16, limit: 10 }));
    assert_eq!(insert(15), Ok(()));
    assert_eq!(insert(5), Ok(()));
    assert_eq!(world.pool.counts().txs(), 2);
}

#[test]
fn a_run_never_costs_more_than_the_balance() {
    let mut world = World::new();
    let price = 100;
    let cost = U256::from(u128::from(GAS) * price);
    world.balance = cost * U256::from(2) + U256::from(5);
    world.give(1, 0, price);
    world.give(1, 1, price);
    let refused = world.insert(&Forge::of(1, 2).price(price).sign());
    let want = cost * U256::from(3);
    assert_eq!(refused, Err(InsertError::InsufficientFunds { address: account(1), have: world.balance, want }));
    // Behind a gap only its own cost counts: nobody knows what the account owns when its turn comes.
    assert!(!world.insert(&Forge::of(1, 3).price(price).sign()).unwrap().executable);
    assert!(matches!(
        world.insert(&Forge::of(2, 4).price(price).value(u64::MAX).sign()),
        Err(InsertError::InsufficientFunds { .. })
    ));
}

#[test]
fn funds_that_arrive_promote_what_waited_for_them() {
    let mut world = World::new();
    let cost = U256::from(u128::from(GAS) * 100);
    world.balance = cost;
    world.give(1, 1, 100);
    world.give(1, 2, 100);
    world.give(1, 0, 100);
    assert_eq!((world.pending(1), world.queued(1)), (vec![0], vec![1, 2]));
    world.balance = cost * U256::from(3);
    let inserted = world.insert(&Forge::of(1, 3).price(1).sign()).map(drop);
    assert!(matches!(inserted, Err(InsertError::InsufficientFunds { .. })), "all three come before it");
    assert_eq!(world.pending(1), [0, 1, 2], "what the admission says of the lane is adopted all the same");
}

#[test]
fn a_lane_takes_no_more_than_its_bounds() {
    let mut world = World::with(Limits { lane_executable: 3, lane_queued: 2, ..Limits::default() });
    for nonce in 0..5 {
        assert_eq!(world.insert(&Forge::of(1, nonce).sign()).unwrap().executable, nonce < 3);
    }
    let full = InsertError::LaneFull { address: account(1), limit: 2 };
    assert_eq!(world.insert(&Forge::of(1, 5).sign()), Err(full));
    let replaced = world.insert(&Forge::of(1, 4).price(110).sign()).unwrap();
    assert!(replaced.replaced.is_some(), "a replacement needs no room in its lane");
    world.give(2, 0, 100);
}

#[test]
fn the_default_bounds_fit_the_load() {
    let limits = Limits::default();
    assert_eq!((limits.txs, limits.bytes), (TXS_MAX, BYTES_MAX));
    assert_eq!((limits.lane_executable, limits.lane_queued), (LANE_EXECUTABLE_MAX, LANE_QUEUED_MAX));
    assert_eq!(limits.nonce_ahead, NONCE_AHEAD_MAX);
}

#[test]
fn a_pool_without_room_for_one_takes_none() {
    let mut world = World::with(small(0));
    assert_eq!(world.insert(&Forge::of(1, 0).sign()), Err(InsertError::Underpriced));
    let mut world = World::with(Limits { bytes: 50, ..Limits::default() });
    assert_eq!(world.insert(&Forge::of(1, 0).sign()), Err(InsertError::Full));
}

#[test]
fn texts_are_those_that_clients_match_on() {
    let address = account(1);
    let texts = [
        (InsertError::AlreadyKnown, "already known".to_owned()),
        (InsertError::NonceTooLow { next: 9, nonce: 4 }, "nonce too low: next nonce 9, tx nonce 4".into()),
        (
            InsertError::NonceTooHigh { next: 9, nonce: 99, limit: 10 },
            "nonce too high: next nonce 9, tx nonce 99, at most 10 ahead".into(),
        ),
        (
            InsertError::InsufficientFunds { address, have: U256::from(7), want: U256::from(8) },
            format!("insufficient funds for gas * price + value: address {address} have 7 want 8"),
        ),
        (InsertError::ReplacementUnderpriced, "replacement transaction underpriced".into()),
        (InsertError::Underpriced, "transaction underpriced".into()),
        (InsertError::Full, "txpool is full".into()),
        (
            InsertError::LaneFull { address, limit: 3 },
            format!("account limit exceeded: {address} has 3 transactions queued"),
        ),
    ];
    for (error, text) in texts {
        assert_eq!(error.to_string(), text);
    }
    assert!(address.to_string().starts_with("0x"));
}
