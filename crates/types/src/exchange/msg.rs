//! The exchange's native messages and their answers, as wallets send and read them.

use prost::Message as _;

use super::proto::{
    CancelOrders, MarketWish, OneResult, Order, PlaceOrders, Registered, ReplaceOrders, Replacement, Results,
    StatusWish, Target, VenueWish, list, read, sender,
};
use super::{
    CancelTarget, MarketId, MarketStatus, OrderRef, PlaceOrder, RegisterMarket, RegisterVenue, ReplaceOrder, VenueId,
};
use crate::SeiAddress;
use crate::tx::DecodeError;

const PLACE: &str = "/seiza.exchange.v1.MsgPlaceOrders";
const CANCEL: &str = "/seiza.exchange.v1.MsgCancelOrders";
const REPLACE: &str = "/seiza.exchange.v1.MsgReplaceOrders";
const MARKET: &str = "/seiza.exchange.v1.MsgRegisterMarket";
const VENUE: &str = "/seiza.exchange.v1.MsgRegisterVenue";
const STATUS: &str = "/seiza.exchange.v1.MsgSetMarketStatus";

/// A native message to the exchange. A fault of one order is that order's; the others of its message stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExchangeMsg {
    /// New orders, of any markets.
    PlaceOrders {
        /// Whose they are.
        sender: SeiAddress,
        /// 1 to [`crate::limits::EXCHANGE_ORDERS_MAX`].
        orders: Vec<PlaceOrder>,
    },
    /// Cancellations in one market.
    CancelOrders {
        /// Whose orders they are.
        sender: SeiAddress,
        /// Where.
        market: MarketId,
        /// 1 to [`crate::limits::EXCHANGE_ORDERS_MAX`].
        targets: Vec<CancelTarget>,
    },
    /// Cancellations with new orders in their place.
    ReplaceOrders {
        /// Whose orders they are.
        sender: SeiAddress,
        /// 1 to [`crate::limits::EXCHANGE_ORDERS_MAX`].
        replacements: Vec<ReplaceOrder>,
    },
    /// Lists a market.
    RegisterMarket {
        /// Who pays the deposit.
        sender: SeiAddress,
        /// Which.
        market: RegisterMarket,
    },
    /// Registers a venue.
    RegisterVenue {
        /// Its owner. A `fee_recipient` of zero is the owner.
        sender: SeiAddress,
        /// Which.
        venue: RegisterVenue,
    },
    /// Halts, resumes or delists a market.
    SetMarketStatus {
        /// Genesis' authority.
        sender: SeiAddress,
        /// Which.
        market: MarketId,
        /// What it becomes.
        status: MarketStatus,
    },
}

impl ExchangeMsg {
    /// Reads a message of that type; `None` where the type is none of the exchange's.
    pub fn decode(type_url: &str, bytes: &[u8]) -> Option<Result<Self, DecodeError>> {
        Some(match type_url {
            PLACE => place(bytes),
            CANCEL => cancel(bytes),
            REPLACE => replace(bytes),
            MARKET => read::<MarketWish>(bytes)
                .and_then(|wish| Ok(Self::RegisterMarket { sender: sender(&wish.sender)?, market: wish.read()? })),
            VENUE => read::<VenueWish>(bytes)
                .and_then(|wish| Ok(Self::RegisterVenue { sender: sender(&wish.sender)?, venue: wish.read()? })),
            STATUS => read::<StatusWish>(bytes).and_then(|wish| {
                let (sender, market) = (sender(&wish.sender)?, MarketId(wish.market));
                Ok(Self::SetMarketStatus { sender, market, status: wish.read()? })
            }),
            _ => return None,
        })
    }

    /// The message's protobuf bytes, behind [`ExchangeMsg::type_url`].
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let text = self.sender().to_string();
        match self {
            Self::PlaceOrders { orders, .. } => {
                PlaceOrders { sender: text, orders: orders.iter().map(Order::of).collect() }.encode_to_vec()
            }
            Self::CancelOrders { market, targets, .. } => {
                let targets = targets.iter().map(Target::of).collect();
                CancelOrders { sender: text, market: market.0, targets }.encode_to_vec()
            }
            Self::ReplaceOrders { replacements, .. } => {
                let replacements = replacements.iter().map(Replacement::of).collect();
                ReplaceOrders { sender: text, replacements }.encode_to_vec()
            }
            Self::RegisterMarket { sender, market } => MarketWish::of(*sender, market).encode_to_vec(),
            Self::RegisterVenue { sender, venue } => VenueWish::of(*sender, venue).encode_to_vec(),
            Self::SetMarketStatus { sender, market, status } => {
                StatusWish::of(*sender, *market, *status).encode_to_vec()
            }
        }
    }

    /// Who must have signed.
    #[must_use]
    pub fn sender(&self) -> SeiAddress {
        match self {
            Self::PlaceOrders { sender, .. }
            | Self::CancelOrders { sender, .. }
            | Self::ReplaceOrders { sender, .. }
            | Self::RegisterMarket { sender, .. }
            | Self::RegisterVenue { sender, .. }
            | Self::SetMarketStatus { sender, .. } => *sender,
        }
    }

    /// The message's protobuf type URL.
    #[must_use]
    pub fn type_url(&self) -> &'static str {
        match self {
            Self::PlaceOrders { .. } => PLACE,
            Self::CancelOrders { .. } => CANCEL,
            Self::ReplaceOrders { .. } => REPLACE,
            Self::RegisterMarket { .. } => MARKET,
            Self::RegisterVenue { .. } => VENUE,
            Self::SetMarketStatus { .. } => STATUS,
        }
    }

    /// The protobuf type URL of what answers it.
    #[must_use]
    pub fn response_type_url(&self) -> &'static str {
        match self {
            Self::PlaceOrders { .. } => "/seiza.exchange.v1.MsgPlaceOrdersResponse",
            Self::CancelOrders { .. } => "/seiza.exchange.v1.MsgCancelOrdersResponse",
            Self::ReplaceOrders { .. } => "/seiza.exchange.v1.MsgReplaceOrdersResponse",
            Self::RegisterMarket { .. } => "/seiza.exchange.v1.MsgRegisterMarketResponse",
            Self::RegisterVenue { .. } => "/seiza.exchange.v1.MsgRegisterVenueResponse",
            Self::SetMarketStatus { .. } => "/seiza.exchange.v1.MsgSetMarketStatusResponse",
        }
    }
}

fn place(bytes: &[u8]) -> Result<ExchangeMsg, DecodeError> {
    let message: PlaceOrders = read(bytes)?;
    let orders = list("orders", &message.orders, Order::read)?;
    Ok(ExchangeMsg::PlaceOrders { sender: sender(&message.sender)?, orders })
}

fn cancel(bytes: &[u8]) -> Result<ExchangeMsg, DecodeError> {
    let message: CancelOrders = read(bytes)?;
    let market = MarketId(message.market);
    let targets = list("targets", &message.targets, |target| target.read(market))?;
    Ok(ExchangeMsg::CancelOrders { sender: sender(&message.sender)?, market, targets })
}

fn replace(bytes: &[u8]) -> Result<ExchangeMsg, DecodeError> {
    let message: ReplaceOrders = read(bytes)?;
    let replacements = list("replacements", &message.replacements, Replacement::read)?;
    Ok(ExchangeMsg::ReplaceOrders { sender: sender(&message.sender)?, replacements })
}

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
    /// The answer's protobuf bytes, behind [`ExchangeMsg::response_type_url`].
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
