//! What market data is made from: published blocks, the state after them, and the series in memory.

use seiza_types::exchange::MarketId;
use seiza_types::{Address, Height};

use super::feed::Blocks;
use super::interval::Millis;
use super::series::{Changes, Series};
use super::shapes::{Depth, Open};
use crate::methods::Answer;

/// An account's open orders.
#[derive(Debug)]
pub(crate) struct OpenOrders {
    /// The block after which they are open.
    pub(crate) height: Height,
    /// Its time.
    pub(crate) time: Millis,
    /// By market and id.
    pub(crate) orders: Vec<Open>,
    /// Whether these are all.
    pub(crate) complete: bool,
}

/// Where market data comes from.
pub(crate) trait Source: Blocks {
    /// Which levels a block changed.
    ///
    /// # Errors
    /// As [`Blocks::published`].
    fn changes(&self, height: Height) -> Answer<Changes>;

    /// A market's book after the head, that many levels of each side.
    ///
    /// # Errors
    /// Where there is no such market.
    fn depth(&self, market: MarketId, levels: usize) -> Answer<Depth>;

    /// An account's open orders after the head, at most so many.
    ///
    /// # Errors
    /// Ours alone.
    fn open_orders(&self, owner: Address, market: Option<MarketId>, limit: usize) -> Answer<OpenOrders>;

    /// Reads the series, which have been brought up to the head.
    ///
    /// # Errors
    /// Where a block cannot be read.
    fn with_series<T>(&self, read: impl FnOnce(&Series) -> T) -> Answer<T>;
}
