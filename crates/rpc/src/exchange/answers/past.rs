//! What happened: trades and candles, from memory where it reaches, from stored blocks where it does not.

use seiza_types::Height;
use seiza_types::exchange::MarketId;
use serde::Serialize;

use super::super::call::{Call, Written, written};
use super::super::candle::{Candle, Candles};
use super::super::feed::Blocks as _;
use super::super::fields::{Fields, wrong};
use super::super::interval::{Interval, Millis};
use super::super::scan::{Found, forward, height_at};
use super::super::series::{Market, Published, Series};
use super::super::source::Source as _;
use super::super::trade::Trade;
use crate::Failure;
use crate::limits::{CANDLES_DEFAULT, CANDLES_MAX, SCAN_BLOCKS_MAX, TRADES_DEFAULT, TRADES_MAX};
use crate::methods::Answer;

/// Trades of a range of blocks.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Trades {
    height: Height,
    market: u32,
    from_height: Height,
    to_height: Height,
    trades: Vec<Trade>,
    /// Where to read on; `null` at the head.
    next: Option<Height>,
}

/// `exchange_trades`.
pub(crate) fn trades(call: &Call<'_>) -> Answer<Written> {
    let market = MarketId(call.fields.market()?);
    let from = call.fields.number("from", 1..=u64::MAX)?;
    let limit = call.fields.limit(TRADES_DEFAULT, TRADES_MAX)?;
    call.backend.at_head()?.market(market)?;
    let kept = call.backend.with_series(|series| from_memory(series, market, from, limit))?;
    let pick = |block: &Published, found: &mut Vec<Trade>| {
        found.extend(block.of(market).and_then(|outcome| Trade::of(block.height, block.time, outcome)));
    };
    let found = match kept {
        Some(found) => found,
        None => forward(call.backend, from.unwrap_or(1), limit, call.deadline, pick)?,
    };
    let height = call.backend.head().height;
    let (from_height, to_height, next) = (found.from, found.to, found.next(height));
    written(&Trades { height, market: market.0, from_height, to_height, trades: found.items, next })
}

/// Trades from memory: the newest, or those from a height on; `None` where memory does not reach back as far.
fn from_memory(series: &Series, market: MarketId, from: Option<Height>, limit: usize) -> Option<Found<Trade>> {
    let to = series.head();
    let kept = series.market(market);
    let known = kept.map_or(series.unseen_from().0, Market::trades_from);
    let from = from.map_or(Some(None), |from| (from >= known).then_some(Some(from)))?;
    let trades = || kept.into_iter().flat_map(Market::trades);
    let Some(from) = from else {
        let mut items: Vec<Trade> = trades().rev().take(limit).copied().collect();
        items.reverse();
        let from = items.first().filter(|_| items.len() == limit).map_or(known, |first| first.height);
        return Some(Found { from, to, items });
    };
    let items: Vec<Trade> = trades().filter(|trade| trade.height >= from).take(limit).copied().collect();
    let to = items.last().filter(|_| items.len() == limit).map_or(to, |last| last.height);
    Some(Found { from, to: to.max(from - 1), items })
}

/// Candles of a span of time.
#[derive(Serialize)]
struct CandlesShape {
    height: Height,
    market: u32,
    interval: &'static str,
    candles: Vec<Candle>,
    /// Time to ask on from; `null` where there are no more.
    next: Option<Millis>,
}

/// Which candles somebody wants.
struct Wanted {
    market: MarketId,
    interval: Interval,
    from: Option<Millis>,
    to: Millis,
    limit: usize,
}

impl Wanted {
    fn read(fields: &Fields) -> Answer<Self> {
        let names = Interval::ALL.map(Interval::name).join(", ");
        let wanted = Self {
            market: MarketId(fields.market()?),
            interval: fields.required_text("interval", &format!("interval: {names}"))?,
            from: fields.number("from", 0..=u64::MAX)?,
            to: fields.number("to", 0..=u64::MAX)?.unwrap_or(Millis::MAX),
            limit: fields.limit(CANDLES_DEFAULT, CANDLES_MAX)?,
        };
        match wanted.from.filter(|from| *from > wanted.to) {
            Some(from) => Err(wrong("from", &format!("{from} is above to, {}", wanted.to))),
            None => Ok(wanted),
        }
    }
}

/// `exchange_candles`.
pub(crate) fn candles(call: &Call<'_>) -> Answer<Written> {
    let wanted = Wanted::read(&call.fields)?;
    call.backend.at_head()?.market(wanted.market)?;
    let (height, whole_from, mut candles) = call.backend.with_series(|series| kept(series, &wanted))?;
    if let Some(from) = wanted.from.filter(|from| *from < whole_from) {
        let older = scanned(call, &wanted, (from, wanted.to.min(whole_from - 1)))?;
        candles.retain(|candle| candle.time >= whole_from);
        candles.splice(..0, older);
    }
    let next = cut(&mut candles, &wanted);
    written(&CandlesShape { height, market: wanted.market.0, interval: wanted.interval.name(), candles, next })
}

/// Leaves as many candles as are wanted: the oldest where a beginning was named, and where to go on; else the newest.
fn cut(candles: &mut Vec<Candle>, wanted: &Wanted) -> Option<Millis> {
    let next = candles.get(wanted.limit).map(|candle| candle.time).filter(|_| wanted.from.is_some());
    let surplus = candles.len().saturating_sub(wanted.limit);
    candles.drain(..if wanted.from.is_none() { surplus } else { 0 });
    candles.truncate(wanted.limit);
    next
}

/// What memory has of a span, and from when on that is all.
fn kept(series: &Series, wanted: &Wanted) -> (Height, Millis, Vec<Candle>) {
    let &Wanted { market, interval, from, to, .. } = wanted;
    let Some(kept) = series.market(market) else {
        let unseen = Candles::new(interval, series.unseen_from());
        return (series.head(), unseen.whole_from(), Vec::new());
    };
    let kept = kept.candles(interval);
    (series.head(), kept.whole_from(), kept.between(from.unwrap_or(0), to).copied().collect())
}

/// Candles made from stored blocks.
fn scanned(call: &Call<'_>, wanted: &Wanted, (from, to): (Millis, Millis)) -> Answer<Vec<Candle>> {
    let &Wanted { market, interval, .. } = wanted;
    let begin = interval.start_of(from);
    let begin = if begin == from { begin } else { begin.saturating_add(interval.millis()) };
    let end = interval.start_of(to).saturating_add(interval.millis());
    let (first, last) = (height_at(call.backend, begin)?, height_at(call.backend, end)?);
    let count = last.saturating_sub(first);
    if count > SCAN_BLOCKS_MAX {
        let text = format!(
            "from: {from} asks for {count} blocks that are not in memory, at most {SCAN_BLOCKS_MAX} are read; ask for less by from and to"
        );
        return Err(Failure::LimitExceeded(text));
    }
    let mut candles = Candles::keeping(interval, (first, begin), usize::MAX);
    for height in first..last {
        call.deadline.check()?;
        let block = call.backend.published(height)?;
        let trade = block.of(market).and_then(|outcome| Trade::of(height, block.time, outcome));
        trade.iter().for_each(|trade| candles.add(trade));
    }
    Ok(candles.between(begin, Millis::MAX).copied().collect())
}
