//! Stories of selection.

use super::World;
use super::forge::{Forge, GAS};
use crate::SelectLimits;

const ALL: SelectLimits = SelectLimits { gas: u64::MAX, bytes: usize::MAX, count: usize::MAX };

/// Selected (tip cap, nonce) pairs.
fn selected(world: &World, base_fee: u128, limits: SelectLimits) -> Vec<(u128, u64)> {
    let txs = world.pool.select(base_fee, limits);
    txs.iter().map(|tx| (tx.fee.max_priority_fee_per_gas, tx.nonce)).collect()
}

#[test]
fn the_best_tip_comes_first_and_a_lane_stays_in_order() {
    let mut world = World::new();
    world.give(1, 1, 900);
    world.give(1, 0, 10);
    world.give(2, 0, 50);
    world.give(2, 1, 40);
    world.give(3, 0, 45);
    world.give(3, 2, 9_999);
    assert_eq!(selected(&world, 1, ALL), [(50, 0), (45, 0), (40, 1), (10, 0), (900, 1)]);
}

#[test]
fn equal_tips_come_in_order_of_arrival() {
    let mut world = World::new();
    let arrived: Vec<_> = [5, 3, 9, 1].map(|sender| world.give(sender, 0, 100).hash).to_vec();
    let hashes: Vec<_> = world.pool.select(1, ALL).iter().map(|tx| tx.hash).collect();
    assert_eq!(hashes, arrived);
}

#[test]
fn the_tip_is_what_remains_above_the_base_fee() {
    let mut world = World::new();
    world.insert(&Forge::of(1, 0).caps(100, 30).sign()).unwrap();
    world.insert(&Forge::of(2, 0).caps(90, 40).sign()).unwrap();
    assert_eq!(selected(&world, 1, ALL), [(40, 0), (30, 0)]);
    assert_eq!(selected(&world, 65, ALL), [(30, 0), (40, 0)], "25 remain of the second");
}

#[test]
fn one_below_the_base_fee_ends_its_own_lane_only() {
    let mut world = World::new();
    world.give(1, 0, 100);
    world.give(1, 1, 20);
    world.give(1, 2, 100);
    world.give(2, 0, 60);
    assert_eq!(selected(&world, 50, ALL), [(100, 0), (60, 0)]);
    assert_eq!(selected(&world, 101, ALL), []);
}

#[test]
fn a_selection_stays_within_gas_bytes_and_count() {
    let mut world = World::new();
    for nonce in 0..5 {
        world.give(1, nonce, 100);
        world.give(2, nonce, 50);
    }
    let bytes = world.pool.select(1, ALL)[0].raw.len();
    let len = |limits| world.pool.select(1, limits).len();
    assert_eq!(len(SelectLimits { count: 3, ..ALL }), 3);
    assert_eq!(len(SelectLimits { count: 0, ..ALL }), 0);
    assert_eq!(len(SelectLimits { gas: GAS * 4, ..ALL }), 4);
    assert_eq!(len(SelectLimits { gas: GAS * 4 - 1, ..ALL }), 3);
    assert_eq!(len(SelectLimits { bytes: bytes * 2, ..ALL }), 2);
    assert_eq!(world.pool.counts().txs(), 10, "a selection takes nothing out");
}

#[test]
fn one_that_does_not_fit_lets_others_pass() {
    let mut world = World::new();
    world.insert(&Forge::of(1, 0).price(100).gas(GAS * 10).sign()).unwrap();
    world.give(1, 1, 100);
    world.give(2, 0, 50);
    let limits = SelectLimits { gas: GAS * 5, ..ALL };
    assert_eq!(selected(&world, 1, limits), [(50, 0)], "what follows it in its lane has to wait with it");
}
