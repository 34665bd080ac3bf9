//! The protobuf shapes of `proto/seiza/exchange/v1/tx.proto`, written by hand, and their ways to and from our words.

use std::str::FromStr;

use prost::Message;

use super::{
    CancelTarget, MarketId, MarketStatus, OrderExpiry, OrderKind, OrderRef, OrderSide, PlaceOrder, RegisterMarket,
    RegisterVenue, ReplaceOrder, SelfTradeRule, Trigger, TriggerKind, VenueId,
};
use crate::limits::EXCHANGE_ORDERS_MAX;
use crate::tx::DecodeError;
use crate::{Address, SeiAddress};

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

fn number(field: &'static str, text: &str) -> Result<u128, DecodeError> {
    let canonical = text == "0" || (!text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit()));
    let number = if canonical { text.parse().ok() } else { None };
    number.ok_or(DecodeError::Field { field, rule: "a decimal number below 2^128, without leading zeros" })
}

fn one_of<T>(field: &'static str, number: u32, from_number: impl FnOnce(u8) -> Option<T>) -> Result<T, DecodeError> {
    let known = u8::try_from(number).ok().and_then(from_number);
    known.ok_or(DecodeError::Field { field, rule: "one of those that tx.proto lists" })
}

fn narrow<T: TryFrom<u32>>(field: &'static str, number: u32) -> Result<T, DecodeError> {
    T::try_from(number).map_err(|_| DecodeError::Field { field, rule: "too large" })
}

fn evm_address(field: &'static str, text: &str) -> Result<Address, DecodeError> {
    let wrong = DecodeError::Field { field, rule: "0x and 40 hex digits" };
    if text.len() == 42 && text.starts_with("0x") { Address::from_str(text).map_err(|_| wrong) } else { Err(wrong) }
}

impl Order {
    pub(super) fn of(order: &PlaceOrder) -> Self {
        let (expiry_height, expiry_time) = match order.expiry {
            OrderExpiry::Never => (0, 0),
            OrderExpiry::Height(height) => (height, 0),
            OrderExpiry::Time(time) => (0, time),
        };
        Self {
            market: order.market.0,
            venue: order.venue.0,
            side: order.side.number().into(),
            kind: order.kind.number().into(),
            price: order.price.to_string(),
            quantity: order.quantity.to_string(),
            trigger_kind: order.trigger.map_or(0, |trigger| trigger.kind.number().into()),
            trigger_price: order.trigger.map_or_else(String::new, |trigger| trigger.price.to_string()),
            expiry_height,
            expiry_time,
            self_trade: order.self_trade.number().into(),
            client_id: order.client_id,
            fee_in_native: order.fee_in_native,
        }
    }

    pub(super) fn read(&self) -> Result<PlaceOrder, DecodeError> {
        Ok(PlaceOrder {
            market: MarketId(self.market),
            venue: VenueId(self.venue),
            side: one_of("side", self.side, OrderSide::from_number)?,
            kind: one_of("kind", self.kind, OrderKind::from_number)?,
            price: number("price", &self.price)?,
            quantity: number("quantity", &self.quantity)?,
            trigger: self.trigger()?,
            expiry: match (self.expiry_height, self.expiry_time) {
                (0, 0) => OrderExpiry::Never,
                (height, 0) => OrderExpiry::Height(height),
                (0, time) => OrderExpiry::Time(time),
                _ => return Err(DecodeError::Field { field: "expiry", rule: "a height or a time, not both" }),
            },
            self_trade: match self.self_trade {
                0 => SelfTradeRule::CancelNewest,
                rule => one_of("self_trade", rule, SelfTradeRule::from_number)?,
            },
            client_id: self.client_id,
            fee_in_native: self.fee_in_native,
        })
    }

    fn trigger(&self) -> Result<Option<Trigger>, DecodeError> {
        match (self.trigger_kind, self.trigger_price.as_str()) {
            (0, "") => Ok(None),
            (0, _) => Err(DecodeError::Field { field: "trigger_price", rule: "only with a trigger_kind" }),
            (kind, price) => Ok(Some(Trigger {
                kind: one_of("trigger_kind", kind, TriggerKind::from_number)?,
                price: number("trigger_price", price)?,
            })),
        }
    }
}

