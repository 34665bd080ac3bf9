//! Orders: those that are open, what became of one, what a transaction placed, and what an order would do.

use cosmos_sdk_proto::cosmos::base::abci::v1beta1::TxMsgData;
use prost::Message as _;
use seiza_chain::modules::exchange::view;
use seiza_types::exchange::{
    MarketId, OrderExpiry, OrderRef, OrderResult, PlaceOrder, Refusal, Response, SelfTradeRule, Trigger, VenueId,
};
use seiza_types::{Address, B256, Height};
use serde::Serialize;

use super::super::call::{Call, Written, written};
use super::super::fields::{Fields, wrong};
use super::super::shapes::{Amount, Id, Open};
use super::super::story;
use super::super::words::{KINDS, SELF_TRADE, SIDES, TRIGGERS, Words, listed, value};
use super::address;
use crate::Failure;
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

/// What a transaction did on the exchange, message by message.
#[derive(Serialize)]
struct Transaction {
    height: Height,
    hash: B256,
    /// 0 where the transaction took effect.
    code: u32,
    messages: Vec<MessageResult>,
}

/// What one message did.
#[derive(Debug, PartialEq, Serialize)]
#[serde(untagged)]
enum MessageResult {
    /// It placed, cancelled or replaced orders.
    Orders {
        /// One entry an order, in the message's order.
        orders: Vec<OneResult>,
    },
    /// It listed a market.
    Market {
        /// Its number.
        market: u32,
    },
    /// It registered a venue.
    Venue {
        /// Its number.
        venue: u32,
    },
    /// Something else.
    Other {},
}

/// What became of one order or cancellation when it was placed.
#[derive(Debug, PartialEq, Serialize)]
#[serde(tag = "result", rename_all = "lowercase")]
enum OneResult {
    /// It is in, under that name.
    Placed {
        /// Its name.
        id: Id,
    },
    /// The cancellation is in.
    Cancelled,
    /// It was refused; the others of its message stand.
    Refused {
        /// The refusal's number.
        code: u32,
        /// What that means.
        reason: &'static str,
    },
}

/// `exchange_transaction`: `null` until a block holds it.
pub(crate) fn transaction(call: &Call<'_>) -> Answer<Written> {
    let hash: B256 = call.fields.required_text("hash", "transaction hash: 64 hex digits")?;
    let Some((height, index)) = call.backend.tx_location(&hash)? else { return written(&()) };
    let stored = call.backend.stored(height)?;
    let results = stored.as_ref().and_then(|stored| stored.results.as_ref());
    let receipt = results.and_then(|results| results.receipts.get(index)).ok_or(Failure::TransactionNotFound)?;
    let messages =
        messages(&receipt.data).ok_or_else(|| Failure::Internal("a stored result is no TxMsgData".into()))?;
    written(&Transaction { height, hash, code: receipt.code as u32, messages })
}

fn messages(data: &[u8]) -> Option<Vec<MessageResult>> {
    let data = TxMsgData::decode(data).ok()?;
    data.msg_responses.iter().map(|any| message(&any.type_url, &any.value)).collect()
}

fn message(type_url: &str, bytes: &[u8]) -> Option<MessageResult> {
    let name = type_url.strip_prefix("/seiza.exchange.v1.Msg").and_then(|name| name.strip_suffix("Response"));
    Some(match name {
        Some("PlaceOrders" | "CancelOrders" | "ReplaceOrders") => {
            MessageResult::Orders { orders: Response::decode_orders(bytes).ok()?.iter().map(result).collect() }
        }
        Some("RegisterMarket") => MessageResult::Market { market: Response::decode_number(bytes).ok()? },
        Some("RegisterVenue") => MessageResult::Venue { venue: Response::decode_number(bytes).ok()? },
        _ => MessageResult::Other {},
    })
}

fn result(result: &OrderResult) -> OneResult {
    match *result {
        OrderResult::Placed(id) => OneResult::Placed { id: Id(id) },
        OrderResult::Cancelled => OneResult::Cancelled,
        OrderResult::Refused(code) => OneResult::Refused { code, reason: Refusal::text(code).unwrap_or("unknown") },
    }
}

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
    let kind = one_of(fields, "kind", KINDS)?.unwrap_or(seiza_types::exchange::OrderKind::Limit);
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

    #[test]
    fn results_of_messages_are_told_apart() {
        let placed = OrderRef::new(7, 1, 0, 0);
        let orders =
            Response::Orders(vec![OrderResult::Placed(placed), OrderResult::Cancelled, OrderResult::Refused(8)]);
        let found = message("/seiza.exchange.v1.MsgPlaceOrdersResponse", &orders.encode()).unwrap();
        let expected = r#"{"orders":[{"result":"placed","id":"7-1-0-0"},{"result":"cancelled"},{"result":"refused","code":8,"reason":"price is off tick"}]}"#;
        assert_eq!(serde_json::to_string(&found).unwrap(), expected);
        let market = message("/seiza.exchange.v1.MsgRegisterMarketResponse", &Response::Market(MarketId(3)).encode());
        assert_eq!(market, Some(MessageResult::Market { market: 3 }));
        assert_eq!(message("/cosmos.bank.v1beta1.MsgSendResponse", b""), Some(MessageResult::Other {}));
        assert_eq!(messages(b"\xff"), None);
    }
}
