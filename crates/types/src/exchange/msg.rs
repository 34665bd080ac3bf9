//! The exchange's native messages, as wallets send them.

use prost::Message as _;

use super::proto::{
    CancelOrders, MarketWish, Order, PlaceOrders, ReplaceOrders, Replacement, StatusWish, Target, VenueWish, list,
    read, sender,
};
use super::{CancelTarget, MarketId, MarketStatus, PlaceOrder, RegisterMarket, RegisterVenue, ReplaceOrder};
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