impl Target {
    pub(super) fn of(target: &CancelTarget) -> Self {
        let target = match target {
            CancelTarget::Id(order) => OneTarget::OrderId(order.0.to_vec()),
            CancelTarget::ClientId(id) => OneTarget::ClientId(*id),
            CancelTarget::AllOf(_) => OneTarget::All(true),
        };
        Self { target: Some(target) }
    }

    pub(super) fn read(&self, market: MarketId) -> Result<CancelTarget, DecodeError> {
        match &self.target {
            Some(OneTarget::OrderId(bytes)) => match bytes.as_slice().try_into() {
                Ok(bytes) => Ok(CancelTarget::Id(OrderRef(bytes))),
                Err(_) => Err(DecodeError::Field { field: "order_id", rule: "16 bytes" }),
            },
            Some(OneTarget::ClientId(id)) => Ok(CancelTarget::ClientId(*id)),
            Some(OneTarget::All(true)) => Ok(CancelTarget::AllOf(market)),
            Some(OneTarget::All(false)) => Err(DecodeError::Field { field: "all", rule: "true" }),
            None => Err(DecodeError::Missing("target")),
        }
    }
}

impl Replacement {
    pub(super) fn of(replacement: &ReplaceOrder) -> Self {
        Self { cancel: Some(Target::of(&replacement.cancel)), place: Some(Order::of(&replacement.place)) }
    }

    pub(super) fn read(&self) -> Result<ReplaceOrder, DecodeError> {
        let place = self.place.as_ref().ok_or(DecodeError::Missing("place"))?.read()?;
        let cancel = self.cancel.as_ref().ok_or(DecodeError::Missing("cancel"))?.read(place.market)?;
        Ok(ReplaceOrder { cancel, place })
    }
}

impl MarketWish {
    pub(super) fn of(sender: SeiAddress, market: &RegisterMarket) -> Self {
        Self {
            sender: sender.to_string(),
            base: market.base.to_string(),
            quote: market.quote.to_string(),
            base_decimals: market.base_decimals.into(),
            quote_decimals: market.quote_decimals.into(),
            tick: market.tick.to_string(),
            lot: market.lot.to_string(),
            min_notional: market.min_notional.to_string(),
            maker_fee_ppm: market.maker_fee_ppm,
            taker_fee_ppm: market.taker_fee_ppm,
        }
    }

    pub(super) fn read(&self) -> Result<RegisterMarket, DecodeError> {
        let denom = |field, text: &String| text.parse().map_err(|source| DecodeError::Amount { field, source });
        Ok(RegisterMarket {
            base: denom("base", &self.base)?,
            quote: denom("quote", &self.quote)?,
            base_decimals: narrow("base_decimals", self.base_decimals)?,
            quote_decimals: narrow("quote_decimals", self.quote_decimals)?,
            tick: number("tick", &self.tick)?,
            lot: number("lot", &self.lot)?,
            min_notional: number("min_notional", &self.min_notional)?,
            maker_fee_ppm: self.maker_fee_ppm,
            taker_fee_ppm: self.taker_fee_ppm,
        })
    }
}

impl VenueWish {
    pub(super) fn of(sender: SeiAddress, venue: &RegisterVenue) -> Self {
        let own = venue.fee_recipient.is_zero();
        Self {
            sender: sender.to_string(),
            name: venue.name.clone(),
            fee_bps: venue.fee_bps.into(),
            fee_recipient: if own { String::new() } else { venue.fee_recipient.to_string() },
            callback: venue.callback.map_or_else(String::new, |contract| contract.to_string()),
            callback_gas: venue.callback_gas,
        }
    }

    pub(super) fn read(&self) -> Result<RegisterVenue, DecodeError> {
        let given = |field, text: &str| if text.is_empty() { Ok(None) } else { evm_address(field, text).map(Some) };
        Ok(RegisterVenue {
            name: self.name.clone(),
            fee_bps: narrow("fee_bps", self.fee_bps)?,
            fee_recipient: given("fee_recipient", &self.fee_recipient)?.unwrap_or_default(),
            callback: given("callback", &self.callback)?,
            callback_gas: self.callback_gas,
        })
    }
}

impl StatusWish {
    pub(super) fn of(sender: SeiAddress, market: MarketId, status: MarketStatus) -> Self {
        Self { sender: sender.to_string(), market: market.0, status: status.number().into() }
    }

    pub(super) fn read(&self) -> Result<MarketStatus, DecodeError> {
        one_of("status", self.status, MarketStatus::from_number)
    }
}
