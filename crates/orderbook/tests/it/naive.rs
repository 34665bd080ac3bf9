//! Clearing as the specification words it, without a thought for speed: every price is tried, every order looked at.

use std::collections::BTreeSet;

use seiza_orderbook::*;

/// An order wherever it is: in the book, waiting for a price, or just arrived.
#[derive(Clone, Copy)]
pub struct Party {
    pub resting: Resting,
    pub place: Place,
    pub waits: Option<Condition>,
}

/// A book without an order of its own.
pub struct Naive {
    pub last: Option<Price>,
    pub parties: Vec<Party>,
}

/// All prices that tests use.
pub const PRICES: std::ops::Range<u64> = 1..64;

fn eligible(parties: &[Party], side: Side, price: u64) -> Vec<Party> {
    let accepts = |order: &Order| order.side == side && side.accepts(order.price, Price(price));
    let mut found: Vec<_> = parties.iter().filter(|party| accepts(&party.resting.order)).copied().collect();
    found.sort_by_key(|party| (side.rank(party.resting.order.price), party.resting.since));
    found
}

fn lots(parties: &[Party]) -> u128 {
    parties.iter().map(|party| u128::from(party.resting.order.quantity.0)).sum()
}

/// The clearing price and volume.
pub fn priced(parties: &[Party], last: Option<Price>) -> Option<(u64, u128)> {
    let score = |price| {
        let (demand, supply) = (lots(&eligible(parties, Side::Bid, price)), lots(&eligible(parties, Side::Ask, price)));
        let distance = last.map_or(0, |last| last.0.abs_diff(price));
        (std::cmp::Reverse(demand.min(supply)), demand.abs_diff(supply), distance, price)
    };
    let (volume, _, _, price) = PRICES.map(score).min().unwrap();
    (volume.0 > 0).then_some((price, volume.0))
}

/// Fills one side, and finds fill-or-kill orders that don't fit.
fn fill(
    parties: &[Party],
    side: Side,
    (price, mut left): (u64, u128),
    fills: &mut Vec<Fill>,
    misfits: &mut Vec<OrderId>,
) {
    for Party { resting: order, place, .. } in eligible(parties, side, price) {
        let wanted = u128::from(order.order.quantity.0);
        if order.order.kind == Kind::FillOrKill && wanted > left {
            misfits.push(order.order.id);
        } else if left > 0 {
            fills.push(Fill { order, quantity: Quantity(wanted.min(left) as u64), place });
            left -= wanted.min(left);
        }
    }
}

/// What the policies of accounts that are filled on both sides take out.
fn self_trades(fills: &[Fill]) -> Vec<OrderId> {
    let (owners, mut out): (BTreeSet<_>, _) = (fills.iter().map(|fill| fill.order.order.owner).collect(), vec![]);
    for owner in owners {
        let mut own: Vec<_> = fills.iter().map(|f| f.order).filter(|r| r.order.owner == owner).collect();
        own.sort_by_key(|resting| resting.since);
        while let Some(newest) = own.last().copied() {
            let Some(oldest) = own.iter().find(|r| r.order.side != newest.order.side).copied() else { break };
            let (newest_goes, oldest_goes) = match newest.order.self_trade {
                SelfTrade::CancelNewest => (true, false),
                SelfTrade::CancelOldest => (false, true),
                SelfTrade::CancelBoth => (true, true),
            };
            let goes = |r: &Resting| (newest_goes && *r == newest) || (oldest_goes && *r == oldest);
            out.extend(own.iter().filter(|r| goes(r)).map(|r| r.order.id));
            own.retain(|r| !goes(r));
        }
    }
    out
}

impl Naive {
    /// Clears a batch of arrivals that the market takes. Expired orders of the book stay in it, unseen.
    pub fn clear(&mut self, batch: &Batch) -> Clearing {
        let mut out = Clearing::default();
        let new =
            |order: Order, waits| Party { resting: Resting { order, since: order.id }, place: Place::Arrived, waits };
        self.parties.extend(batch.orders.iter().map(|order| new(*order, None)));
        self.parties.extend(batch.triggers.iter().map(|trigger| new(trigger.order, Some(trigger.condition))));
        self.cancel(batch, &mut out);
        self.fire(batch, &mut out);
        self.parties.sort_by_key(|party| party.resting.since);
        let past = |party: &Party| party.place == Place::Rested && batch.is_past(party.resting.order.expiry);
        let present = self.parties.iter().filter(|party| party.waits.is_none() && !past(party)).copied();
        let (mut auction, arrived): (Vec<_>, Vec<_>) = present.partition(|party| party.place == Place::Rested);
        let (careful, takers): (Vec<_>, Vec<_>) =
            arrived.into_iter().partition(|p| p.resting.order.kind == Kind::PostOnly);
        for party in careful {
            let Order { id, side, price, .. } = party.resting.order;
            let others = auction.iter().map(|p| p.resting.order).filter(|order| order.side != side);
            match others.map(|order| order.price).min_by_key(|price| side.opposite().rank(*price)) {
                Some(best) if side.accepts(price, best) => out.rejected.push((id, OrderError::WouldCross { best })),
                _ => auction.push(party),
            }
        }
        auction.extend(takers);
        let mut vetoed = vec![];
        loop {
            let (mut fills, mut misfits) = (vec![], vec![]);
            let price = priced(&auction, self.last);
            for (side, at) in [Side::Bid, Side::Ask].into_iter().flat_map(|side| price.map(|at| (side, at))) {
                fill(&auction, side, at, &mut fills, &mut misfits);
            }
            let strays = auction.iter().map(|p| p.resting.order).filter(|order| order.kind == Kind::FillOrKill);
            let strays =
                strays.filter(|order| fills.iter().all(|fill| fill.order.order.id != order.id)).map(|order| order.id);
            let vetoes = match (misfits, self_trades(&fills)) {
                (misfits, _) if !misfits.is_empty() => {
                    misfits.into_iter().map(|id| (id, EndReason::NotFilledInFull)).collect()
                }
                (_, met) if !met.is_empty() => met.into_iter().map(|id| (id, EndReason::SelfTrade)).collect(),
                _ => strays.map(|id| (id, EndReason::NotFilledInFull)).collect::<Vec<_>>(),
            };
            auction.retain(|party| vetoes.iter().all(|(id, _)| *id != party.resting.order.id));
            if vetoes.is_empty() {
                (out.price, out.volume) = (price.map(|at| Price(at.0)), Volume(price.map_or(0, |at| at.1)));
                out.fills = fills;
                break;
            }
            vetoed.extend(vetoes);
        }
        self.last = out.price.or(self.last);
        self.finish(&vetoed, &mut out);
        out
    }
}
