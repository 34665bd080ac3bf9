//! What a transaction's messages were answered: order ids, refusals, numbers of markets and venues.

use cosmos_sdk_proto::cosmos::base::abci::v1beta1::TxMsgData;
use prost::Message as _;
use seiza_types::exchange::{OrderResult, Refusal, Response};
use seiza_types::{B256, Height};
use serde::Serialize;

use super::super::call::{Call, Written, written};
use super::super::shapes::Id;
use crate::Failure;
use crate::methods::Answer;

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

#[cfg(test)]
mod tests {
    use seiza_types::exchange::{MarketId, OrderRef};

    use super::*;

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
