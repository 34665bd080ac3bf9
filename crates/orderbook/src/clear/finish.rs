//! The last step: who traded, who rests, who is over, and whether triggers are due.

use std::ops::ControlFlow;

use super::intake::Intake;
use super::price::Priced;
use super::queue::Queue;
use super::rounds::Auction;
use super::window::Window;
use super::{Party, holds};
use crate::clearing::{Clearing, EndReason, Ended, Fill};
use crate::order::{Kind, Order, Resting};
use crate::trigger::{Direction, Trigger};
use crate::units::{Price, Quantity, Volume};
use crate::view::BookView;

/// Writes the outcome down.
pub(super) fn finish<V: BookView + ?Sized>(
    view: &V,
    mut intake: Intake,
    auction: Auction,
    priced: Option<Priced>,
) -> Result<Clearing, V::Error> {
    let last = priced.map(|priced| priced.price).or(intake.last);
    let due = match last {
        Some(last) => is_due(view, &intake, last)?,
        None => false,
    };
    let clearing = &mut intake.clearing;
    clearing.due = due;
    clearing.price = priced.map(|priced| priced.price);
    clearing.volume = Volume(priced.map_or(0, |priced| priced.volume));
    clearing.fills = fills(&auction);
    clearing.rejected.sort_by_key(|(id, _)| *id);
    settle(&auction, clearing);
    Ok(intake.clearing)
}

fn fills(auction: &Auction) -> Vec<Fill> {
    let filled = auction.queues.iter().flat_map(Queue::filled);
    let fill = filled.map(|entry| {
        let party = &auction.parties[entry.at()];
        Fill { order: party.resting, quantity: Quantity(entry.filled), place: party.place() }
    });
    fill.collect()
}

/// What becomes of the orders, and of what of them did not trade.
fn settle(auction: &Auction, clearing: &mut Clearing) {
    let mut left: Vec<u64> = auction.parties[..auction.arrivals].iter().map(quantity).collect();
    for entry in auction.queues.iter().flat_map(Queue::filled) {
        if let Some(left) = left.get_mut(entry.at()) {
            *left -= entry.filled;
        }
    }
    clearing.rested.reserve(auction.arrivals);
    let (arrivals, makers) = auction.parties.split_at(auction.arrivals);
    for (party, left) in arrivals.iter().zip(left).filter(|(party, left)| *left > 0 && !is_told(party)) {
        let (resting, place) = (party.resting, party.place());
        let order = Resting { order: resting.order.with_quantity(Quantity(left)), ..resting };
        match party.ended.or_else(|| ends(&auction.windows, &resting.order)) {
            Some(reason) => clearing.ended.push(Ended { order, place, reason }),
            None => clearing.rested.push(order),
        }
    }
    for party in makers {
        let (order, place) = (party.resting, party.place());
        clearing.ended.extend(party.ended.map(|reason| Ended { order, place, reason }));
    }
}

fn is_told(party: &Party) -> bool {
    party.ended == Some(EndReason::Cancelled)
}

fn quantity(party: &Party) -> u64 {
    party.resting.order.quantity.0
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
fn is_due<V: BookView + ?Sized>(view: &V, intake: &Intake, last: Price) -> Result<bool, V::Error> {
    let met = |trigger: &Trigger| trigger.condition.is_met(last);
    let mut due = intake.clearing.waiting.iter().any(met);
    for direction in Direction::BOTH {
        if due {
            break;
        }
        view.visit_triggers(direction, &mut |trigger| {
            if holds(&intake.gone, trigger.order.id) {
                return ControlFlow::Continue(());
            }
            due = met(trigger);
            ControlFlow::Break(())
        })?;
    }
    Ok(due)
}
