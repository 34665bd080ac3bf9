//! Stories of a full pool.

use super::forge::{Forge, account};
use super::{World, small};
use crate::limits::EVICTIONS_MAX;
use crate::{Admission, InsertError, Limits};

#[test]
fn a_full_pool_drops_the_worst_for_a_better_one() {
    let mut world = World::with(small(3));
    let worst = world.give(1, 0, 100);
    world.give(2, 0, 300);
    world.give(3, 0, 200);
    assert_eq!(world.insert(&Forge::of(4, 0).price(99).sign()), Err(InsertError::Underpriced));
    assert_eq!(world.insert(&Forge::of(4, 0).price(100).sign()), Err(InsertError::Underpriced), "equal is not better");
    let inserted = world.insert(&Forge::of(4, 0).price(101).sign()).unwrap();
    assert_eq!(inserted.evicted, [worst.hash]);
    assert_eq!(world.pool.counts().txs(), 3);
    assert_eq!(world.pool.pending_nonce(&account(1)), None, "an emptied lane is forgotten");
}

#[test]
fn among_equals_the_newest_leaves_first() {
    let mut world = World::with(small(3));
    let [_, _, newest] = [1, 2, 3].map(|sender| world.give(sender, 0, 100));
    assert_eq!(world.insert(&Forge::of(4, 0).price(101).sign()).unwrap().evicted, [newest.hash]);
}

#[test]
fn eviction_cuts_tails_and_opens_no_gap() {
    let mut world = World::with(small(4));
    // The cheap head of lane 1 makes everything behind it cheap, however dear its tail says it is.
    world.give(1, 0, 10);
    let tail = world.give(1, 1, 1_000);
    world.give(2, 0, 100);
    world.give(2, 1, 100);
    assert_eq!(world.insert(&Forge::of(3, 0).price(50).sign()).unwrap().evicted, [tail.hash]);
    assert_eq!((world.pending(1), world.pending(2)), (vec![0], vec![0, 1]));
}

#[test]
fn queued_ones_leave_before_executable_ones() {
    let mut world = World::with(small(3));
    world.give(1, 0, 5);
    let waiting = world.give(1, 2, 1_000_000);
    world.give(2, 0, 5);
    assert_eq!(world.insert(&Forge::of(3, 0).price(2).sign()).unwrap().evicted, [waiting.hash]);
    let dear_but_waiting = Forge::of(4, 7).price(1_000_000).sign();
    assert_eq!(world.insert(&dear_but_waiting), Err(InsertError::Underpriced));
}

#[test]
fn a_transaction_never_displaces_the_one_it_follows() {
    let mut world = World::with(small(2));
    world.give(1, 0, 10);
    world.give(2, 0, 100);
    assert_eq!(world.insert(&Forge::of(1, 1).price(1_000).sign()), Err(InsertError::Underpriced));
    assert_eq!(world.held().len(), 2);
}

#[test]
fn a_transaction_may_displace_the_tail_of_its_own_lane() {
    let mut world = World::with(small(2));
    let waiting = world.give(1, 5, 100);
    world.give(2, 0, 100);
    assert_eq!(world.insert(&Forge::of(1, 0).price(10).sign()).unwrap().evicted, [waiting.hash]);
    assert_eq!((world.pending(1), world.queued(1)), (vec![0], vec![]));
}

#[test]
fn what_a_newcomer_promotes_is_executable_before_the_worst_is_sought() {
    let mut world = World::with(small(3));
    let waiting = world.give(1, 1, 1_000);
    world.give(2, 0, 500);
    let worst = world.give(3, 0, 100);
    let inserted = world.insert(&Forge::of(1, 0).price(1_000).sign()).unwrap();
    assert_eq!((inserted.promoted, inserted.evicted), (vec![waiting.hash], vec![worst.hash]));
    assert_eq!(world.pending(1), [0, 1]);
}

#[test]
fn the_base_fee_decides_who_is_worst() {
    // Lane 1 offers a high cap and a low tip, lane 2 the reverse.
    let full = || {
        let mut world = World::with(small(2));
        world.insert(&Forge::of(1, 0).caps(1_000, 10).sign()).unwrap();
        world.insert(&Forge::of(2, 0).caps(100, 100).sign()).unwrap();
        world
    };
    for (base_fee, left) in [(1, 1), (85, 1), (95, 2), (500, 2)] {
        let mut world = full();
        let admission = Admission { lane: account(3), state_nonce: 0, balance: world.balance };
        let inserted = world.pool.insert(Forge::of(3, 0).price(5_000).sign(), admission, base_fee, 0).unwrap();
        assert_eq!(inserted.evicted.len(), 1);
        assert_eq!(world.pool.lane(&account(left)).map(|lane| lane.pending_len()), None, "at {base_fee}");
    }
}

#[test]
fn a_large_one_displaces_as_many_as_it_needs_or_none() {
    let limits = Limits { bytes: 1_100, ..Limits::default() };
    let mut world = World::with(limits);
    for sender in 1..=9 {
        world.give(sender, 0, 100 * u128::from(sender));
    }
    let before = world.held();
    let (counts, selected) = (world.pool.counts(), world.pool.select(1, crate::SelectLimits::default()));
    // It would have to displace the third lane too, which is better.
    assert_eq!(world.insert(&Forge::of(20, 0).price(250).input(400).sign()), Err(InsertError::Underpriced));
    assert_eq!((world.held(), world.pool.counts()), (before, counts));
    let hashes = |txs: Vec<seiza_types::VerifiedTx>| txs.into_iter().map(|tx| tx.hash).collect::<Vec<_>>();
    assert_eq!(hashes(world.pool.select(1, crate::SelectLimits::default())), hashes(selected));
    let inserted = world.insert(&Forge::of(20, 0).price(2_000).input(400).sign()).unwrap();
    assert!(inserted.evicted.len() >= 3, "{}", inserted.evicted.len());
}

#[test]
fn evictions_for_one_newcomer_are_bounded() {
    let mut world = World::with(Limits { bytes: 130 * (EVICTIONS_MAX + 50), ..Limits::default() });
    let admission = |lane| Admission { lane, state_nonce: 0, balance: seiza_types::U256::MAX };
    for nonce in 0..EVICTIONS_MAX as u64 + 50 {
        let _ = world.pool.insert(Forge::of(1, nonce).price(2).sign(), admission(account(1)), 1, 0);
    }
    let before = world.pool.counts();
    let giant = Forge::of(2, 0).price(1_000).input(130 * (EVICTIONS_MAX + 20)).sign();
    assert_eq!(world.pool.insert(giant, admission(account(2)), 1, 0), Err(InsertError::Full));
    assert_eq!(world.pool.counts(), before);
    super::invariants::check(&world.pool);
}
