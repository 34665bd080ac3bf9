//! The recent past of each market in memory: trades, candles, and which levels of the book changed at which height.
//!
//! Promises: a pure function of the published blocks from [`Series::first`] to [`Series::head`]; bounded ([`crate::limits`]).
//! It is a cache: all of it can be read from the stored results as well.

mod block;
mod market;

use std::collections::{BTreeMap, VecDeque};

use seiza_types::Height;
use seiza_types::exchange::MarketId;

use super::interval::{Interval, Millis};
use super::trade::Trade;
use crate::limits::{FEED_MARKETS_MAX, LEVEL_CHANGES_KEPT_MAX};
pub(crate) use block::{Changes, Published};
pub(crate) use market::Market;

/// The recent past of all markets.
#[derive(Debug)]
pub(crate) struct Series {
    /// The oldest block: height, and a time that the one before it has not reached.
    first: (Height, Millis),
    head: Height,
    time: Millis,
    markets: BTreeMap<MarketId, Market>,
    /// From that block on, a market that is not in `markets` has not traded.
    unseen_from: (Height, Millis),
    changes: VecDeque<Changes>,
    changes_count: usize,
}

impl Series {
    /// Empty series, whose first block will be the one at that height, and of that time or later.
    pub(crate) fn starting(first: (Height, Millis)) -> Self {
        Self {
            first,
            head: first.0.saturating_sub(1),
            time: first.1,
            markets: BTreeMap::new(),
            unseen_from: first,
            changes: VecDeque::new(),
            changes_count: 0,
        }
    }

    /// The newest height that is in it.
    pub(crate) fn head(&self) -> Height {
        self.head
    }

    /// The oldest height that is in it.
    pub(crate) fn first(&self) -> Height {
        self.first.0
    }

    /// The time of the newest block.
    pub(crate) fn time(&self) -> Millis {
        self.time
    }

    /// Takes in the next block.
    ///
    /// # Panics
    /// In debug builds where it is not the next.
    pub(crate) fn add(&mut self, block: &Published) {
        debug_assert_eq!(block.height, self.head + 1, "blocks come one by one");
        self.head = block.height;
        self.time = block.time;
        for outcome in block.outcomes() {
            if let Some(trade) = Trade::of(block.height, block.time, outcome) {
                self.market_to_add_to(outcome.market).add(trade);
            }
        }
        self.note_levels(Changes::of(block));
    }

    fn market_to_add_to(&mut self, market: MarketId) -> &mut Market {
        if !self.markets.contains_key(&market) && self.markets.len() >= FEED_MARKETS_MAX {
            let longest_quiet = self.markets.iter().min_by_key(|(_, kept)| kept.last_traded()).map(|(id, _)| *id);
            longest_quiet.map(|id| self.markets.remove(&id));
            self.unseen_from = (self.head, self.time);
        }
        let first = self.unseen_from;
        self.markets.entry(market).or_insert_with(|| Market::new(first))
    }

    /// Puts older series before these, which begin where those end; whether that was possible. Of levels nothing is gained:
    /// older ones are read from storage.
    pub(crate) fn prepend(&mut self, mut older: Self) -> bool {
        // Where markets were given up, or would have to be, the past has holes anyway.
        let strangers = older.markets.keys().filter(|id| !self.markets.contains_key(id)).count();
        if older.head + 1 != self.first.0
            || self.unseen_from != self.first
            || self.markets.len() + strangers > FEED_MARKETS_MAX
        {
            return false;
        }
        for (id, market) in &mut self.markets {
            market.prepend(older.markets.remove(id).unwrap_or_else(|| Market::new(older.unseen_from)));
        }
        self.markets.append(&mut older.markets);
        (self.first, self.unseen_from) = (older.first, older.unseen_from);
        true
    }

    /// Whether the candles that a block after `height` touched are all here.
    pub(crate) fn knows_candles(&self, market: MarketId, interval: Interval, height: Height) -> bool {
        match self.markets.get(&market) {
            Some(kept) => kept.candles(interval).knows_after(height),
            None => self.unseen_from.0 <= height + 1,
        }
    }

    fn note_levels(&mut self, changes: Changes) {
        self.changes_count += changes.count;
        // Blocks that changed nothing are kept too, so that heights have no hole; they count as one.
        self.changes_count += 1;
        self.changes.push_back(changes);
        while self.changes_count > LEVEL_CHANGES_KEPT_MAX && self.changes.len() > 1 {
            let dropped = self.changes.pop_front().map_or(0, |oldest| oldest.count + 1);
            self.changes_count -= dropped;
        }
    }

    /// A market that has traded lately; `None` says nothing of what it did before [`Series::unseen_from`].
    pub(crate) fn market(&self, market: MarketId) -> Option<&Market> {
        self.markets.get(&market)
    }

    /// Since when a market that is not in [`Series::market`] has not traded: height and time.
    pub(crate) fn unseen_from(&self) -> (Height, Millis) {
        self.unseen_from
    }

    /// Which levels changed at a height; `None` where that is no longer known.
    pub(crate) fn changes(&self, height: Height) -> Option<&Changes> {
        let oldest = self.changes.front()?.height;
        self.changes.get(usize::try_from(height.checked_sub(oldest)?).ok()?)
    }
}
