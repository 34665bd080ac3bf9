//! What must hold of a pool after every call, looked at from inside.

use std::collections::BTreeSet;

use seiza_types::U256;

use crate::lane::Lane;
use crate::{Pool, SelectLimits};

/// Asserts everything that must always hold.
pub(super) fn check(pool: &Pool) {
    check_bounds(pool);
    for lane in pool.lanes.values() {
        check_lane(lane, pool);
    }
    check_indices(pool);
    check_selection(pool);
}

fn check_bounds(pool: &Pool) {
    let (counts, limits) = (pool.counts(), pool.limits());
    assert!(counts.txs() <= limits.txs, "{} transactions", counts.txs());
    assert!(counts.bytes <= limits.bytes, "{} bytes", counts.bytes);
    assert_eq!(counts.pending, pool.lanes().map(|(_, lane)| lane.pending_len()).sum::<usize>());
    assert_eq!(counts.queued, pool.lanes().map(|(_, lane)| lane.queued_len()).sum::<usize>());
    let all = pool.lanes().flat_map(|(_, lane)| lane.pending().chain(lane.queued()));
    assert_eq!(counts.bytes, all.map(|tx| tx.raw.len()).sum::<usize>());
}

fn check_lane(lane: &Lane, pool: &Pool) {
    assert!(!lane.is_empty(), "an empty lane is kept");
    assert!(lane.run_len() <= pool.limits().lane_executable);
    assert!(lane.queued_len() <= pool.limits().lane_queued);
    let nonces: Vec<u64> = lane.run().map(|(nonce, _)| *nonce).collect();
    assert_eq!(nonces, (lane.nonce()..lane.next()).collect::<Vec<_>>(), "the run has a gap");
    let cost = lane.run().fold(U256::ZERO, |sum, (_, entry)| sum + entry.cost());
    assert_eq!(cost, lane.spent());
    assert!(cost <= lane.balance(), "the run costs more than the balance");
    if let Some(next) = lane.get(lane.next()) {
        let affordable = cost + next.cost() <= lane.balance();
        assert!(!affordable || lane.run_len() == pool.limits().lane_executable, "the run could be longer");
    }
}

fn check_indices(pool: &Pool) {
    let mut arrivals = BTreeSet::new();
    for (address, lane) in &pool.lanes {
        let mut floor = None;
        for tx in lane.run().map(|(_, entry)| &entry.tx).chain(lane.queued()) {
            let entry = lane.get(tx.nonce).unwrap();
            floor = Some(floor.map_or(tx.fee, |floor| crate::score::lower(floor, tx.fee)));
            assert_eq!(Some(entry.floor), floor, "a floor is not the lowest before it");
            assert_eq!(pool.by_hash[&tx.hash].lane, *address);
            assert_eq!(pool.by_arrival[&entry.arrival], (*address, tx.nonce));
            assert!(arrivals.insert(entry.arrival));
        }
    }
    assert_eq!(pool.by_hash.len(), arrivals.len());
    assert_eq!(pool.by_arrival.len(), arrivals.len());
    assert_eq!(pool.tails.len(), pool.lanes.len());
}

/// A selection never leaves a gap in a lane.
fn check_selection(pool: &Pool) {
    let limits = SelectLimits { gas: 200_000, bytes: 10_000, count: 50 };
    let mut next: std::collections::BTreeMap<_, u64> =
        pool.lanes.iter().map(|(address, lane)| (*address, lane.nonce())).collect();
    for tx in pool.select(super::BASE_FEE, limits) {
        let nonce = next.get_mut(&pool.by_hash[&tx.hash].lane).unwrap();
        assert_eq!(tx.nonce, *nonce, "a selection skips a nonce");
        *nonce += 1;
    }
}
