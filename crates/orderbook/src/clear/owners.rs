//! Whose orders stand on both sides.

use seiza_types::Address;

use super::Party;
use crate::order::Side;

/// A set that may say yes to what it does not hold, but never no to what it does: a bit for every owner seen, in a table
/// of sixteen bits an owner. Nearly everybody trades on one side only, and is told so without being sorted.
struct Seen {
    bits: Vec<u64>,
    shift: u32,
}

impl Seen {
    fn new(owners: usize) -> Self {
        let log = (owners * 16).max(64).next_power_of_two().trailing_zeros();
        Self { bits: vec![0; 1 << (log - 6)], shift: 64 - log }
    }

    fn bit(&self, owner: &Address) -> (usize, u64) {
        let tail = u64::from_be_bytes(owner[12..].try_into().expect("an address has 20 bytes"));
        let at = tail.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift;
        ((at >> 6) as usize, 1 << (at & 63))
    }

    fn insert(&mut self, owner: &Address) {
        let (word, bit) = self.bit(owner);
        self.bits[word] |= bit;
    }

    fn may_hold(&self, owner: &Address) -> bool {
        let (word, bit) = self.bit(owner);
        self.bits[word] & bit != 0
    }
}

/// Of the given bids and asks, by index, those whose owner has both; a group for each owner.
pub(super) fn on_both_sides(parties: &[Party], bids: &[usize], asks: &[usize]) -> Vec<Vec<usize>> {
    let owner = |at: &usize| &parties[*at].resting.order.owner;
    let asks = shared(owner, bids, asks);
    let mut both = shared(owner, &asks, bids);
    both.extend(asks);
    both.sort_unstable_by_key(|at| (owner(at), *at));
    let owned = both.chunk_by(|a, b| owner(a) == owner(b)).filter(|owned| has_both_sides(parties, owned));
    owned.map(<[usize]>::to_vec).collect()
}

/// Those of `others` whose owner is, by all that is seen, among those of `some`.
fn shared<'a>(owner: impl Fn(&usize) -> &'a Address, some: &[usize], others: &[usize]) -> Vec<usize> {
    if some.is_empty() {
        return Vec::new();
    }
    let mut seen = Seen::new(some.len());
    some.iter().for_each(|at| seen.insert(owner(at)));
    others.iter().copied().filter(|at| seen.may_hold(owner(at))).collect()
}

fn has_both_sides(parties: &[Party], owned: &[usize]) -> bool {
    let is_bid = |at: &usize| parties[*at].resting.order.side == Side::Bid;
    owned.iter().any(is_bid) && !owned.iter().all(is_bid)
}
