//! Who stands on both sides, and what of theirs is cancelled so that nobody trades with themselves.

use seiza_types::Address;

use super::Party;
use super::queue::{Entry, Queue};
use crate::order::{SelfTrade, Side};

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

/// Of each account that is filled on both sides, the orders that its policies take out.
pub(super) fn self_trades(parties: &[Party], queues: &[Queue; 2]) -> Vec<usize> {
    let [bids, asks] = queues.each_ref().map(|queue| queue.filled().map(Entry::at).collect::<Vec<_>>());
    let mut vetoes = Vec::new();
    for group in on_both_sides(parties, &bids, &asks) {
        resolve(parties, group, &mut vetoes);
    }
    vetoes
}

/// Takes out one account's orders by their policies until it stands on one side only.
fn resolve(parties: &[Party], group: Vec<usize>, vetoes: &mut Vec<usize>) {
    let resting = |at: &usize| &parties[*at].resting;
    let (mut bids, mut asks): (Vec<_>, Vec<_>) = group.into_iter().partition(|at| resting(at).order.side == Side::Bid);
    for side in [&mut bids, &mut asks] {
        side.sort_unstable_by_key(|at| std::cmp::Reverse(resting(at).since));
    }
    // Newest first: the newest of all is at the front of its side, the oldest of the other side at that one's end.
    let (mut bids, mut asks) = (std::collections::VecDeque::from(bids), std::collections::VecDeque::from(asks));
    while let (Some(bid), Some(ask)) = (bids.front(), asks.front()) {
        let newest_bids = resting(bid).since > resting(ask).since;
        let policy = resting(if newest_bids { bid } else { ask }).order.self_trade;
        let (newer, older) = if newest_bids { (&mut bids, &mut asks) } else { (&mut asks, &mut bids) };
        if policy != SelfTrade::CancelOldest {
            vetoes.extend(newer.pop_front());
        }
        if policy != SelfTrade::CancelNewest {
            vetoes.extend(older.pop_back());
        }
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
