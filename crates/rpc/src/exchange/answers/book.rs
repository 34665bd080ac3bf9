//! What rests: by levels (L2), and order by order (L3).

use seiza_chain::modules::exchange::view::{self, BookCursor, OpenOrder};
use seiza_types::Height;
use seiza_types::exchange::MarketId;
use serde::Serialize;

use super::super::call::{Call, Written, written};
use super::super::fields::{Fields, wrong};
use super::super::shapes::Open;
use super::super::source::Source;
use super::super::words::{SIDES, listed, value};
use crate::limits::{BOOK_ORDERS_DEFAULT, BOOK_ORDERS_MAX, DEPTH_LEVELS_DEFAULT, DEPTH_LEVELS_MAX};
use crate::methods::Answer;

/// `exchange_depth`.
pub(crate) fn depth(call: &Call<'_>) -> Answer<Written> {
    let market = MarketId(call.fields.market()?);
    let levels = call.fields.number("levels", 1..=DEPTH_LEVELS_MAX as u64)?;
    let levels = levels.map_or(DEPTH_LEVELS_DEFAULT, |levels| usize::try_from(levels).unwrap_or(DEPTH_LEVELS_MAX));
    written(&call.backend.depth(market, levels)?)
}

/// Orders of one side, in the order in which they trade.
#[derive(Serialize)]
struct Page {
    height: Height,
    market: u32,
    side: &'static str,
    orders: Vec<Open>,
    /// What to ask from for those behind; `null` where there are none.
    next: Option<String>,
}

/// `exchange_book`.
pub(crate) fn orders(call: &Call<'_>) -> Answer<Written> {
    let market = MarketId(call.fields.market()?);
    let side: String = call.fields.required_text("side", "text")?;
    let side = value(SIDES, &side).ok_or_else(|| wrong("side", &format!("none of {}", listed(SIDES))))?;
    let (from, limit) = (cursor(&call.fields)?, call.fields.limit(BOOK_ORDERS_DEFAULT, BOOK_ORDERS_MAX)?);
    let head = call.backend.at_head()?;
    head.market(market)?;
    let mut orders = view::orders(&head.state, market, side, from, limit + 1)?;
    let more = orders.len() > limit;
    orders.truncate(limit);
    let last = |order: &OpenOrder| format!("{}:{}", order.price, order.since);
    let next = orders.last().filter(|_| more).map(last);
    let orders = orders.iter().map(Open::from).collect();
    written(&Page { height: head.height, market: market.0, side: side.as_str(), orders, next })
}

/// A page's `next`: `price:since`.
fn cursor(fields: &Fields) -> Answer<Option<BookCursor>> {
    let Some(text) = fields.text::<String>("from", "text")? else { return Ok(None) };
    let parsed = text.split_once(':').and_then(|(price, since)| {
        let digits = price.bytes().all(|byte| byte.is_ascii_digit());
        Some(BookCursor { price: price.parse().ok().filter(|_| digits)?, since: since.parse().ok()? })
    });
    parsed.map(Some).ok_or_else(|| wrong("from", "not what `next` said: price:height-transaction-message-order"))
}
