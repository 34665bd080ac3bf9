//! The last transaction of every lane, so that the worst of the pool is found in O(log n) at any base fee.
//!
//! What an offer is worth changes with the base fee: min(tip cap, fee cap - base fee). The lowest of all such minima is the
//! lower of (lowest tip cap) and (lowest fee cap) - base fee, so two orders that never change with the base fee suffice.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use seiza_types::Address;
use seiza_types::tx::FeeOffer;

use crate::entry::Entry;
use crate::score::Score;

/// Executable or not, a cap, and the newest first among equals: the first key is the worst.
type Order = (bool, u128, Reverse<u64>);

/// Lane tails in both orders.
#[derive(Debug, Default)]
pub(crate) struct Tails {
    by_tip_cap: BTreeMap<Order, Tail>,
    by_fee_cap: BTreeMap<Order, Tail>,
}

/// A lane's last transaction.
#[derive(Debug, Clone, Copy)]
struct Tail {
    lane: Address,
    nonce: u64,
    floor: FeeOffer,
}

impl Tails {
    pub(crate) fn add(&mut self, lane: Address, entry: &Entry, executable: bool) {
        let tail = Tail { lane, nonce: entry.tx.nonce, floor: entry.floor };
        let (by_tip, by_fee) = orders(entry, executable);
        self.by_tip_cap.insert(by_tip, tail);
        self.by_fee_cap.insert(by_fee, tail);
    }

    pub(crate) fn remove(&mut self, entry: &Entry, executable: bool) {
        let (by_tip, by_fee) = orders(entry, executable);
        self.by_tip_cap.remove(&by_tip);
        self.by_fee_cap.remove(&by_fee);
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        assert_eq!(self.by_tip_cap.len(), self.by_fee_cap.len());
        self.by_tip_cap.len()
    }

    /// Lane and nonce of the tail that is worth least: queued before executable, then by what it offers at `base_fee`, the
    /// newest among equals.
    pub(crate) fn worst(&self, base_fee: u128) -> Option<(Address, u64)> {
        let firsts = [&self.by_tip_cap, &self.by_fee_cap].into_iter().filter_map(BTreeMap::first_key_value);
        let worst = firsts
            .min_by_key(|((executable, _, newest), tail)| (*executable, Score::of(tail.floor, base_fee), *newest));
        worst.map(|(_, tail)| (tail.lane, tail.nonce))
    }
}

fn orders(entry: &Entry, executable: bool) -> (Order, Order) {
    let newest = Reverse(entry.arrival);
    let floor = entry.floor;
    ((executable, floor.max_priority_fee_per_gas, newest), (executable, floor.max_fee_per_gas, newest))
}
