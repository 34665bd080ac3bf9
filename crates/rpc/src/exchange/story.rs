//! What became of one order, from the block that took it in to the one that ended it.
//!
//! Its name says where it arrived. If it is over, the block that ended it is found by asking states in between whether the
//! order was open: it is from its arrival to its end, so that a handful of reads finds the end however long ago it was.

use seiza_chain::modules::exchange::view;
use seiza_types::exchange::{MarketId, MarketOutcome, OrderRef, Refusal};
use seiza_types::{Address, Height};
use serde::Serialize;

use super::call::Call;
use super::feed::Blocks as _;
use super::interval::Millis;
use super::scan::backward;
use super::series::Published;
use super::shapes::{Amount, Event, Id, Open};
use crate::backend::Moment;
use crate::methods::Answer;
use crate::{Backend, Failure};

/// An order, open or over.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Story {
    /// It rests, or waits for its trigger.
    Open {
        /// The block after which this is so.
        height: Height,
        /// The order.
        #[serde(flatten)]
        order: Box<Open>,
        /// What it arrived with, and what of it traded.
        #[serde(flatten)]
        sums: Sums,
    },
    /// It is over.
    Over(Box<Over>),
}

/// Quantities over an order's life; `null` where its arrival is no longer kept.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Sums {
    quantity: Option<Amount>,
    filled: Option<Amount>,
}

/// An order that is over.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Over {
    /// The block after which this was asked.
    height: Height,
    id: Id,
    market: u32,
    owner: Address,
    venue: u32,
    client_id: Amount,
    /// `filled`, `refused`, or why it ended: `cancelled`, `expired`, `unfilled`, `self_trade`, …
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(flatten)]
    sums: Sums,
    remaining: Option<Amount>,
    ended_height: Height,
    ended_time: Millis,
}

/// What became of an order.
///
/// # Errors
/// [`Failure::NotFound`] where there is no such order, or its end is older than what is kept.
pub(crate) fn of(backend: &Backend, id: OrderRef) -> Answer<Story> {
    let head = backend.at_head()?;
    let arrival = arrival(backend, id)?;
    if let Some(order) = view::order(&head.state, id)? {
        let sums = sums(id, arrival.as_ref(), Some(order.remaining));
        return Ok(Story::Open { height: head.height, order: Box::new(Open::from(&order)), sums });
    }
    let unknown = || Failure::NotFound(format!("unknown order {id}"));
    if let Some(end) = arrival.as_ref().and_then(|(block, market)| end_in(block, *market, id)) {
        return Ok(over(head.height, &end, arrival.as_ref()));
    }
    if id.height() > head.height || (arrival.is_none() && id.height() >= backend.earliest()) {
        return Err(unknown());
    }
    let end = backend.published(end_height(backend, id, head.height)?)?;
    let markets = end.outcomes().iter().map(|outcome| outcome.market);
    let found = markets.filter_map(|market| end_in(&end, market, id)).next();
    found.map(|end| over(head.height, &end, arrival.as_ref())).ok_or_else(unknown)
}

/// The block that took the order in, and the market; `None` where that is not kept, or knows of no such order.
fn arrival(backend: &Backend, id: OrderRef) -> Answer<Option<(Published, MarketId)>> {
    let height = id.height();
    if height == 0 || height > backend.head().height || height < backend.earliest() {
        return Ok(None);
    }
    let block = backend.published(height)?;
    let market = block.outcomes().iter().find(|outcome| events(&block, outcome, id).next().is_some());
    let market = market.map(|outcome| outcome.market);
    Ok(market.map(|market| (block, market)))
}

/// The block whose end ended an order that rested: the first after which it is no longer open.
fn end_height(backend: &Backend, id: OrderRef, head: Height) -> Answer<Height> {
    // Open after `open`, over after `over`.
    let (mut open, mut over) = (id.height().max(backend.earliest()), head);
    let is_open = |height| Ok::<_, Failure>(view::order(&backend.overlay(Moment::After(height))?, id)?.is_some());
    if !is_open(open)? {
        return Err(Failure::NotFound(format!("order {id} ended before block {open}, the oldest that is kept")));
    }
    while over - open > 1 {
        let middle = open + (over - open) / 2;
        if is_open(middle)? { open = middle } else { over = middle }
    }
    Ok(over)
}

/// What a block's events of a market say of an order.
fn events<'a>(block: &Published, outcome: &'a MarketOutcome, id: OrderRef) -> impl Iterator<Item = Event> + use<'a> {
    Event::all(block.height, block.time, outcome).filter(move |event| event.of().order.0 == id)
}

/// The event that ended an order in a block, if one did.
fn end_in(block: &Published, market: MarketId, id: OrderRef) -> Option<Event> {
    let over = |event: &Event| match event {
        Event::Ended { .. } | Event::Refused { cancel: false, .. } => true,
        Event::Filled { remaining, .. } => remaining.0 == 0,
        _ => false,
    };
    events(block, block.of(market)?, id).filter(over).last()
}

