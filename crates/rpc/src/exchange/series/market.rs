//! The recent past of one market in memory: its last trades, and candles of every length.

use std::collections::VecDeque;

use seiza_types::Height;

use super::super::candle::Candles;
use super::super::interval::{Interval, Millis};
use super::super::trade::Trade;
use crate::limits::TRADES_KEPT_MAX;

/// The recent past of one market.
#[derive(Debug)]
pub(crate) struct Market {
    trades: VecDeque<Trade>,
    /// Every trade at this height or later is in `trades`.
    trades_from: Height,
    candles: Vec<Candles>,
}

impl Market {
    /// A market that hears of every trade from that block on.
    pub(super) fn new(first: (Height, Millis)) -> Self {
        let candles = Interval::ALL.into_iter().map(|interval| Candles::new(interval, first)).collect();
        Self { trades: VecDeque::new(), trades_from: first.0, candles }
    }

    /// Takes in a trade; trades come in the order of their blocks.
    pub(super) fn add(&mut self, trade: Trade) {
        self.candles.iter_mut().for_each(|candles| candles.add(&trade));
        self.trades.push_back(trade);
        if self.trades.len() > TRADES_KEPT_MAX
            && let Some(dropped) = self.trades.pop_front()
        {
            self.trades_from = dropped.height + 1;
        }
    }

    /// Puts an older past before this one, which begins where that ends.
    pub(super) fn prepend(&mut self, mut older: Self) {
        for (newer, older) in self.candles.iter_mut().zip(older.candles) {
            newer.prepend(older);
        }
        let room = TRADES_KEPT_MAX - self.trades.len();
        let surplus = older.trades.len().saturating_sub(room);
        let dropped = older.trades.drain(..surplus).next_back();
        self.trades_from = dropped.map_or(older.trades_from, |dropped| dropped.height + 1);
        older.trades.append(&mut self.trades);
        self.trades = older.trades;
    }

    /// Trades, the oldest first.
    pub(crate) fn trades(&self) -> impl DoubleEndedIterator<Item = &Trade> {
        self.trades.iter()
    }

    /// The height from which on all trades are known.
    pub(crate) fn trades_from(&self) -> Height {
        self.trades_from
    }

    /// Candles of one length.
    pub(crate) fn candles(&self, interval: Interval) -> &Candles {
        &self.candles[interval.index()]
    }

    /// The block of its last trade.
    pub(super) fn last_traded(&self) -> Height {
        self.trades.back().map_or(0, |trade| trade.height)
    }
}
