//! Markets and venues, as JSON.

use seiza_types::Address;
use seiza_types::exchange::{Market, Venue};
use serde::Serialize;

use super::Amount;

/// A market.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MarketShape {
    id: u32,
    base: String,
    quote: String,
    base_decimals: u8,
    quote_decimals: u8,
    tick: Amount,
    lot: Amount,
    min_notional: Amount,
    maker_fee_ppm: u32,
    taker_fee_ppm: u32,
    status: &'static str,
    creator: Address,
    deposit: Amount,
}

impl From<&Market> for MarketShape {
    fn from(market: &Market) -> Self {
        Self {
            id: market.id.0,
            base: market.base.to_string(),
            quote: market.quote.to_string(),
            base_decimals: market.base_decimals,
            quote_decimals: market.quote_decimals,
            tick: Amount(market.tick),
            lot: Amount(market.lot),
            min_notional: Amount(market.min_notional),
            maker_fee_ppm: market.maker_fee_ppm,
            taker_fee_ppm: market.taker_fee_ppm,
            status: market.status.as_str(),
            creator: market.creator,
            deposit: Amount(market.deposit),
        }
    }
}

/// A venue.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VenueShape {
    id: u32,
    owner: Address,
    name: String,
    fee_bps: u16,
    fee_recipient: Address,
    callback: Option<Address>,
    callback_gas: u64,
}

impl From<&Venue> for VenueShape {
    fn from(venue: &Venue) -> Self {
        Self {
            id: venue.id.0,
            owner: venue.owner,
            name: venue.name.clone(),
            fee_bps: venue.fee_bps,
            fee_recipient: venue.fee_recipient,
            callback: venue.callback,
            callback_gas: venue.callback_gas,
        }
    }
}
