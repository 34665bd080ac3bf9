//! Who stands on both sides, and what of theirs is cancelled so that nobody trades with themselves.

use seiza_types::Address;

use super::parties::{At, Parties};
use super::queue::{Entry, Queue};
use super::seen::Seen;
use crate::order::{SelfTrade, Side};

/// Of each account that is filled on both sides, the orders that its policies take out.
pub(super) fn self_trades(parties: &Parties<'_>, queues: &[Queue; 2]) -> Vec<At> {
    let [bids, asks] = queues.each_ref().map(|queue| queue.filled().map(Entry::at).collect::<Vec<_>>());
    let mut vetoes = Vec::new();
    for group in on_both_sides(parties, &bids, &asks) {
        resolve(parties, group, &mut vetoes);
    }
    vetoes
}

/// Takes out one account's orders by their policies until it stands on one side only.
fn resolve(parties: &Parties<'_>, group: Vec<At>, vetoes: &mut Vec<At>) {
    let (order, since) = (|at: &At| parties.order(*at), |at: &At| parties.since(*at));
    let (mut bids, mut asks): (Vec<_>, Vec<_>) = group.into_iter().partition(|at| order(at).side == Side::Bid);
    for side in [&mut bids, &mut asks] {
        side.sort_unstable_by_key(|at| std::cmp::Reverse(since(at)));
    }
    // Newest first: the newest of all is at the front of its side, the oldest of the other side at that one's end.
    let (mut bids, mut asks) = (std::collections::VecDeque::from(bids), std::collections::VecDeque::from(asks));
    while let (Some(bid), Some(ask)) = (bids.front(), asks.front()) {
        let newest_bids = since(bid) > since(ask);
        let policy = order(if newest_bids { bid } else { ask }).self_trade;
        let (newer, older) = if newest_bids { (&mut bids, &mut asks) } else { (&mut asks, &mut bids) };
        if policy != SelfTrade::CancelOldest {
            vetoes.extend(newer.pop_front());
        }
        if policy != SelfTrade::CancelNewest {
            vetoes.extend(older.pop_back());
        }
    }
}

/// Of the given bids and asks those whose owner has both; a group for each owner.
pub(super) fn on_both_sides(parties: &Parties<'_>, bids: &[At], asks: &[At]) -> Vec<Vec<At>> {
    let owner = |at: &At| &parties.order(*at).owner;
    let asks = shared(owner, bids, asks);
    let mut both = shared(owner, &asks, bids);
    both.extend(asks);
    both.sort_unstable_by_key(|at| (owner(at), *at));
    let owned = both.chunk_by(|a, b| owner(a) == owner(b)).filter(|owned| has_both_sides(parties, owned));
    owned.map(<[At]>::to_vec).collect()
}

/// Those of `others` whose owner is, by all that is seen, among those of `some`. Nearly everybody trades on one side only,
/// and is told so without being sorted.
fn shared<'a>(owner: impl Fn(&At) -> &'a Address, some: &[At], others: &[At]) -> Vec<At> {
    if some.is_empty() {
        return Vec::new();
    }
    let mut seen = Seen::new(some.len());
    some.iter().for_each(|at| seen.insert(tail(owner(at))));
    others.iter().copied().filter(|at| seen.may_hold(tail(owner(at)))).collect()
}

/// Where addresses differ.
fn tail(owner: &Address) -> u64 {
    u64::from_be_bytes(owner[12..].try_into().expect("an address has 20 bytes"))
}

fn has_both_sides(parties: &Parties<'_>, owned: &[At]) -> bool {
    let is_bid = |at: &At| parties.order(*at).side == Side::Bid;
    owned.iter().any(is_bid) && !owned.iter().all(is_bid)
}
