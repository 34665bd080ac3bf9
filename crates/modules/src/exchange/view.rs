//! Reading the exchange, from any state: what front ends show. Amounts are in the denoms' own units.

mod open;
mod simulate;

pub use open::OpenOrder;
pub use simulate::{SimulatedOrder, simulate};

use std::collections::BTreeMap;

use seiza_orderbook::OrderKey;
use seiza_state::{StateError, StateRead};
use seiza_types::exchange::{Market, MarketId, OrderRef, OrderSide, Venue, VenueId};
use seiza_types::{Address, Denom, U256};

use super::record::{Record, book_side, id};
use super::terms::Terms;
use super::write::Level as Totals;
use super::{entries, invariants, keys};
use open::open;

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

/// From where a side of a book is listed on: behind the order of that price and place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookCursor {
    /// [`OpenOrder::price`].
    pub price: u128,
    /// [`OpenOrder::since`].
    pub since: OrderRef,
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
        let level = Totals::decode(key, value)?;
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

/// What open orders need of the escrow, in kept units by denom. Reads everything: for checks.
///
/// # Errors
/// A sentence that says what of the exchange's invariants does not hold.
pub fn escrowed(state: &dyn StateRead) -> Result<BTreeMap<Denom, U256>, String> {
    invariants::escrowed(state)
}