/// What an order arrived with, by what its first block says of it, and how much of that is gone by trading.
fn sums(id: OrderRef, arrival: Option<&(Published, MarketId)>, remaining: Option<u128>) -> Sums {
    let quantity = arrival.and_then(|(block, market)| arrived_with(block.of(*market)?, id));
    let filled = quantity.zip(remaining).map(|(quantity, remaining)| Amount(quantity.saturating_sub(remaining)));
    Sums { quantity: quantity.map(Amount), filled }
}

/// What traded of an order in its first block, and what was left of it then.
fn arrived_with(outcome: &MarketOutcome, id: OrderRef) -> Option<u128> {
    let fills = || outcome.fills.iter().filter(|fill| fill.order == id);
    let rested = outcome.rested.iter().find(|rest| rest.order == id).map(|rest| rest.quantity);
    let ended = outcome.ended.iter().find(|end| end.order == id).map(|end| end.remaining);
    let left = rested.or(ended).or(fills().next_back().map(|fill| fill.remaining))?;
    Some(fills().fold(left, |sum, fill| sum.saturating_add(fill.quantity)))
}

fn over(height: Height, end: &Event, arrival: Option<&(Published, MarketId)>) -> Story {
    let (status, refused, remaining) = match end {
        Event::Filled { .. } | Event::Rested { .. } => ("filled", None, Some(0)),
        Event::Ended { reason, remaining, .. } => (*reason, None, Some(remaining.0)),
        Event::Refused { code, .. } => ("refused", Some(*code), None),
    };
    let of = end.of();
    Story::Over(Box::new(Over {
        height,
        id: of.order,
        market: of.market,
        owner: of.owner,
        venue: of.venue,
        client_id: of.client_id,
        status,
        code: refused,
        reason: refused.and_then(Refusal::text),
        sums: sums(of.order.0, arrival, remaining),
        remaining: remaining.map(Amount),
        ended_height: of.height,
        ended_time: of.time,
    }))
}

/// The order that its owner calls so: the open one, else the newest of the last blocks.
///
/// # Errors
/// [`Failure::NotFound`].
pub(crate) fn by_client_id(call: &Call<'_>, owner: Address, client_id: u64) -> Answer<OrderRef> {
    let head = call.backend.at_head()?;
    if let Some(order) = view::order_by_client(&head.state, owner, client_id)? {
        return Ok(order.id);
    }
    let name = Amount(client_id.into());
    let found = backward(call.backend, head.height, 1, call.deadline, |block, found| {
        let events = block.outcomes().iter().flat_map(|outcome| Event::all(block.height, block.time, outcome));
        found.extend(events.map(|event| *event.of()).filter(|of| (of.owner, of.client_id) == (owner, name)));
    })?;
    let newest = found.items.iter().map(|of| of.order.0).max();
    newest.ok_or_else(|| {
        let from = found.from;
        Failure::NotFound(format!(
            "no order of client id {client_id} is open, nor was in block {from} or later: ask by id"
        ))
    })
}

#[cfg(test)]
mod tests {
    use seiza_types::exchange::{EndEvent, FeeAsset, FillEvent, OrderEnd, OrderSide, RestEvent, VenueId};

    use super::*;

    const ID: OrderRef = OrderRef([7; 16]);

    fn fill(quantity: u128, remaining: u128) -> FillEvent {
        let (owner, venue, side) = (Address::ZERO, VenueId::NONE, OrderSide::Buy);
        let (price, quote, fee, venue_fee, client_id) = (5, quantity * 5, 0, 0, 0);
        let fee_asset = FeeAsset::Base;
        FillEvent {
            order: ID,
            owner,
            venue,
            client_id,
            side,
            price,
            quantity,
            quote,
            remaining,
            fee,
            fee_asset,
            venue_fee,
            maker: false,
        }
    }

    fn rest(quantity: u128) -> RestEvent {
        let (owner, venue, side) = (Address::ZERO, VenueId::NONE, OrderSide::Buy);
        RestEvent { order: ID, owner, venue, client_id: 0, side, price: 5, quantity, waiting: false }
    }

    fn end(remaining: u128) -> EndEvent {
        let (owner, venue, side) = (Address::ZERO, VenueId::NONE, OrderSide::Buy);
        EndEvent { order: ID, owner, venue, client_id: 0, side, price: 5, reason: OrderEnd::Unfilled, remaining }
    }

    #[test]
    fn what_an_order_arrived_with_is_what_traded_and_what_was_left() {
        let of = |fills, rested, ended| {
            let outcome = MarketOutcome { fills, rested, ended, ..MarketOutcome::of(MarketId(1)) };
            arrived_with(&outcome, ID)
        };
        let table = [
            (of(vec![], vec![], vec![]), None),
            (of(vec![fill(3, 0)], vec![], vec![]), Some(3)),
            (of(vec![fill(3, 4)], vec![rest(4)], vec![]), Some(7)),
            (of(vec![], vec![rest(4)], vec![]), Some(4)),
            (of(vec![fill(1, 2)], vec![], vec![end(2)]), Some(3)),
        ];
        for (found, expected) in table {
            assert_eq!(found, expected);
        }
    }
}
