//! Tickers: a market's best prices now, and its last 24 hours from the minutes in memory.

use seiza_chain::modules::exchange::view;
use seiza_types::Height;
use seiza_types::exchange::{Market, MarketId, OrderSide};
use serde::Serialize;

use super::super::call::{Call, Written, written};
use super::super::human::human;
use super::super::interval::{Interval, Millis};
use super::super::series::Series;
use super::super::shapes::Amount;
use super::super::source::Source;
use crate::backend::AtHead;
use crate::limits::TICKERS_MAX;
use crate::methods::Answer;

/// Length of a ticker's window.
const DAY: Millis = 24 * 3_600_000;

/// The last 24 hours of a market, to the minute, and its best prices now.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Ticker {
    height: Height,
    time: Millis,
    market: u32,
    symbol: String,
    last: Option<Amount>,
    bid: Option<Amount>,
    bid_quantity: Option<Amount>,
    ask: Option<Amount>,
    ask_quantity: Option<Amount>,
    #[serde(flatten)]
    window: Window,
    human: Human,
}

/// What was traded in a window.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Window {
    open: Option<Amount>,
    high: Option<Amount>,
    low: Option<Amount>,
    volume: Amount,
    quote_volume: Amount,
    trades: u64,
    /// Whether trades at its beginning may be missing: they are older than what this node has read.
    partial: bool,
}

/// Amounts with the market's decimals.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Human {
    last: Option<String>,
    open: Option<String>,
    high: Option<String>,
    low: Option<String>,
    bid: Option<String>,
    ask: Option<String>,
    volume: String,
    quote_volume: String,
}

/// Several tickers.
#[derive(Serialize)]
struct Tickers {
    height: Height,
    tickers: Vec<Ticker>,
}

/// `exchange_ticker`: of one market, or of all.
pub(crate) fn ticker(call: &Call<'_>) -> Answer<Written> {
    let head = call.backend.at_head()?;
    if let Some(id) = call.fields.optional_market()? {
        return written(&one_ticker(call, &head, &head.market(MarketId(id))?)?);
    }
    let markets = view::markets(&head.state)?;
    let tickers: Answer<_> = markets.iter().take(TICKERS_MAX).map(|market| one_ticker(call, &head, market)).collect();
    written(&Tickers { height: head.height, tickers: tickers? })
}

fn one_ticker(call: &Call<'_>, head: &AtHead, market: &Market) -> Answer<Ticker> {
    call.deadline.check()?;
    let best = |side| Ok::<_, crate::Failure>(view::levels(&head.state, market.id, side, 1)?.first().copied());
    let (bid, ask) = (best(OrderSide::Buy)?, best(OrderSide::Sell)?);
    let window = call.backend.with_series(|series| window(series, market.id))?;
    let last = view::last_price(&head.state, market.id)?.map(Amount);
    let [bid_price, ask_price] = [bid, ask].map(|level| level.map(|level| Amount(level.price)));
    let [bid_quantity, ask_quantity] = [bid, ask].map(|level| level.map(|level| Amount(level.quantity)));
    Ok(Ticker {
        height: head.height,
        time: head.time,
        market: market.id.0,
        symbol: format!("{}/{}", market.base, market.quote),
        human: in_human(market, last, (bid_price, ask_price), &window),
        last,
        bid: bid_price,
        bid_quantity,
        ask: ask_price,
        ask_quantity,
        window,
    })
}

fn in_human(market: &Market, last: Option<Amount>, best: (Option<Amount>, Option<Amount>), window: &Window) -> Human {
    let price = |amount: Option<Amount>| amount.map(|amount| human(amount.0, market.quote_decimals));
    Human {
        last: price(last),
        open: price(window.open),
        high: price(window.high),
        low: price(window.low),
        bid: price(best.0),
        ask: price(best.1),
        volume: human(window.volume.0, market.base_decimals),
        quote_volume: human(window.quote_volume.0, market.quote_decimals),
    }
}

/// The minutes of the last 24 hours before the head.
fn window(series: &Series, market: MarketId) -> Window {
    let start = series.time().saturating_sub(DAY);
    let Some(market) = series.market(market) else {
        return Window { partial: series.unseen_from().1 > start, ..Window::default() };
    };
    let minutes = market.candles(Interval::Minute);
    let from = Interval::Minute.start_of(start);
    let mut window = Window { partial: minutes.whole_from() > from, ..Window::default() };
    for candle in minutes.between(from, Millis::MAX) {
        window.open = window.open.or(Some(candle.open));
        window.high = window.high.max(Some(candle.high));
        window.low = Some(window.low.map_or(candle.low, |low| low.min(candle.low)));
        window.volume = window.volume.plus(candle.volume);
        window.quote_volume = window.quote_volume.plus(candle.quote_volume);
        window.trades += candle.trades;
    }
    window
}
