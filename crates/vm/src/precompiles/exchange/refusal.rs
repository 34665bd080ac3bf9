//! Refusals of one order as Solidity's custom errors, so that a contract can hand them on by reverting with them.

use alloy_sol_types::SolError as _;
use seiza_types::U256;
use seiza_types::exchange::{PlaceOrder, Refusal};

use super::abi::IExchange;

/// What was asked for, as far as its refusal names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Subject {
    pub(super) market: u32,
    pub(super) venue: u32,
    pub(super) client_id: u64,
}

impl Subject {
    pub(super) fn of(order: &PlaceOrder) -> Self {
        Self { market: order.market.0, venue: order.venue.0, client_id: order.client_id }
    }
}

/// The error that the interface has for a refusal, encoded.
pub(super) fn encode(refusal: &Refusal, subject: Subject) -> Vec<u8> {
    let Subject { market, venue, client_id } = subject;
    match refusal {
        Refusal::UnknownMarket => IExchange::UnknownMarket { market }.abi_encode(),
        Refusal::UnknownVenue => IExchange::UnknownVenue { venue }.abi_encode(),
        Refusal::Halted => IExchange::MarketHalted { market }.abi_encode(),
        Refusal::Delisted => IExchange::MarketDelisted { market }.abi_encode(),
        Refusal::ZeroPrice => IExchange::ZeroPrice {}.abi_encode(),
        Refusal::ZeroQuantity => IExchange::ZeroQuantity {}.abi_encode(),
        Refusal::ZeroTriggerPrice => IExchange::ZeroTriggerPrice {}.abi_encode(),
        Refusal::OffTick { price, tick } => IExchange::OffTick { price: *price, tick: *tick }.abi_encode(),
        Refusal::OffLot { quantity, lot } => IExchange::OffLot { quantity: *quantity, lot: *lot }.abi_encode(),
        Refusal::Overflow => IExchange::TooLarge {}.abi_encode(),
        Refusal::BelowMinNotional { notional, min } => {
            IExchange::BelowMinNotional { notional: *notional, minNotional: *min }.abi_encode()
        }
        Refusal::InsufficientFunds { denom, have, want } => {
            let (denom, have) = (denom.to_string(), have.parse().unwrap_or(U256::ZERO));
            IExchange::InsufficientFunds { denom, have, want: U256::from(*want) }.abi_encode()
        }
        Refusal::Expired => IExchange::AlreadyExpired {}.abi_encode(),
        Refusal::DuplicateClientId { open } => {
            IExchange::DuplicateClientId { clientId: client_id, openOrder: open.number() }.abi_encode()
        }
        Refusal::UnknownOrder => IExchange::UnknownOrder {}.abi_encode(),
        Refusal::NotOwner => IExchange::NotOwner {}.abi_encode(),
        Refusal::AlreadyCancelled => IExchange::AlreadyCancelled {}.abi_encode(),
        Refusal::WouldCross { best } => IExchange::WouldCross { best: *best }.abi_encode(),
    }
}
