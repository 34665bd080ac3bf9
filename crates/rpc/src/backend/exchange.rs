//! What market data asks of the chain: published blocks, the state after them, and the series made of both.

use std::ops::RangeInclusive;

use seiza_chain::modules::exchange::view;
use seiza_chain::state::Overlay;
use seiza_storage::Head;
use seiza_types::exchange::{Market, MarketId, OrderSide};
use seiza_types::{Address, Height, Time};

use super::{Backend, Moment};
use crate::Failure;
use crate::exchange::{Blocks, Changes, Depth, Level, Millis, Open, OpenOrders, Owned, Published, Series, Source};
use crate::methods::Answer;

/// The exchange at the published head.
pub(crate) struct AtHead {
    /// The head's height.
    pub(crate) height: Height,
    /// Its block's time.
    pub(crate) time: Millis,
    /// The state after it.
    pub(crate) state: Overlay,
}

impl AtHead {
    /// A market that must be there.
    ///
    /// # Errors
    /// [`Failure::NotFound`].
    pub(crate) fn market(&self, id: MarketId) -> Answer<Market> {
        view::market(&self.state, id)?.ok_or_else(|| Failure::NotFound(format!("unknown market {id}")))
    }
}

/// Milliseconds since 1970.
fn millis(time: Time) -> Millis {
    Millis::try_from(time.unix_timestamp_nanos() / 1_000_000).unwrap_or(0)
}

impl Backend {
    /// State, height and time of one and the same head.
    ///
    /// # Errors
    /// Ours alone.
    pub(crate) fn at_head(&self) -> Answer<AtHead> {
        let head = self.head();
        let (height, time) = (head.height, millis(head.time));
        Ok(AtHead { height, time, state: self.overlay_of(&head)? })
    }

    fn overlay_of(&self, head: &Head) -> Answer<Overlay> {
        self.overlay(Moment::After(head.height))
    }

    /// Time of the next block, about: nanoseconds since 1970.
    pub(crate) fn next_time_ns(&self) -> u64 {
        u64::try_from(self.now().unix_timestamp_nanos()).unwrap_or(0)
    }

    /// Takes in older blocks, a bounded number at a time; whether there are more to take in.
    ///
    /// # Errors
    /// Where a block cannot be read.
    pub(crate) fn fill_feed(&self) -> Answer<bool> {
        self.feed.fill(self)
    }
}

impl Owned for Backend {
    fn fills_of(
        &self,
        owner: &Address,
        heights: RangeInclusive<Height>,
        visit: &mut dyn FnMut(Height, &[MarketId]) -> bool,
    ) -> Answer<()> {
        Ok(self.parts.chain.storage().fills_of(owner, heights, visit)?)
    }
}

impl Blocks for Backend {
    fn head(&self) -> Height {
        Backend::head(self).height
    }

    fn earliest(&self) -> Height {
        Backend::earliest(self)
    }

    fn published(&self, height: Height) -> Answer<Published> {
        let earliest = Backend::earliest(self);
        if height < earliest {
            return Err(Failure::HistoryPruned { earliest });
        }
        let (stored, results) = self.committed(&Backend::head(self), height)?.ok_or(Failure::HeaderNotFound)?;
        Ok(Published { height, time: millis(stored.block.header.time), results })
    }
}

impl Source for Backend {
    fn changes(&self, height: Height) -> Answer<Changes> {
        let kept = self.with_series(|series| series.changes(height).cloned())?;
        kept.map_or_else(|| self.published(height).map(|block| Changes::of(&block)), Ok)
    }

    fn depth(&self, market: MarketId, levels: usize) -> Answer<Depth> {
        let head = self.at_head()?;
        head.market(market)?;
        // One more than is shown says whether there are more.
        let side = |side| view::levels(&head.state, market, side, levels + 1);
        let (mut bids, mut asks) = (side(OrderSide::Buy)?, side(OrderSide::Sell)?);
        let complete = bids.len().max(asks.len()) <= levels;
        bids.truncate(levels);
        asks.truncate(levels);
        let shown = |levels: Vec<view::Level>| levels.iter().map(Level::from).collect();
        let (bids, asks) = (shown(bids), shown(asks));
        Ok(Depth { height: head.height, time: head.time, market: market.0, bids, asks, complete })
    }

    fn open_orders(&self, owner: Address, market: Option<MarketId>, limit: usize) -> Answer<OpenOrders> {
        let head = self.at_head()?;
        let mut orders = view::open_orders(&head.state, owner, market, None, limit + 1)?;
        let complete = orders.len() <= limit;
        orders.truncate(limit);
        let orders = orders.iter().map(Open::from).collect();
        Ok(OpenOrders { height: head.height, time: head.time, orders, complete })
    }

    fn with_series<T>(&self, read: impl FnOnce(&Series) -> T) -> Answer<T> {
        self.feed.read(self, read)
    }
}
