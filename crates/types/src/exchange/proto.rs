//! The protobuf shapes of `proto/seiza/exchange/v1/tx.proto`, written by hand; below, their ways to and from our words.

mod fields;
mod orders;
mod wishes;

use prost::Message;

use crate::SeiAddress;
use crate::limits::EXCHANGE_ORDERS_MAX;
use crate::tx::DecodeError;

#[derive(Clone, PartialEq, Message)]
pub(super) struct Order {
    #[prost(uint32, tag = "1")]
    market: u32,
    #[prost(uint32, tag = "2")]
    venue: u32,
    #[prost(uint32, tag = "3")]
    side: u32,
    #[prost(uint32, tag = "4")]
    kind: u32,
    #[prost(string, tag = "5")]
    price: String,
    #[prost(string, tag = "6")]
    quantity: String,
    #[prost(uint32, tag = "7")]
    trigger_kind: u32,
    #[prost(string, tag = "8")]
    trigger_price: String,
    #[prost(uint64, tag = "9")]
    expiry_height: u64,
    #[prost(uint64, tag = "10")]
    expiry_time: u64,
    #[prost(uint32, tag = "11")]
    self_trade: u32,
    #[prost(uint64, tag = "12")]
    client_id: u64,
    #[prost(bool, tag = "13")]
    fee_in_native: bool,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Target {
    #[prost(oneof = "OneTarget", tags = "1, 2, 3")]
    target: Option<OneTarget>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum OneTarget {
    #[prost(bytes = "vec", tag = "1")]
    OrderId(Vec<u8>),
    #[prost(uint64, tag = "2")]
    ClientId(u64),
    #[prost(bool, tag = "3")]
    All(bool),
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Replacement {
    #[prost(message, optional, tag = "1")]
    cancel: Option<Target>,
    #[prost(message, optional, tag = "2")]
    place: Option<Order>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct PlaceOrders {
    #[prost(string, tag = "1")]
    pub(super) sender: String,
    #[prost(message, repeated, tag = "2")]
    pub(super) orders: Vec<Order>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct CancelOrders {
    #[prost(string, tag = "1")]
    pub(super) sender: String,
    #[prost(uint32, tag = "2")]
    pub(super) market: u32,
    #[prost(message, repeated, tag = "3")]
    pub(super) targets: Vec<Target>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct ReplaceOrders {
    #[prost(string, tag = "1")]
    pub(super) sender: String,
    #[prost(message, repeated, tag = "2")]
    pub(super) replacements: Vec<Replacement>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct MarketWish {
    #[prost(string, tag = "1")]
    pub(super) sender: String,
    #[prost(string, tag = "2")]
    base: String,
    #[prost(string, tag = "3")]
    quote: String,
    #[prost(uint32, tag = "4")]
    base_decimals: u32,
    #[prost(uint32, tag = "5")]
    quote_decimals: u32,
    #[prost(string, tag = "6")]
    tick: String,
    #[prost(string, tag = "7")]
    lot: String,
    #[prost(string, tag = "8")]
    min_notional: String,
    #[prost(uint32, tag = "9")]
    maker_fee_ppm: u32,
    #[prost(uint32, tag = "10")]
    taker_fee_ppm: u32,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct VenueWish {
    #[prost(string, tag = "1")]
    pub(super) sender: String,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(uint32, tag = "3")]
    fee_bps: u32,
    #[prost(string, tag = "4")]
    fee_recipient: String,
    #[prost(string, tag = "5")]
    callback: String,
    #[prost(uint64, tag = "6")]
    callback_gas: u64,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct StatusWish {
    #[prost(string, tag = "1")]
    pub(super) sender: String,
    #[prost(uint32, tag = "2")]
    pub(super) market: u32,
    #[prost(uint32, tag = "3")]
    status: u32,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct OneResult {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) order_id: Vec<u8>,
    #[prost(uint32, tag = "2")]
    pub(super) code: u32,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Results {
    #[prost(message, repeated, tag = "1")]
    pub(super) results: Vec<OneResult>,
}

/// The answer to a registration: one number.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Registered {
    #[prost(uint32, tag = "1")]
    pub(super) number: u32,
}

/// Reads a message in its one encoding: what a signer said is never passed over, at any depth.
pub(super) fn read<M: Message + Default>(bytes: &[u8]) -> Result<M, DecodeError> {
    let message = M::decode(bytes).map_err(|error| DecodeError::Protobuf(error.to_string()))?;
    if message.encoded_len() != bytes.len() || message.encode_to_vec() != bytes {
        return Err(DecodeError::Protobuf("not in the canonical encoding of a message that is known here".into()));
    }
    Ok(message)
}

/// Reads a bounded list, entry by entry.
pub(super) fn list<'a, P, T>(
    field: &'static str,
    entries: &'a [P],
    read: impl Fn(&'a P) -> Result<T, DecodeError>,
) -> Result<Vec<T>, DecodeError> {
    if entries.is_empty() {
        return Err(DecodeError::Field { field, rule: "at least one" });
    }
    if entries.len() > EXCHANGE_ORDERS_MAX {
        return Err(DecodeError::TooMany { field, len: entries.len(), limit: EXCHANGE_ORDERS_MAX });
    }
    entries.iter().map(read).collect()
}

pub(super) fn sender(text: &str) -> Result<SeiAddress, DecodeError> {
    text.parse().map_err(|source| DecodeError::Address { field: "sender", source })
}
