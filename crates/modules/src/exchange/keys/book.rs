//! Keys of what a market's book holds: orders, triggers, levels.

use seiza_orderbook::{Direction, OrderId, OrderKey, Side};
use seiza_state::{Key, KeyRange};
use seiza_types::exchange::MarketId;

use super::key;

/// A resting order.
#[must_use]
pub fn resting(market: MarketId, side: Side, at: OrderKey) -> Key {
    let rank = side.rank(at.price).to_be_bytes();
    key(&[&[0x20], &market.0.to_be_bytes(), &[side as u8], &rank, &at.since.to_bytes()])
}

/// A side of a book, best order first.
#[must_use]
pub fn side(market: MarketId, side: Side) -> KeyRange {
    KeyRange::prefix(key(&[&[0x20], &market.0.to_be_bytes(), &[side as u8]]))
}

/// An order that waits.
#[must_use]
pub fn waiting(market: MarketId, direction: Direction, rank: u64, id: OrderId) -> Key {
    let rank = rank.to_be_bytes();
    key(&[&[0x21], &market.0.to_be_bytes(), &[direction as u8], &rank, &id.to_bytes()])
}

/// The orders of a market that wait for a rise, or for a fall: the one that is met soonest first.
#[must_use]
pub fn waiting_for(market: MarketId, direction: Direction) -> KeyRange {
    KeyRange::prefix(key(&[&[0x21], &market.0.to_be_bytes(), &[direction as u8]]))
}

/// A level.
#[must_use]
pub fn level(market: MarketId, side: Side, rank: u64) -> Key {
    key(&[&[0x22], &market.0.to_be_bytes(), &[side as u8], &rank.to_be_bytes()])
}

/// The levels of a side, best first.
#[must_use]
pub fn levels(market: MarketId, side: Side) -> KeyRange {
    KeyRange::prefix(key(&[&[0x22], &market.0.to_be_bytes(), &[side as u8]]))
}
