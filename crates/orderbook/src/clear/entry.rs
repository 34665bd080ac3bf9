//! Who takes part in the auction: post-only orders are held against the book, and of all arrivals those are queued that
//! could trade with anything at all. The others need not be sorted to know that they rest.

use super::Party;
use super::intake::Intake;
use super::queue::Queue;
use super::rounds::Auction;
use super::window::{Filter, Read, Window};
use crate::error::OrderError;
use crate::order::{Kind, Resting, Side};
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
pub(super) fn enter<V: BookView + ?Sized>(view: &V, intake: &mut Intake) -> Result<Auction, V::Error> {
    let mut windows = [Side::Bid, Side::Ask].map(|side| Window::new(side, intake.limits.resting_read));
    let mut read = [Read::default(), Read::default()];
    let mut tops = Tops([None, None]);
    if !intake.arrivals.is_empty() {
        let filter = Filter { now: intake.now, gone: &intake.gone };
        for side in [Side::Bid, Side::Ask] {
            let (window, read) = (&mut windows[side as usize], &mut read[side as usize]);
            window.read(view, filter, side.price(u64::MAX), 1, read)?;
            let first = read.live.first().map(|first| first.order.price);
            first.or(window.cut()).into_iter().for_each(|top| tops.improve(side, top));
        }
    }
    let parties = admit(intake, &mut tops);
    let mut auction = Auction::new(parties, windows);
    auction.queues = queue(&auction.parties, &tops);
    for read in read {
        auction.join(read, intake);
    }
    Ok(auction)
}

/// Post-only orders enter in the order of time, each held against all that rests by then.
fn admit(intake: &mut Intake, tops: &mut Tops) -> Vec<Party> {
    let rejected = &mut intake.clearing.rejected;
    let mut parties = std::mem::take(&mut intake.arrivals);
    let careful = parties.iter().any(|party| party.resting.order.kind == Kind::PostOnly);
    let mut may_enter = |Party { resting: Resting { order, .. }, ended, .. }: &Party| {
        if order.kind != Kind::PostOnly || ended.is_some() {
            return true;
        }
        if let Some(best) = tops.crossed(order.side, order.price) {
            rejected.push((order.id, OrderError::WouldCross { best }));
            return false;
        }
        tops.improve(order.side, order.price);
        true
    };
    if careful {
        parties.retain(&mut may_enter);
    }
    for party in parties.iter().filter(|party| party.takes()) {
        tops.improve(party.resting.order.side, party.resting.order.price);
    }
    parties
}

/// The arrivals that cross the best of the other side.
fn queue(parties: &[Party], tops: &Tops) -> [Queue; 2] {
    let mut queues = [Queue::new(Side::Bid), Queue::new(Side::Ask)];
    for (at, Party { resting, .. }) in parties.iter().enumerate().filter(|(_, party)| party.ended.is_none()) {
        let Resting { order, .. } = resting;
        if tops.crossed(order.side, order.price).is_some() {
            queues[order.side as usize].push(resting, at, true);
        }
    }
    queues
}
