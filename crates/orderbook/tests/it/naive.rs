//! Clearing as the specification words it, without a thought for speed: every price is tried, every order looked at.

use seiza_orderbook::*;

use super::naive_book::self_trades;

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

/// What trades at a price.
pub fn volume(parties: &[Party], price: u64) -> u128 {
    lots(&eligible(parties, Side::Bid, price)).min(lots(&eligible(parties, Side::Ask, price)))
}

/// The clearing price and volume.
pub fn priced(parties: &[Party], last: Option<Price>) -> Option<(u64, u128)> {
    let (resting, arrived): (Vec<Party>, Vec<Party>) = parties.iter().partition(|party| party.place == Place::Rested);
    let share = |side: Side| {
        let own = resting.iter().map(|party| party.resting.order).filter(|order| order.side == side);
        let best = own.map(|order| order.price.0).min_by_key(|price| side.rank(Price(*price)));
        let wanted = best.map_or(0, |best| lots(&eligible(&arrived, side.opposite(), best)));
        wanted + u128::from(wanted > 0)
    };
    let accepting = |side, price| lots(&eligible(&resting, side, price));
    let all = |side, price| lots(&eligible(&arrived, side, price)) + accepting(side, price).min(share(side));
    let served = |side: Side, better| share(side) > 0 && accepting(side, better) >= share(side);
    let candidates = PRICES.filter(|price| !served(Side::Ask, price - 1) && !served(Side::Bid, price + 1));
    let score = |price| {
        let (demand, supply) = (all(Side::Bid, price), all(Side::Ask, price));
        let distance = last.map_or(0, |last| last.0.abs_diff(price));
        (std::cmp::Reverse(demand.min(supply)), demand.abs_diff(supply), distance, price)
    };
    let (volume, _, _, price) = candidates.map(score).min()?;
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
