//! JSON that several answers share. Amounts are decimal strings of whole units; heights and milliseconds are numbers.

mod event;
mod market;
mod order;

use seiza_chain::modules::exchange::view;
use seiza_types::Height;
use seiza_types::exchange::LevelEvent;
use serde::{Serialize, Serializer};

use super::interval::Millis;
pub(crate) use event::Event;
pub(crate) use market::{MarketShape, VenueShape};
pub(crate) use order::{Id, Open};

/// An amount, price or quantity in whole units, written as a decimal string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Amount(pub(crate) u128);

impl Amount {
    /// The sum; the most that there is, where it is more.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// One price level: price, quantity in all, orders. Written as a list of these three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Level(pub(crate) Amount, pub(crate) Amount, pub(crate) u64);

impl From<&LevelEvent> for Level {
    fn from(event: &LevelEvent) -> Self {
        Self(Amount(event.price), Amount(event.quantity), event.orders)
    }
}

impl From<&view::Level> for Level {
    fn from(level: &view::Level) -> Self {
        Self(Amount(level.price), Amount(level.quantity), level.orders)
    }
}

/// A market's book by levels, best first, as it stands after a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Depth {
    /// The block.
    pub(crate) height: Height,
    /// Its time.
    pub(crate) time: Millis,
    /// The market.
    pub(crate) market: u32,
    /// Who buys.
    pub(crate) bids: Vec<Level>,
    /// Who sells.
    pub(crate) asks: Vec<Level>,
    /// Whether the book has no further levels.
    pub(crate) complete: bool,
}
