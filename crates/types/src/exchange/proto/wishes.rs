//! Registrations and a market's status to and from our words.

use super::super::{MarketId, MarketStatus, RegisterMarket, RegisterVenue};
use super::fields::{evm_address, narrow, number, one_of};
use super::{MarketWish, StatusWish, VenueWish};
use crate::SeiAddress;
use crate::tx::DecodeError;

impl MarketWish {
    pub(in crate::exchange) fn of(sender: SeiAddress, market: &RegisterMarket) -> Self {
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

    pub(in crate::exchange) fn read(&self) -> Result<RegisterMarket, DecodeError> {
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
    pub(in crate::exchange) fn of(sender: SeiAddress, venue: &RegisterVenue) -> Self {
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

    pub(in crate::exchange) fn read(&self) -> Result<RegisterVenue, DecodeError> {
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
    pub(in crate::exchange) fn of(sender: SeiAddress, market: MarketId, status: MarketStatus) -> Self {
        Self { sender: sender.to_string(), market: market.0, status: status.number().into() }
    }

    pub(in crate::exchange) fn read(&self) -> Result<MarketStatus, DecodeError> {
        one_of("status", self.status, MarketStatus::from_number)
    }
}
