//! Orders: those that are open, and what became of one.

use seiza_chain::modules::exchange::view;
use seiza_types::exchange::{MarketId, OrderRef};
use seiza_types::{Address, Height};
use serde::Serialize;

use super::super::call::{Call, Written, written};
use super::super::fields::{Fields, wrong};
use super::super::shapes::Open;
use super::super::story;
use super::address;
use crate::limits::{OPEN_ORDERS_DEFAULT, OPEN_ORDERS_MAX};
use crate::methods::Answer;

/// An account's open orders.
#[derive(Serialize)]
struct Page {
    height: Height,
    owner: Address,
    orders: Vec<Open>,
    /// What to ask from for further ones; `null` where there are none.
    next: Option<String>,
}

/// `exchange_openOrders`.
pub(crate) fn open(call: &Call<'_>) -> Answer<Written> {
    let head = call.backend.at_head()?;
    let owner = address(&head.state, call.fields.owner()?)?;
    let market = call.fields.optional_market()?.map(MarketId);
    let limit = call.fields.limit(OPEN_ORDERS_DEFAULT, OPEN_ORDERS_MAX)?;
    let from = cursor(&call.fields)?;
    let mut orders = view::open_orders(&head.state, owner, market, from, limit + 1)?;
    let more = orders.len() > limit;
    orders.truncate(limit);
    let next = orders.last().filter(|_| more).map(|last| format!("{}:{}", last.market, last.id));
    written(&Page { height: head.height, owner, orders: orders.iter().map(Open::from).collect(), next })
}

/// A page's `next`: `market:order`.
fn cursor(fields: &Fields) -> Answer<Option<(MarketId, OrderRef)>> {
    let Some(text) = fields.text::<String>("from", "text")? else { return Ok(None) };
    let parsed = text.split_once(':').and_then(|(market, order)| {
        let digits = market.bytes().all(|byte| byte.is_ascii_digit());
        Some((MarketId(market.parse().ok().filter(|_| digits)?), order.parse().ok()?))
    });
    parsed.map(Some).ok_or_else(|| wrong("from", "not what `next` said: market:height-transaction-message-order"))
}

/// `exchange_order`: by id, or by owner and client id.
pub(crate) fn one(call: &Call<'_>) -> Answer<Written> {
    let by_id = call.fields.text::<OrderRef>("id", "order id: height-transaction-message-order")?;
    let id = match (by_id, call.fields.has("owner")) {
        (Some(_), true) => {
            return Err(wrong("owner", "not beside id: an order is named by id, or by owner and clientId"));
        }
        (Some(id), false) => id,
        (None, false) => return Err(wrong("id", "missing; or name owner and clientId")),
        (None, true) => {
            let owner = address(&call.backend.at_head()?.state, call.fields.owner()?)?;
            story::by_client_id(call, owner, call.fields.required("clientId", 1..=u64::MAX)?)?
        }
    };
    written(&story::of(call.backend, id)?)
}
