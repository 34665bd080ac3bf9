//! Every key of module exchange. Numbers are big-endian; a rank is a price as a number that is lower the better it is for
//! the other side.
//!
//! | key | value |
//! |---|---|
//! | `0x01` | parameters |
//! | `0x02`, `0x03` | how many markets, venues there are (4) |
//! | `0x04, market (4)`, `0x05, venue (4)` | the market, the venue |
//! | `0x06, base, 0x00, quote` | the market of that pair (4), unless it is delisted |
//! | `0x10, market (4), place (8), what (1)` | an arrival of this block: an order (1) or cancellations (2); empty between blocks |
//! | `0x11, market (4)` | the market wants a batch even if nothing arrives |
//! | `0x12, market (4)` | last clearing price, ticks (8) |
//! | `0x20, market (4), side (1), rank (8), since (16)` | a resting order |
//! | `0x21, market (4), direction (1), rank (8), id (16)` | an order that waits for its trigger |
//! | `0x22, market (4), side (1), rank (8)` | a level: lots, orders |
//! | `0x23, id (16)` | where the open order of that id is |
//! | `0x24, owner (20), market (4), id (16)` | an open order of that owner: its client id |
//! | `0x25, owner (20), client id (8)` | the open order that its owner calls so: market, id |
//! | `0x70, owner (20), operator (20)` | the operator may act for the owner: one byte |

mod book;
mod names;

pub use book::{level, levels, resting, side, waiting, waiting_for};
pub use names::{arrival_of, came_and_went, is_arrival, market_of_due, owned_of, rank_of, since_of, waiting_id_of};

use seiza_state::{Key, KeyRange, StoreId};
use seiza_types::exchange::{MarketId, OrderRef, VenueId};
use seiza_types::{Address, Denom};

const ARRIVAL: u8 = 0x10;
const DUE: u8 = 0x11;

/// What an arrival is, at the end of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum What {
    /// An order.
    Order = 1,
    /// Cancellations.
    Cancel = 2,
}

fn key(parts: &[&[u8]]) -> Key {
    Key::new(StoreId::Exchange, parts)
}

/// Parameters.
#[must_use]
pub fn params() -> Key {
    key(&[&[0x01]])
}

/// How many markets there are.
#[must_use]
pub fn market_count() -> Key {
    key(&[&[0x02]])
}

/// How many venues there are.
#[must_use]
pub fn venue_count() -> Key {
    key(&[&[0x03]])
}

/// A market.
#[must_use]
pub fn market(id: MarketId) -> Key {
    key(&[&[0x04], &id.0.to_be_bytes()])
}

/// All markets.
#[must_use]
pub fn markets() -> KeyRange {
    KeyRange::prefix(key(&[&[0x04]]))
}

/// A venue.
#[must_use]
pub fn venue(id: VenueId) -> Key {
    key(&[&[0x05], &id.0.to_be_bytes()])
}

/// All venues.
#[must_use]
pub fn venues() -> KeyRange {
    KeyRange::prefix(key(&[&[0x05]]))
}

/// The market of a pair.
#[must_use]
pub fn pair(base: &Denom, quote: &Denom) -> Key {
    key(&[&[0x06], base.as_str().as_bytes(), &[0], quote.as_str().as_bytes()])
}

/// An arrival of this block.
#[must_use]
pub fn arrival(market: MarketId, order: OrderRef, what: What) -> Key {
    key(&[&[ARRIVAL], &market.0.to_be_bytes(), &order.0[8..], &[what as u8]])
}

/// All arrivals for a market.
#[must_use]
pub fn arrivals(market: MarketId) -> KeyRange {
    KeyRange::prefix(key(&[&[ARRIVAL], &market.0.to_be_bytes()]))
}

/// All arrivals for all markets.
#[must_use]
pub fn all_arrivals() -> KeyRange {
    KeyRange::prefix(key(&[&[ARRIVAL]]))
}

/// Says that a market wants a batch.
#[must_use]
pub fn due(market: MarketId) -> Key {
    key(&[&[DUE], &market.0.to_be_bytes()])
}

/// All markets that want a batch.
#[must_use]
pub fn all_due() -> KeyRange {
    KeyRange::prefix(key(&[&[DUE]]))
}

/// A market's last clearing price.
#[must_use]
pub fn last_price(market: MarketId) -> Key {
    key(&[&[0x12], &market.0.to_be_bytes()])
}

/// Where the open order of that id is.
#[must_use]
pub fn spot(order: OrderRef) -> Key {
    key(&[&[0x23], &order.0])
}

/// An open order of that owner.
#[must_use]
pub fn owned(owner: &Address, market: MarketId, order: OrderRef) -> Key {
    key(&[&[0x24], owner.as_slice(), &market.0.to_be_bytes(), &order.0])
}

/// All open orders of an owner, by market and id.
#[must_use]
pub fn all_owned(owner: &Address) -> KeyRange {
    KeyRange::prefix(key(&[&[0x24], owner.as_slice()]))
}

/// All open orders of an owner in a market, by id.
#[must_use]
pub fn owned_in(owner: &Address, market: MarketId) -> KeyRange {
    KeyRange::prefix(key(&[&[0x24], owner.as_slice(), &market.0.to_be_bytes()]))
}

/// The open order that its owner calls so.
#[must_use]
pub fn client(owner: &Address, client_id: u64) -> Key {
    key(&[&[0x25], owner.as_slice(), &client_id.to_be_bytes()])
}

/// Whether an operator may act for an owner.
#[must_use]
pub fn operator(owner: &Address, operator: &Address) -> Key {
    key(&[&[0x70], owner.as_slice(), operator.as_slice()])
}

/// All keys of the exchange that begin with that byte: for invariants.
pub(super) fn all(prefix: u8) -> KeyRange {
    KeyRange::prefix(key(&[&[prefix]]))
}
