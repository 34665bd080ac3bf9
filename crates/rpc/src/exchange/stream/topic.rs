//! What can be subscribed to, and what each topic tells at its beginning and of each block.

use seiza_types::exchange::{LevelEvent, MarketId, OrderSide};
use seiza_types::{Address, Height};
use serde::Serialize;

use super::super::candle::Candle;
use super::super::interval::{Interval, Millis};
use super::super::series::{Published, Series};
use super::super::shapes::{Event, Level, Open};
use super::super::source::{OpenOrders, Source};
use super::super::trade::Trade;
use crate::limits::{CANDLES_SNAPSHOT, DEPTH_STREAM_LEVELS_MAX, OPEN_ORDERS_MAX, TRADES_SNAPSHOT};
use crate::methods::Answer;

/// What a client wants to hear of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Topic {
    /// A market's book, by levels.
    Depth(MarketId),
    /// A market's trades.
    Trades(MarketId),
    /// A market's candles of one length.
    Candles(MarketId, Interval),
    /// An account's orders, in one market or in all.
    Orders(Address, Option<MarketId>),
}

/// What a message tells.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum Body {
    /// Levels: all of them, or those that changed; a quantity of 0 takes the level away.
    Depth {
        /// The market.
        market: u32,
        /// Who buys.
        bids: Vec<Level>,
        /// Who sells.
        asks: Vec<Level>,
        /// In a snapshot: whether the book has no further levels. Beyond the last of an incomplete one nothing is promised.
        #[serde(skip_serializing_if = "Option::is_none")]
        complete: Option<bool>,
    },
    /// Trades.
    Trades {
        /// The market.
        market: u32,
        /// The oldest first.
        trades: Vec<Trade>,
    },
    /// Candles that a trade touched, as they stand after the block.
    Candles {
        /// The market.
        market: u32,
        /// Their length.
        interval: &'static str,
        /// The oldest first.
        candles: Vec<Candle>,
    },
    /// The open orders of an account.
    Orders {
        /// Whose.
        owner: Address,
        /// By market and id.
        orders: Vec<Open>,
        /// Whether these are all.
        complete: bool,
    },
    /// What happened to the orders of an account.
    Events {
        /// Whose.
        owner: Address,
        /// By market: fills, what rests, what ended, what was refused.
        events: Vec<Event>,
    },
}

/// A height, its time, and what there is to tell of it.
type Told = (Height, Millis, Body);

impl Topic {
    /// Everything, as of the head.
    pub(super) fn snapshot(&self, source: &impl Source) -> Answer<Told> {
        match *self {
            Self::Depth(market) => {
                let depth = source.depth(market, DEPTH_STREAM_LEVELS_MAX)?;
                let (bids, asks, complete) = (depth.bids, depth.asks, Some(depth.complete));
                Ok((depth.height, depth.time, Body::Depth { market: market.0, bids, asks, complete }))
            }
            Self::Trades(market) => source.with_series(|series| newest_trades(series, market)),
            Self::Candles(market, interval) => source.with_series(|series| newest_candles(series, market, interval)),
            Self::Orders(owner, market) => {
                let OpenOrders { height, time, orders, complete } =
                    source.open_orders(owner, market, OPEN_ORDERS_MAX)?;
                Ok((height, time, Body::Orders { owner, orders, complete }))
            }
        }
    }

    /// What the blocks after `seen` changed: the next one, or all of them where only the result counts.
    pub(super) fn update(&self, source: &impl Source, seen: Height) -> Answer<Told> {
        match *self {
            Self::Depth(market) => {
                let changes = source.changes(seen + 1)?;
                let levels = changes.levels.get(&market).map_or(&[][..], Vec::as_slice);
                let (bids, asks) = (side(levels, OrderSide::Buy), side(levels, OrderSide::Sell));
                Ok((changes.height, changes.time, Body::Depth { market: market.0, bids, asks, complete: None }))
            }
            Self::Trades(market) => {
                let block = source.published(seen + 1)?;
                let trade = block.of(market).and_then(|outcome| Trade::of(block.height, block.time, outcome));
                Ok((block.height, block.time, Body::Trades { market: market.0, trades: trade.into_iter().collect() }))
            }
            Self::Candles(market, interval) => {
                source.with_series(|series| touched_candles(series, market, interval, seen))
            }
            Self::Orders(owner, only) => Ok(own_events(&source.published(seen + 1)?, owner, only)),
        }
    }

    /// Whether everything after a height is still to be had.
    pub(super) fn is_whole_since(&self, source: &impl Source, seen: Height) -> Answer<bool> {
        match self {
            Self::Candles(market, interval) => {
                source.with_series(|series| series.knows_candles(*market, *interval, seen))
            }
            Self::Depth(_) | Self::Trades(_) | Self::Orders(..) => Ok(seen + 1 >= source.earliest()),
        }
    }
}

impl Body {
    /// Whether nothing has changed.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Depth { bids, asks, .. } => bids.is_empty() && asks.is_empty(),
            Self::Trades { trades, .. } => trades.is_empty(),
            Self::Candles { candles, .. } => candles.is_empty(),
            Self::Orders { .. } => false,
            Self::Events { events, .. } => events.is_empty(),
        }
    }
}

fn newest_trades(series: &Series, market: MarketId) -> Told {
    let newest = series.market(market).into_iter().flat_map(|kept| kept.trades().rev().take(TRADES_SNAPSHOT));
    let mut trades: Vec<Trade> = newest.copied().collect();
    trades.reverse();
    (series.head(), series.time(), Body::Trades { market: market.0, trades })
}

fn newest_candles(series: &Series, market: MarketId, interval: Interval) -> Told {
    let kept = series.market(market).map(|kept| kept.candles(interval).between(0, Millis::MAX));
    let mut candles: Vec<Candle> = kept.into_iter().flatten().rev().take(CANDLES_SNAPSHOT).copied().collect();
    candles.reverse();
    (series.head(), series.time(), Body::Candles { market: market.0, interval: interval.name(), candles })
}

fn touched_candles(series: &Series, market: MarketId, interval: Interval, seen: Height) -> Told {
    let kept = series.market(market).map(|kept| kept.candles(interval).touched_after(seen));
    let candles = kept.into_iter().flatten().copied().collect();
    (series.head(), series.time(), Body::Candles { market: market.0, interval: interval.name(), candles })
}

fn own_events(block: &Published, owner: Address, only: Option<MarketId>) -> Told {
    let outcomes = block.outcomes().iter().filter(|outcome| only.is_none_or(|only| only == outcome.market));
    let events = outcomes.flat_map(|outcome| Event::all(block.height, block.time, outcome));
    let events = events.filter(|event| event.of().owner == owner).collect();
    (block.height, block.time, Body::Events { owner, events })
}

fn side(levels: &[LevelEvent], side: OrderSide) -> Vec<Level> {
    levels.iter().filter(|level| level.side == side).map(Level::from).collect()
}
