//! Candles: what a market traded in a stretch of block time, and bounded series of them.

use std::collections::VecDeque;

use seiza_types::Height;
use serde::Serialize;

use super::interval::{Interval, Millis};
use super::shapes::Amount;
use super::trade::Trade;

/// What was traded in one interval. Intervals without a trade have no candle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Candle {
    /// Where the interval starts.
    pub(crate) time: Millis,
    /// First price.
    pub(crate) open: Amount,
    /// Highest price.
    pub(crate) high: Amount,
    /// Lowest price.
    pub(crate) low: Amount,
    /// Last price.
    pub(crate) close: Amount,
    /// Base units traded.
    pub(crate) volume: Amount,
    /// Quote units paid.
    pub(crate) quote_volume: Amount,
    /// Blocks with a trade.
    pub(crate) trades: u64,
    /// The first of them.
    pub(crate) first_height: Height,
    /// The last of them.
    pub(crate) last_height: Height,
    /// Whether trades at its beginning may be missing: they are older than what this node has read.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) partial: bool,
}

impl Candle {
    /// A candle that begins with a trade.
    fn starting(time: Millis, partial: bool, trade: &Trade) -> Self {
        Self {
            time,
            partial,
            open: trade.price,
            high: trade.price,
            low: trade.price,
            close: trade.price,
            volume: trade.quantity,
            quote_volume: trade.quote_quantity,
            trades: 1,
            first_height: trade.height,
            last_height: trade.height,
        }
    }

    fn add(&mut self, trade: &Trade) {
        self.high = self.high.max(trade.price);
        self.low = self.low.min(trade.price);
        self.close = trade.price;
        self.volume = self.volume.plus(trade.quantity);
        self.quote_volume = self.quote_volume.plus(trade.quote_quantity);
        self.trades += 1;
        self.last_height = trade.height;
    }

    /// Puts what came before it into it.
    fn prepend(&mut self, older: &Self) {
        self.open = older.open;
        self.high = self.high.max(older.high);
        self.low = self.low.min(older.low);
        self.volume = self.volume.plus(older.volume);
        self.quote_volume = self.quote_volume.plus(older.quote_volume);
        self.trades += older.trades;
        self.first_height = older.first_height;
        self.partial = older.partial;
    }
}

/// The newest candles of one length.
#[derive(Debug, Clone)]
pub(crate) struct Candles {
    interval: Interval,
    kept: usize,
    candles: VecDeque<Candle>,
    /// Start of the oldest candle that is whole for sure.
    whole_from: Millis,
    /// Candles that a later block touched are all here.
    known_after: Height,
}

impl Candles {
    /// An empty series that hears of every trade from that block on, and keeps the usual number of candles.
    pub(crate) fn new(interval: Interval, first: (Height, Millis)) -> Self {
        Self::keeping(interval, first, interval.kept())
    }

    /// The same, keeping that many.
    pub(crate) fn keeping(interval: Interval, (height, time): (Height, Millis), kept: usize) -> Self {
        let start = interval.start_of(time);
        let whole_from = if start == time { start } else { start.saturating_add(interval.millis()) };
        Self { interval, kept, candles: VecDeque::new(), whole_from, known_after: height.saturating_sub(1) }
    }

    /// Takes in a trade; trades come in the order of their blocks.
    pub(crate) fn add(&mut self, trade: &Trade) {
        let start = self.interval.start_of(trade.time);
        match self.candles.back_mut() {
            // Block time never goes back; if it did, the newest candle would take it.
            Some(last) if last.time >= start => last.add(trade),
            _ => self.candles.push_back(Candle::starting(start, start < self.whole_from, trade)),
        }
        self.drop_oldest();
    }

    fn drop_oldest(&mut self) {
        while self.candles.len() > self.kept {
            self.known_after = self.candles.pop_front().map_or(self.known_after, |dropped| dropped.last_height);
            self.whole_from = self.candles.front().map_or(self.whole_from, |oldest| self.whole_from.max(oldest.time));
        }
    }

