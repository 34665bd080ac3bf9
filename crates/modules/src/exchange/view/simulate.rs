//! What an order would do.

use std::cell::RefCell;

use seiza_orderbook::{Batch, Clearing, Limits, OrderError, OrderId, clear};
use seiza_state::{StateError, StateRead};
use seiza_types::exchange::{MarketStatus, PlaceOrder, Refusal};
use seiza_types::{Address, Height};

use super::super::book::{StateBook, Tags};
use super::super::record::{Extras, Record};
use super::super::terms::Terms;
use super::super::wish::{order_of, refused};
use super::venue;

/// What an order would do, were it alone in the next block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulatedOrder {
    /// Why it would be refused; then all else is zero.
    pub refusal: Option<Refusal>,
    /// The clearing price, where anything would trade.
    pub price: Option<u128>,
    /// Base units that would trade.
    pub filled: u128,
    /// Quote units that would be paid for them.
    pub quote: u128,
    /// Base units that would rest or wait.
    pub rests: u128,
}

/// What an order of `owner` would do, were it alone in the block at `height` and `time_ns`. Funds are not looked at.
///
/// # Errors
/// Those of state.
pub fn simulate(
    state: &dyn StateRead,
    owner: Address,
    wish: &PlaceOrder,
    height: Height,
    time_ns: u64,
) -> Result<SimulatedOrder, StateError> {
    let Some(terms) = Terms::read(state, wish.market)? else { return Ok(refusal(Refusal::UnknownMarket)) };
    match terms.market.status {
        MarketStatus::Active => {}
        MarketStatus::Halted => return Ok(refusal(Refusal::Halted)),
        MarketStatus::Delisted => return Ok(refusal(Refusal::Delisted)),
    }
    if !wish.venue.is_none() && venue(state, wish.venue)?.is_none() {
        return Ok(refusal(Refusal::UnknownVenue));
    }
    let (order, condition) = match order_of(&terms, owner, OrderId::new(height, 0, 0, 0), wish) {
        Ok(order) => order,
        Err(reason) => return Ok(refusal(reason)),
    };
    let mut tags = Tags::default();
    let extras = Extras { venue: wish.venue, client_id: wish.client_id, fee_in_native: wish.fee_in_native };
    let record = tags.tagged(Record { order, condition, since: order.id, extras });
    let mut batch = Batch { height, time_ns, ..Batch::default() };
    match record.waiting() {
        Some(trigger) => batch.triggers.push(trigger),
        None => batch.orders.push(record.order),
    }
    let (market, withdrawn, tags) = (wish.market, Vec::new(), RefCell::new(tags));
    let book = StateBook { state, market, clears: true, withdrawn, tags };
    let clearing = clear(&book, &terms.params, Limits::default(), &batch)?;
    Ok(simulated(&terms, order.id, &clearing))
}

fn refusal(reason: Refusal) -> SimulatedOrder {
    SimulatedOrder { refusal: Some(reason), price: None, filled: 0, quote: 0, rests: 0 }
}

fn simulated(terms: &Terms, id: OrderId, clearing: &Clearing) -> SimulatedOrder {
    let reason = |(_, error): &(OrderId, OrderError)| refused(terms, error);
    if let Some(reason) = clearing.rejected.iter().find(|(rejected, _)| *rejected == id).map(reason) {
        return refusal(reason);
    }
    let fill = clearing.fills.iter().find(|fill| fill.order.order.id == id);
    let (filled, quote) = match (fill, clearing.price) {
        (Some(fill), Some(price)) => (terms.base(fill.quantity), terms.quote(price, fill.quantity)),
        _ => (0, 0),
    };
    let rested = clearing.rested.iter().map(|resting| &resting.order);
    let left = rested.chain(clearing.waiting.iter().map(|trigger| &trigger.order)).find(|order| order.id == id);
    let price = fill.and(clearing.price).map(|ticks| terms.price(ticks));
    SimulatedOrder { refusal: None, price, filled, quote, rests: left.map_or(0, |order| terms.base(order.quantity)) }
}
