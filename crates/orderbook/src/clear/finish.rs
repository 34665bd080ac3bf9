//! The last step: who traded, who rests, who is over, and whether triggers are due.

use std::ops::ControlFlow;

use super::intake::Intake;
use super::parties::Parties;
use super::price::Priced;
use super::queue::Queue;
use super::rounds::Auction;
use super::window::Window;
use crate::clearing::{Clearing, EndReason, Ended, Fill, Place};
use crate::order::{Kind, Order, Resting};
use crate::trigger::{Direction, Trigger};
use crate::units::{Price, Quantity, Volume};
use crate::view::BookView;

/// Writes the outcome down.
pub(super) fn finish<V: BookView + ?Sized>(
    view: &V,
    intake: &mut Intake<'_>,
    auction: &Auction,
    priced: Option<Priced>,
) -> Result<(), V::Error> {
    let last = priced.map(|priced| priced.price).or(intake.last);
    let due = match last {
        Some(last) => is_due(view, intake, last)?,
        None => false,
    };
    let Intake { parties, clearing, .. } = intake;
    clearing.due = due;
    clearing.price = priced.map(|priced| priced.price);
    clearing.volume = Volume(priced.map_or(0, |priced| priced.volume));
    clearing.rejected.sort_by_key(|(id, _)| *id);
    fill(auction, parties, &mut clearing.fills);
    settle(auction, parties, clearing);
    Ok(())
}

fn fill(auction: &Auction, parties: &mut Parties<'_>, fills: &mut Vec<Fill>) {
    for entry in auction.queues.iter().flat_map(Queue::filled) {
        let (at, filled) = (entry.at(), entry.filled);
        parties.note_filled(at, filled);
        fills.push(Fill { order: parties.resting(at), quantity: Quantity(filled), place: parties.place(at) });
    }
}

/// What becomes of the orders, and of what of them did not trade.
fn settle(auction: &Auction, parties: &Parties<'_>, clearing: &mut Clearing) {
    clearing.rested.reserve(parties.arrivals().len());
    for arrival in parties.arrivals() {
        let left = arrival.quantity - arrival.filled;
        if left == 0 || arrival.ended == Some(EndReason::Cancelled) {
            continue;
        }
        let order = parties.order_of(arrival);
        let rest = Resting { order: order.with_quantity(Quantity(left)), since: parties.since_of(arrival) };
        match arrival.ended.or_else(|| ends(&auction.windows, order)) {
            Some(reason) => clearing.ended.push(Ended { order: rest, place: Place::Arrived, reason }),
            None => clearing.rested.push(rest),
        }
    }
    for maker in parties.makers() {
        let over = |reason| Ended { order: maker.resting, place: Place::Rested, reason };
        clearing.ended.extend(maker.ended.map(over));
    }
}

/// Why what is left of an order does not rest, if it does not.
fn ends(windows: &[Window; 2], order: &Order) -> Option<EndReason> {
    let unread = windows[order.side.opposite() as usize].cut();
    match order.kind {
        Kind::FillOrKill => Some(EndReason::NotFilledInFull),
        Kind::ImmediateOrCancel | Kind::Market => Some(EndReason::Unfilled),
        Kind::Limit | Kind::PostOnly => {
            let crosses = unread.is_some_and(|unread| order.side.accepts(order.price, unread));
            crosses.then_some(EndReason::TooDeep)
        }
    }
}

/// Whether a trigger that still waits is met by the price that is now the last.
fn is_due<V: BookView + ?Sized>(view: &V, intake: &Intake<'_>, last: Price) -> Result<bool, V::Error> {
    let met = |trigger: &Trigger| trigger.condition.is_met(last);
    let mut due = intake.clearing.waiting.iter().any(met);
    for direction in Direction::BOTH {
        if due {
            break;
        }
        view.visit_triggers(direction, &mut |trigger| {
            if intake.gone.holds(trigger.order.id) {
                return ControlFlow::Continue(());
            }
            due = met(trigger);
            ControlFlow::Break(())
        })?;
    }
    Ok(due)
}