    /// Puts an older series before this one, which begins where that ends. Where this one is full nothing is gained.
    pub(crate) fn prepend(&mut self, mut older: Self) {
        if self.candles.len() >= self.kept {
            return;
        }
        if let (Some(last), Some(first)) = (older.candles.back(), self.candles.front_mut())
            && last.time >= first.time
        {
            first.prepend(last);
            older.candles.pop_back();
        }
        // What the older one calls partial still is; what began where it ends is not any more.
        self.candles.iter_mut().for_each(|candle| candle.partial &= candle.time < older.whole_from);
        older.candles.append(&mut self.candles);
        (self.candles, self.whole_from, self.known_after) = (older.candles, older.whole_from, older.known_after);
        self.drop_oldest();
    }

    /// Whether candles that a block after `height` touched are all here.
    pub(crate) fn knows_after(&self, height: Height) -> bool {
        self.known_after <= height
    }

    /// Start of the oldest interval of which all is known.
    pub(crate) fn whole_from(&self) -> Millis {
        self.whole_from
    }

    /// Candles that start within a span of time, the oldest first.
    pub(crate) fn between(&self, from: Millis, to: Millis) -> impl DoubleEndedIterator<Item = &Candle> {
        let begin = self.candles.partition_point(|candle| candle.time < from);
        let end = self.candles.partition_point(|candle| candle.time <= to);
        self.candles.range(begin..end.max(begin))
    }

