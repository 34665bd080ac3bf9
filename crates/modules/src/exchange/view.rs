//! Reading the exchange, from any state: what front ends show. Amounts are in the denoms' own units.

use std::cell::RefCell;
use std::collections::BTreeMap;

use seiza_orderbook::{
    Batch, Clearing, Condition, Expiry, Kind, Limits, OrderError, OrderId, OrderKey, SelfTrade, Side, clear,
};
use seiza_state::{StateError, StateRead};
use seiza_types::exchange::{
    Market, MarketId, MarketStatus, OrderExpiry, OrderKind, OrderRef, OrderSide, PlaceOrder, Refusal, SelfTradeRule,
    Trigger, TriggerKind, Venue, VenueId,
};
use seiza_types::{Address, Denom, Height, U256};

use super::book::{self, StateBook, Tags};
use super::markets::Terms;
use super::place::{order_of, refused};
use super::record::{Extras, Record, book_side, id, name, side};
use super::{entries, invariants, keys};

/// What a level of a book holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// Quote units for a whole base coin.
    pub price: u128,
    /// Base units that rest there.
    pub quantity: u128,
    /// Orders that rest there.
    pub orders: u64,
}

/// An order that rests in a book or waits for its trigger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenOrder {
    /// Its name.
    pub id: OrderRef,
    /// Where.
    pub market: MarketId,
    /// Whose.
    pub owner: Address,
    /// Through which venue.
    pub venue: VenueId,
    /// The owner's own name for it; 0 is none.
    pub client_id: u64,
    /// Buy or sell.
    pub side: OrderSide,
    /// What happens to it.
    pub kind: OrderKind,
    /// Its limit.
    pub price: u128,
    /// Base units that are left of it.
    pub remaining: u128,
    /// What it waits for; `None` where it rests in the book.
    pub trigger: Option<Trigger>,
    /// Until when.
    pub expiry: OrderExpiry,
    /// What happens where it would meet its owner's own order.
    pub self_trade: SelfTradeRule,
    /// Whether its fee is to be paid in the native coin.
    pub fee_in_native: bool,
    /// Its place in the level's queue: the earlier, the sooner.
    pub since: OrderRef,
}

/// From where a side of a book is listed on: behind the order of that price and place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookCursor {
    /// [`OpenOrder::price`].
    pub price: u128,
    /// [`OpenOrder::since`].
    pub since: OrderRef,
}

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

/// All markets, by number.
///
/// # Errors
/// Those of state.
pub fn markets(state: &dyn StateRead) -> Result<Vec<Market>, StateError> {
    entries::all(state, &keys::markets())
}

/// One market.
///
/// # Errors
/// Those of state.
pub fn market(state: &dyn StateRead, id: MarketId) -> Result<Option<Market>, StateError> {
    entries::read(state, &keys::market(id))
}

/// All venues, by number.
///
/// # Errors
/// Those of state.
pub fn venues(state: &dyn StateRead) -> Result<Vec<Venue>, StateError> {
    entries::all(state, &keys::venues())
}

/// One venue.
///
/// # Errors
/// Those of state.
pub fn venue(state: &dyn StateRead, id: VenueId) -> Result<Option<Venue>, StateError> {
    entries::read(state, &keys::venue(id))
}

/// The last clearing price of a market; `None` before its first trade, and where there is no such market.
///
/// # Errors
/// Those of state.
pub fn last_price(state: &dyn StateRead, market: MarketId) -> Result<Option<u128>, StateError> {
    let Some(terms) = Terms::read(state, market)? else { return Ok(None) };
    Ok(entries::last_price(state, market)?.map(|ticks| terms.price(ticks)))
}

/// The best levels of a side, best first, at most `limit`. Costs as much as it shows.
///
/// # Errors
/// Those of state.
pub fn levels(
    state: &dyn StateRead,
    market: MarketId,
    side: OrderSide,
    limit: usize,
) -> Result<Vec<Level>, StateError> {
    let Some(terms) = Terms::read(state, market)? else { return Ok(Vec::new()) };
    let side = book_side(side);
    entries::collect(state, &keys::levels(market, side), limit, |key, value| {
        let rank = keys::rank_of(key).ok_or_else(|| StateError::Damaged(key.clone(), "a level's key"))?;
        let level = book::Level::decode(key, value)?;
        let quantity = level.lots.saturating_mul(terms.market.lot);
        Ok(Level { price: terms.price(side.price(rank)), quantity, orders: level.orders })
    })
}

