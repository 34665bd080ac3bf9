//! Who takes part in the auction: post-only orders are held against the book, and of all arrivals those are queued that
//! could trade with anything at all. The others need not be sorted to know that they rest.

use super::intake::Intake;
use super::queue::{Memory, Queue};
use super::rounds::Auction;
use crate::error::OrderError;
use crate::order::{Kind, Side};
use crate::units::Price;
use crate::view::BookView;

/// The best price of each side, bids first.
struct Tops([Option<Price>; 2]);

impl Tops {
    fn of(&self, side: Side) -> Option<Price> {
        self.0[side as usize]
    }

    fn improve(&mut self, side: Side, price: Price) {
        let top = &mut self.0[side as usize];
        if top.is_none_or(|top| side.rank(price) < side.rank(top)) {
            *top = Some(price);
        }
    }

    /// The best price of the other side, where an order would trade with it.
    fn crossed(&self, side: Side, limit: Price) -> Option<Price> {
        self.of(side.opposite()).filter(|best| side.accepts(limit, *best))
    }
}

/// Opens the auction.
pub(super) fn enter<V: BookView + ?Sized>(
    view: &V,
    intake: &mut Intake<'_>,
    memory: [Memory; 2],
) -> Result<Auction, V::Error> {
    let mut auction = Auction::new(memory, intake.limits.resting_read);
    let mut tops = Tops([None, None]);
    if !intake.parties.arrivals().is_empty() {
        for side in [Side::Bid, Side::Ask] {
            auction.read_on(view, intake, side, side.price(u64::MAX), 1)?;
            auction.top(side).into_iter().for_each(|top| tops.improve(side, top));
        }
    }
    admit(intake, &mut tops);
    queue(intake, &tops, &mut auction.queues);
    Ok(auction)
}

/// Post-only orders enter in the order of time, each held against all that rests by then.
fn admit(intake: &mut Intake<'_>, tops: &mut Tops) {
    let Intake { parties, clearing, .. } = intake;
    if parties.arrived().any(|(_, order, _)| order.kind == Kind::PostOnly) {
        parties.retain(|order, arrival| {
            if order.kind != Kind::PostOnly || arrival.ended.is_some() {
                return true;
            }
            if let Some(best) = tops.crossed(order.side, order.price) {
                clearing.rejected.push((order.id, OrderError::WouldCross { best }));
                return false;
            }
            tops.improve(order.side, order.price);
            true
        });
    }
    for (_, order, arrival) in parties.arrived() {
        if arrival.ended.is_none() && order.kind != Kind::PostOnly {
            tops.improve(order.side, order.price);
        }
    }
}

/// The arrivals that cross the best of the other side.
fn queue(intake: &Intake<'_>, tops: &Tops, queues: &mut [Queue; 2]) {
    for (at, order, arrival) in intake.parties.arrived() {
        if arrival.ended.is_none() && tops.crossed(order.side, order.price).is_some() {
            queues[order.side as usize].push(order, at, true);
        }
    }
    queues.iter_mut().for_each(Queue::sort);
}