    /// Candles that a block after `height` touched, the oldest first.
    pub(crate) fn touched_after(&self, height: Height) -> impl Iterator<Item = &Candle> {
        let begin = self.candles.partition_point(|candle| candle.last_height <= height);
        self.candles.range(begin..)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trade(height: Height, time: Millis, price: u128, quantity: u128) -> Trade {
        let [price, quantity, quote_quantity] = [price, quantity, price * quantity].map(Amount);
        let (taker_bought, taker_sold) = (quantity, Amount(0));
        Trade { height, time, price, quantity, quote_quantity, taker_bought, taker_sold, fills: 2 }
    }

    fn row(candle: &Candle) -> (Millis, [u128; 5], u64, (Height, Height)) {
        let prices = [candle.open, candle.high, candle.low, candle.close, candle.volume].map(|amount| amount.0);
        (candle.time, prices, candle.trades, (candle.first_height, candle.last_height))
    }

    #[test]
    fn trades_become_candles() {
        let mut candles = Candles::new(Interval::FiveSeconds, (1, 0));
        for (height, time, price, quantity) in
            [(1, 10_000, 5, 1), (2, 12_000, 9, 2), (3, 14_999, 3, 4), (4, 15_000, 4, 8), (9, 31_000, 7, 16)]
        {
            candles.add(&trade(height, time, price, quantity));
        }
        let rows: Vec<_> = candles.between(0, Millis::MAX).map(row).collect();
        let expected = [
            (10_000, [5, 9, 3, 3, 7], 3, (1, 3)),
            (15_000, [4, 4, 4, 4, 8], 1, (4, 4)),
            (30_000, [7, 7, 7, 7, 16], 1, (9, 9)),
        ];
        assert_eq!(rows, expected);
        let times = |from, to| candles.between(from, to).map(|candle| candle.time).collect::<Vec<_>>();
        assert_eq!(times(10_001, 30_000), [15_000, 30_000]);
        assert_eq!(times(15_000, 15_000), [15_000]);
        assert!(times(40_000, 10_000).is_empty());
        let touched = |height| candles.touched_after(height).map(|candle| candle.time).collect::<Vec<_>>();
        assert_eq!(touched(0), [10_000, 15_000, 30_000]);
        assert_eq!(touched(2), [10_000, 15_000, 30_000]);
        assert_eq!(touched(3), [15_000, 30_000]);
        assert!(touched(9).is_empty());
    }

    #[test]
    fn a_series_is_bounded_and_says_from_when_it_is_whole() {
        let mut candles = Candles::keeping(Interval::Second, (1, 1_500), 3);
        assert_eq!(candles.whole_from(), 2_000, "the second that had begun is not whole");
        assert_eq!(Candles::new(Interval::Second, (1, 2_000)).whole_from(), 2_000);
        for second in 1..=3 {
            candles.add(&trade(second, second * 1_000 + 600, 1, 1));
        }
        let partial: Vec<bool> = candles.between(0, Millis::MAX).map(|candle| candle.partial).collect();
        assert_eq!((candles.whole_from(), partial), (2_000, vec![true, false, false]));
        assert!(candles.knows_after(0));
        for second in 4..=5 {
            candles.add(&trade(second, second * 1_000, 1, 1));
        }
        assert_eq!(candles.between(0, Millis::MAX).count(), 3);
        assert_eq!(candles.whole_from(), 3_000);
        assert!(candles.knows_after(2) && !candles.knows_after(1));
    }

    proptest::proptest! {
        /// Two halves put together are the whole, wherever the cut is.
        #[test]
        fn halves_put_together_are_the_whole(
            steps in proptest::collection::vec((0..4_000_u64, 1..50_u128), 1..40),
            cut in 0..40_usize,
            kept in 1..12_usize,
        ) {
            let mut time = 700;
            let trades: Vec<Trade> = (1..).zip(&steps).map(|(height, (step, price))| {
                time += step;
                trade(height, time, *price, 3)
            }).collect();
            let cut = cut.min(trades.len() - 1);
            let build = |part: &[Trade]| {
                let first = if part[0].height == 1 { (1, 700) } else { (part[0].height, part[0].time) };
                let mut candles = Candles::keeping(Interval::FiveSeconds, first, kept);
                part.iter().for_each(|trade| candles.add(trade));
                candles
            };
            let whole = build(&trades);
            let mut joined = build(&trades[cut..]);
            if cut > 0 {
                joined.prepend(build(&trades[..cut]));
            }
            let newest = |candles: &Candles| candles.between(0, Millis::MAX).rev().copied().collect::<Vec<_>>();
            let (whole, joined) = (newest(&whole), newest(&joined));
            // A full newer half takes nothing in: its oldest candle stays partial.
            let same = joined.iter().zip(&whole).take_while(|(a, b)| a == b).count();
            proptest::prop_assert!(same == whole.len() || joined.len() == kept && joined[same].partial, "{:?} {:?}", joined, whole);
        }

        /// Any candle of a longer interval is the sum of the shorter ones in it.
        #[test]
        fn long_candles_are_sums_of_short_ones(steps in proptest::collection::vec((0..400_000_u64, 1..50_u128, 1..9_u128), 1..60)) {
            let mut series: Vec<Candles> = Interval::ALL.into_iter().map(|interval| Candles::new(interval, (1, 0))).collect();
            let mut time = 0;
            for (height, (step, price, quantity)) in steps.into_iter().enumerate() {
                time += step;
                series.iter_mut().for_each(|candles| candles.add(&trade(height as Height, time, price, quantity)));
            }
            for long in Interval::ALL {
                for candle in series[long.index()].between(0, Millis::MAX) {
                    let short: Vec<_> = series[0].between(candle.time, candle.time + long.millis() - 1).collect();
                    let sum = |of: fn(&Candle) -> u128| short.iter().map(|candle| of(candle)).sum::<u128>();
                    proptest::prop_assert_eq!(candle.open, short[0].open);
                    proptest::prop_assert_eq!(candle.close, short[short.len() - 1].close);
                    proptest::prop_assert_eq!(Some(candle.high), short.iter().map(|candle| candle.high).max());
                    proptest::prop_assert_eq!(Some(candle.low), short.iter().map(|candle| candle.low).min());
                    proptest::prop_assert_eq!(candle.volume.0, sum(|candle| candle.volume.0));
                    proptest::prop_assert_eq!(u128::from(candle.trades), sum(|candle| u128::from(candle.trades)));
                }
            }
        }
    }
}