/// The resting orders of a side in the order in which they trade, at most `limit`, from behind `from` on.
///
/// # Errors
/// Those of state.
pub fn orders(
    state: &dyn StateRead,
    market: MarketId,
    side: OrderSide,
    from: Option<BookCursor>,
    limit: usize,
) -> Result<Vec<OpenOrder>, StateError> {
    let Some(terms) = Terms::read(state, market)? else { return Ok(Vec::new()) };
    let side = book_side(side);
    let mut range = keys::side(market, side);
    if let Some(cursor) = from {
        let Ok(price) = terms.ticks(cursor.price) else { return Ok(Vec::new()) };
        range.start = keys::resting(market, side, OrderKey { price, since: id(cursor.since) }).successor();
    }
    entries::collect(state, &range, limit, |key, value| {
        let since = keys::since_of(key).ok_or_else(|| StateError::Damaged(key.clone(), "a resting order's key"))?;
        Ok(open(&terms, &Record::decode(key, value, since)?))
    })
}

/// An account's open orders, by market and id, at most `limit`, from behind `from` on; of one market where that is given.
///
/// # Errors
/// Those of state.
pub fn open_orders(
    state: &dyn StateRead,
    owner: Address,
    market: Option<MarketId>,
    from: Option<(MarketId, OrderRef)>,
    limit: usize,
) -> Result<Vec<OpenOrder>, StateError> {
    let owned = entries::owned(state, &owner, market, from, limit)?;
    let found = owned.into_iter().map(|(_, order)| self::order(state, order));
    found.filter_map(Result::transpose).collect()
}

/// The open order of that name.
///
/// # Errors
/// Those of state.
pub fn order(state: &dyn StateRead, order: OrderRef) -> Result<Option<OpenOrder>, StateError> {
    let Some((market, record)) = entries::record(state, order)? else { return Ok(None) };
    Ok(Terms::read(state, market)?.map(|terms| open(&terms, &record)))
}

/// The open order that its owner calls so.
///
/// # Errors
/// Those of state.
pub fn order_by_client(state: &dyn StateRead, owner: Address, client_id: u64) -> Result<Option<OpenOrder>, StateError> {
    match entries::named(state, &owner, client_id)? {
        Some((_, named)) => order(state, named),
        None => Ok(None),
    }
}

fn open(terms: &Terms, record: &Record) -> OpenOrder {
    let Record { order, condition, since, extras: Extras { venue, client_id, fee_in_native } } = record;
    let kind = match order.kind {
        Kind::Limit => OrderKind::Limit,
        Kind::PostOnly => OrderKind::PostOnly,
        Kind::ImmediateOrCancel => OrderKind::ImmediateOrCancel,
        Kind::FillOrKill => OrderKind::FillOrKill,
        Kind::Market => OrderKind::Market,
    };
    let self_trade = match order.self_trade {
        SelfTrade::CancelNewest => SelfTradeRule::CancelNewest,
        SelfTrade::CancelOldest => SelfTradeRule::CancelOldest,
        SelfTrade::CancelBoth => SelfTradeRule::CancelBoth,
    };
    let expiry = match order.expiry {
        Expiry::Never => OrderExpiry::Never,
        Expiry::Height(height) => OrderExpiry::Height(height),
        Expiry::Time(time) => OrderExpiry::Time(time),
    };
    OpenOrder {
        id: name(order.id),
        market: terms.market.id,
        owner: order.owner,
        venue: *venue,
        client_id: *client_id,
        side: side(order.side),
        kind,
        price: terms.price(order.price),
        remaining: terms.base(order.quantity),
        trigger: condition.map(|condition| trigger(terms, order.side, condition)),
        expiry,
        self_trade,
        fee_in_native: *fee_in_native,
        since: name(*since),
    }
}

fn trigger(terms: &Terms, side: Side, condition: Condition) -> Trigger {
    let is_stop = Condition::stop(side, condition.price()) == condition;
    let kind = if is_stop { TriggerKind::Stop } else { TriggerKind::TakeProfit };
    Trigger { kind, price: terms.price(condition.price()) }
}

/// What open orders need of the escrow, in kept units by denom. Reads everything: for checks.
///
/// # Errors
/// A sentence that says what of the exchange's invariants does not hold.
pub fn escrowed(state: &dyn StateRead) -> Result<BTreeMap<Denom, U256>, String> {
    invariants::escrowed(state)
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
