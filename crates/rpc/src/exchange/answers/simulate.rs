//! What an order would do: read as a client describes it, and held against the book after the head.

use seiza_chain::modules::exchange::view;
use seiza_types::exchange::{MarketId, OrderExpiry, OrderKind, PlaceOrder, SelfTradeRule, Trigger, VenueId};
use seiza_types::{Address, Height};
use serde::Serialize;

use super::super::call::{Call, Written, written};
use super::super::fields::{Fields, wrong};
use super::super::shapes::Amount;
use super::super::words::{KINDS, SELF_TRADE, SIDES, TRIGGERS, Words, listed, value};
use super::address;
use crate::methods::Answer;

/// What an order would do, were it alone in the next block.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Simulated {
    /// The block whose state it was held against.
    height: Height,
    /// Why it would be refused.
    refusal: Option<RefusalShape>,
    /// The clearing price, where anything would trade.
    price: Option<Amount>,
    /// Base units that would trade.
    filled: Amount,
    /// Quote units that would be paid for them.
    quote_quantity: Amount,
    /// Base units that would rest or wait.
    rests: Amount,
}

/// A refusal in full.
#[derive(Serialize)]
struct RefusalShape {
    code: u32,
    reason: String,
}

/// `exchange_simulate`.
pub(crate) fn simulate(call: &Call<'_>) -> Answer<Written> {
    let order = order(&call.fields)?;
    let head = call.backend.at_head()?;
    let owner = match call.fields.has("owner") {
        true => address(&head.state, call.fields.owner()?)?,
        false => Address::ZERO,
    };
    let time = call.backend.next_time_ns();
    let done = view::simulate(&head.state, owner, &order, head.height + 1, time)?;
    written(&Simulated {
        height: head.height,
        refusal: done.refusal.map(|refusal| RefusalShape { code: refusal.code(), reason: refusal.to_string() }),
        price: done.price.map(Amount),
        filled: Amount(done.filled),
        quote_quantity: Amount(done.quote),
        rests: Amount(done.rests),
    })
}

/// An order as a client describes it.
fn order(fields: &Fields) -> Answer<PlaceOrder> {
    let amount = |name| fields.amount(name)?.ok_or_else(|| wrong(name, "missing"));
    let venue = fields.number("venue", 0..=u64::from(u32::MAX))?.and_then(|venue| u32::try_from(venue).ok());
    let kind = one_of(fields, "kind", KINDS)?.unwrap_or(OrderKind::Limit);
    Ok(PlaceOrder {
        market: MarketId(fields.market()?),
        venue: VenueId(venue.unwrap_or(0)),
        side: one_of(fields, "side", SIDES)?.ok_or_else(|| wrong("side", "missing"))?,
        kind,
        price: amount("price")?,
        quantity: amount("quantity")?,
        trigger: trigger(fields)?,
        expiry: expiry(fields)?,
        self_trade: one_of(fields, "selfTrade", SELF_TRADE)?.unwrap_or(SelfTradeRule::CancelNewest),
        client_id: fields.number("clientId", 0..=u64::MAX)?.unwrap_or(0),
        fee_in_native: fields.flag("feeInNative")?,
    })
}

fn trigger(fields: &Fields) -> Answer<Option<Trigger>> {
    match (one_of(fields, "triggerKind", TRIGGERS)?, fields.amount("triggerPrice")?) {
        (None, None) => Ok(None),
        (Some(kind), Some(price)) => Ok(Some(Trigger { kind, price })),
        (Some(_), None) => Err(wrong("triggerPrice", "missing beside triggerKind")),
        (None, Some(_)) => Err(wrong("triggerKind", "missing beside triggerPrice")),
    }
}

fn expiry(fields: &Fields) -> Answer<OrderExpiry> {
    let (height, time) =
        (fields.number("expiryHeight", 1..=u64::MAX)?, fields.number("expiryTime", 1..=u64::MAX / 1_000_000)?);
    match (height, time) {
        (None, None) => Ok(OrderExpiry::Never),
        (Some(height), None) => Ok(OrderExpiry::Height(height)),
        (None, Some(millis)) => Ok(OrderExpiry::Time(millis * 1_000_000)),
        (Some(_), Some(_)) => Err(wrong("expiryTime", "not beside expiryHeight")),
    }
}

fn one_of<T: Copy>(fields: &Fields, name: &str, words: Words<T>) -> Answer<Option<T>> {
    let Some(text) = fields.text::<String>(name, "text")? else { return Ok(None) };
    value(words, &text).map(Some).ok_or_else(|| wrong(name, &format!("none of {}", listed(words))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Failure;

    fn read(json: &str) -> Answer<PlaceOrder> {
        const NAMES: [&str; 10] = [
            "market",
            "side",
            "kind",
            "price",
            "quantity",
            "triggerKind",
            "triggerPrice",
            "expiryHeight",
            "expiryTime",
            "feeInNative",
        ];
        order(&Fields::of_json(&NAMES, Some(json))?)
    }

    #[test]
    fn an_order_is_read_with_defaults() {
        let order = read(r#"{"market": 1, "side": "sell", "price": "4523", "quantity": "100"}"#).unwrap();
        assert_eq!((order.market, order.price, order.quantity), (MarketId(1), 4_523, 100));
        assert_eq!((order.venue, order.expiry, order.trigger), (VenueId(0), OrderExpiry::Never, None));
    }

    #[test]
    fn what_is_wrong_with_an_order_is_named() {
        let with = |more: &str| read(&format!(r#"{{"market": 1, "price": "1", "quantity": "2"{more}}}"#)).map(drop);
        let table = [
            ("", "side: missing"),
            (r#", "side": "bid""#, "side: none of buy, sell"),
            (r#", "side": "buy", "kind": "gtc""#, "kind: none of limit, post_only, ioc, fok, market"),
            (r#", "side": "buy", "triggerKind": "stop""#, "triggerPrice: missing beside triggerKind"),
            (r#", "side": "buy", "triggerPrice": "1""#, "triggerKind: missing beside triggerPrice"),
            (r#", "side": "buy", "expiryHeight": 1, "expiryTime": 1"#, "expiryTime: not beside expiryHeight"),
            (r#", "side": "buy", "feeInNative": 1"#, "feeInNative: 1 is neither true nor false"),
        ];
        for (more, text) in table {
            assert_eq!(with(more), Err(Failure::InvalidParams(text.into())));
        }
        let amounts = [
            (
                r#"{"market": 1, "side": "buy", "price": "1.5", "quantity": "1"}"#,
                "price: \"1.5\" is no amount: decimal digits, below 2^128",
            ),
            (r#"{"market": 1, "side": "buy", "price": "1"}"#, "quantity: missing"),
        ];
        for (json, text) in amounts {
            assert_eq!(read(json), Err(Failure::InvalidParams(text.into())));
        }
    }
}
