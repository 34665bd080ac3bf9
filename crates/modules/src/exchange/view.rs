//! Reading the exchange, from any state: what front ends show. Amounts are in the denoms' own units.

use seiza_state::{StateError, StateRead};
use seiza_types::exchange::{
    Market, MarketId, OrderExpiry, OrderKind, OrderRef, OrderSide, PlaceOrder, Refusal, SelfTradeRule, Trigger, Venue,
    VenueId,
};
use seiza_types::{Address, Height};

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
pub fn markets(_: &dyn StateRead) -> Result<Vec<Market>, StateError> {
    todo!()
}

/// One market.
///
/// # Errors
/// Those of state.
pub fn market(_: &dyn StateRead, _: MarketId) -> Result<Option<Market>, StateError> {
    todo!()
}

/// All venues, by number.
///
/// # Errors
/// Those of state.
pub fn venues(_: &dyn StateRead) -> Result<Vec<Venue>, StateError> {
    todo!()
}

/// One venue.
///
/// # Errors
/// Those of state.
pub fn venue(_: &dyn StateRead, _: VenueId) -> Result<Option<Venue>, StateError> {
    todo!()
}

/// The last clearing price of a market; `None` before its first trade.
///
/// # Errors
/// Those of state.
pub fn last_price(_: &dyn StateRead, _: MarketId) -> Result<Option<u128>, StateError> {
    todo!()
}

/// The best levels of a side, best first, at most `limit`. Costs as much as it shows.
///
/// # Errors
/// Those of state.
pub fn levels(_: &dyn StateRead, _: MarketId, _: OrderSide, _limit: usize) -> Result<Vec<Level>, StateError> {
    todo!()
}

/// The resting orders of a side in the order in which they trade, at most `limit`, from behind `from` on.
///
/// # Errors
/// Those of state.
pub fn orders(
    _: &dyn StateRead,
    _: MarketId,
    _: OrderSide,
    _from: Option<BookCursor>,
    _limit: usize,
) -> Result<Vec<OpenOrder>, StateError> {
    todo!()
}

/// An account's open orders, by market and id, at most `limit`, from behind `from` on; of one market where that is given.
///
/// # Errors
/// Those of state.
pub fn open_orders(
    _: &dyn StateRead,
    _owner: Address,
    _: Option<MarketId>,
    _from: Option<(MarketId, OrderRef)>,
    _limit: usize,
) -> Result<Vec<OpenOrder>, StateError> {
    todo!()
}

/// The open order of that name.
///
/// # Errors
/// Those of state.
pub fn order(_: &dyn StateRead, _: OrderRef) -> Result<Option<OpenOrder>, StateError> {
    todo!()
}

/// The open order that its owner calls so.
///
/// # Errors
/// Those of state.
pub fn order_by_client(_: &dyn StateRead, _owner: Address, _client_id: u64) -> Result<Option<OpenOrder>, StateError> {
    todo!()
}

/// What an order of `owner` would do, were it alone in the block at `height` and `time_ns`. Funds are not looked at.
///
/// # Errors
/// Those of state.
pub fn simulate(
    _: &dyn StateRead,
    _owner: Address,
    _: &PlaceOrder,
    _height: Height,
    _time_ns: u64,
) -> Result<SimulatedOrder, StateError> {
    todo!()
}
