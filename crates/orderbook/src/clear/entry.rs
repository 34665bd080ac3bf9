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
    if parties.arrivals().iter().any(|arrival| arrival.kind == Kind::PostOnly) {
        parties.retain(|id, arrival| {
            if arrival.kind != Kind::PostOnly || arrival.ended.is_some() {
                return true;
            }
            if let Some(best) = tops.crossed(arrival.side, arrival.price) {
                clearing.rejected.push((id, OrderError::WouldCross { best }));
                return false;
            }
            tops.improve(arrival.side, arrival.price);
            true
        });
    }
    for arrival in parties.arrivals() {
        if arrival.ended.is_none() && arrival.kind != Kind::PostOnly {
            tops.improve(arrival.side, arrival.price);
        }
    }
}

/// The arrivals that cross the best of the other side.
fn queue(intake: &Intake<'_>, tops: &Tops, queues: &mut [Queue; 2]) {
    for (at, arrival) in intake.parties.arrived() {
        if arrival.ended.is_none() && tops.crossed(arrival.side, arrival.price).is_some() {
            let in_full = arrival.kind == Kind::FillOrKill;
            queues[arrival.side as usize].push(at, true, arrival.price, arrival.quantity, in_full);
        }
    }
    queues.iter_mut().for_each(Queue::sort);
}
