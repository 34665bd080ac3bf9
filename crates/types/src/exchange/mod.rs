//! The words of the exchange: markets, venues, orders, refusals, and what a block did to a market.
//!
//! All amounts are integers in the denoms' own units (`usei` for the native coin). A price is quote units for one whole
//! base coin, which is 10^base_decimals base units. `docs/spec/exchange.md` says what is done with them.

mod id;
mod market;
mod msg;
mod order;
mod outcome;
mod proto;
mod refusal;
mod response;
mod settlement;
#[cfg(test)]
mod tests;
mod venue_call;

pub use id::{MarketId, OrderRef, OrderRefError, VenueId};
pub use market::{Market, MarketStatus, RegisterMarket, RegisterVenue, Venue};
pub use msg::ExchangeMsg;
pub use order::{
    CancelTarget, OrderExpiry, OrderKind, OrderSide, PlaceOrder, ReplaceOrder, SelfTradeRule, Trigger, TriggerKind,
};
pub use outcome::{EndEvent, FeeAsset, FillEvent, LevelEvent, MarketOutcome, OrderEnd, RejectEvent, RestEvent};
pub use refusal::Refusal;
pub use response::{OrderResult, Response};
pub use settlement::{settlement_bloom, settlement_hash, settlement_height, settlement_logs};
pub use venue_call::VenueCall;

use crate::Address;

/// Where the exchange lives: its precompile, and the account that holds what open orders need (the escrow).
pub const EXCHANGE_ADDRESS: Address = Address::new([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x11, 0x00]);
