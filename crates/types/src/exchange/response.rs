//! What the exchange's native messages answer.

use prost::Message as _;

use super::proto::{OneResult, Registered, Results, read};
use super::{MarketId, OrderRef, VenueId};
use crate::tx::DecodeError;

/// What became of one order or cancellation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderResult {
    /// The order is placed under that name. Whether it trades, the end of the block tells.
    Placed(OrderRef),
    /// The cancellation is taken.
    Cancelled,
    /// Nothing happened, for the reason of that number ([`super::Refusal::code`]).
    Refused(u32),
}

/// What a message answers; it enters the block's results hash, so it holds numbers and no texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Response {
    /// One entry an order, in the message's order.
    Orders(Vec<OrderResult>),
    /// The new market.
    Market(MarketId),
    /// The new venue.
    Venue(VenueId),
    /// Nothing to say.
    Empty,
}

impl Response {
    /// The answer's protobuf bytes, behind [`super::ExchangeMsg::response_type_url`].
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Orders(results) => Results { results: results.iter().map(one).collect() }.encode_to_vec(),
            Self::Market(id) => Registered { number: id.0 }.encode_to_vec(),
            Self::Venue(id) => Registered { number: id.0 }.encode_to_vec(),
            Self::Empty => Vec::new(),
        }
    }

    /// Reads the answer to orders, cancellations or replacements.
    ///
    /// # Errors
    /// [`DecodeError`] where the bytes are none.
    pub fn decode_orders(bytes: &[u8]) -> Result<Vec<OrderResult>, DecodeError> {
        let result = |one: &OneResult| match (one.order_id.as_slice().try_into(), one.code) {
            (Ok(order), 0) => Ok(OrderResult::Placed(OrderRef(order))),
            (Err(_), 0) if one.order_id.is_empty() => Ok(OrderResult::Cancelled),
            (Err(_), code) if one.order_id.is_empty() => Ok(OrderResult::Refused(code)),
            _ => Err(DecodeError::Field { field: "order_id", rule: "16 bytes, or none and a code" }),
        };
        read::<Results>(bytes)?.results.iter().map(result).collect()
    }

    /// Reads the answer to a registration: the new market's or venue's number.
    ///
    /// # Errors
    /// [`DecodeError`] where the bytes are none.
    pub fn decode_number(bytes: &[u8]) -> Result<u32, DecodeError> {
        Ok(read::<Registered>(bytes)?.number)
    }
}

fn one(result: &OrderResult) -> OneResult {
    match result {
        OrderResult::Placed(order) => OneResult { order_id: order.0.to_vec(), code: 0 },
        OrderResult::Cancelled => OneResult { order_id: Vec::new(), code: 0 },
        OrderResult::Refused(code) => OneResult { order_id: Vec::new(), code: *code },
    }
}
