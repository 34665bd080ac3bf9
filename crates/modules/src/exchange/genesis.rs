//! Genesis of module exchange: parameters, and markets and venues that are there from the start.

use std::collections::BTreeMap;

use seiza_types::exchange::{MarketId, RegisterMarket, RegisterVenue};
use seiza_types::{Address, Denom};
use serde::{Deserialize, Serialize};

use super::limits::FEE_MARKETS_MAX;
use super::{Params, markets, params, venues};
use crate::{Ctx, ModuleError};

/// What the founding document says of the exchange. Amounts are in the denoms' own units, as decimal texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExchangeGenesis {
    /// What listing a market takes, in usei.
    #[serde(with = "decimal")]
    pub listing_deposit: u128,
    /// Who halts and delists markets; nobody where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority: Option<Address>,
    /// Markets that say what the native coin is worth, so that fees can be paid in it: by quote denom, the market's number.
    pub fee_markets: BTreeMap<String, u32>,
    /// Markets, numbered from 1 in this order.
    pub markets: Vec<GenesisMarket>,
    /// Venues, numbered from 1 in this order.
    pub venues: Vec<GenesisVenue>,
}

/// A thousand SEI.
const LISTING_DEPOSIT: u128 = 1_000_000_000;

impl Default for ExchangeGenesis {
    fn default() -> Self {
        let (fee_markets, markets, venues) = (BTreeMap::new(), Vec::new(), Vec::new());
        Self { listing_deposit: LISTING_DEPOSIT, authority: None, fee_markets, markets, venues }
    }
}

/// A market of the founding document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenesisMarket {
    /// What is traded.
    pub base: String,
    /// What it is paid in.
    pub quote: String,
    /// A whole base coin is 10 to this many base units.
    pub base_decimals: u8,
    /// A whole quote coin is 10 to this many quote units.
    pub quote_decimals: u8,
    /// Step of prices, quote units for one whole base coin.
    #[serde(with = "decimal")]
    pub tick: u128,
    /// Step of quantities, base units.
    #[serde(with = "decimal")]
    pub lot: u128,
    /// Smallest order, quote units.
    #[serde(with = "decimal")]
    pub min_notional: u128,
    /// What makers pay, in millionths.
    pub maker_fee_ppm: u32,
    /// What takers pay, in millionths.
    pub taker_fee_ppm: u32,
}

/// A venue of the founding document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenesisVenue {
    /// Who owns it.
    pub owner: Address,
    /// What people call it.
    pub name: String,
    /// Its fee, hundredths of a per cent.
    pub fee_bps: u16,
    /// Who is paid that; the owner where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee_recipient: Option<Address>,
}

impl GenesisMarket {
    fn wish(&self) -> Result<RegisterMarket, ModuleError> {
        let Self { base_decimals, quote_decimals, tick, lot, min_notional, maker_fee_ppm, taker_fee_ppm, .. } = *self;
        let (base, quote) = (self.base.parse()?, self.quote.parse()?);
        Ok(RegisterMarket {
            base,
            quote,
            base_decimals,
            quote_decimals,
            tick,
            lot,
            min_notional,
            maker_fee_ppm,
            taker_fee_ppm,
        })
    }
}

impl ExchangeGenesis {
    /// Whether all of it can be founded.
    ///
    /// # Errors
    /// A sentence that names the entry.
    pub fn check(&self) -> Result<(), String> {
        if self.fee_markets.len() > FEE_MARKETS_MAX {
            return Err(format!("exchange.fee_markets: at most {FEE_MARKETS_MAX}"));
        }
        self.fee_markets.iter().try_for_each(|(denom, number)| self.check_fee_market(denom, *number))?;
        (0..self.markets.len()).try_for_each(|index| self.check_market(index))?;
        for (index, venue) in self.venues.iter().enumerate() {
            venues::check(&venue.wish()).map_err(|error| format!("exchange.venues[{index}]: {error}"))?;
        }
        Ok(())
    }

    fn check_fee_market(&self, denom: &str, number: u32) -> Result<(), String> {
        let market = number.checked_sub(1).and_then(|at| self.markets.get(at as usize));
        let fits = market.is_some_and(|market| market.base == Denom::native().as_str() && market.quote == denom);
        if fits {
            return Ok(());
        }
        Err(format!("exchange.fee_markets: market {number} is not one of usei for {denom}"))
    }

    fn check_market(&self, index: usize) -> Result<(), String> {
        let market = &self.markets[index];
        let checked = market.wish().and_then(|wish| markets::check(&wish));
        checked.map_err(|error| format!("exchange.markets[{index}]: {error}"))?;
        let same = |other: &&GenesisMarket| (&other.base, &other.quote) == (&market.base, &market.quote);
        if self.markets.iter().filter(same).count() > 1 {
            return Err(format!("exchange.markets[{index}]: the pair has another market"));
        }
        Ok(())
    }
}

impl GenesisVenue {
    fn wish(&self) -> RegisterVenue {
        let (name, fee_recipient) = (self.name.clone(), self.fee_recipient.unwrap_or_default());
        RegisterVenue { name, fee_bps: self.fee_bps, fee_recipient, callback: None, callback_gas: 0 }
    }
}

pub(super) fn init(ctx: &mut Ctx<'_>, genesis: &ExchangeGenesis) -> Result<(), ModuleError> {
    let priced = genesis.fee_markets.iter().map(|(denom, market)| Ok((denom.parse()?, MarketId(*market))));
    let fee_markets = priced.collect::<Result<_, ModuleError>>()?;
    let (listing_deposit, authority) = (genesis.listing_deposit, genesis.authority);
    params::set_params(ctx.state, &Params { listing_deposit, authority, fee_markets });
    for market in &genesis.markets {
        let wish = market.wish()?;
        markets::check(&wish)?;
        markets::list(ctx.state, authority.unwrap_or_default(), 0, &wish)?;
    }
    for venue in &genesis.venues {
        venues::check(&venue.wish())?;
        venues::add(ctx.state, venue.owner, &venue.wish())?;
    }
    Ok(())
}

/// Amounts as decimal texts; whole JSON numbers are read, too.
mod decimal {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(u64),
        Text(String),
    }

    pub(super) fn serialize<S: Serializer>(amount: &u128, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(amount)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u128, D::Error> {
        match Either::deserialize(from)? {
            Either::Number(number) => Ok(number.into()),
            Either::Text(text) => text.parse().map_err(|_| D::Error::custom(format!("{text:?} is no decimal amount"))),
        }
    }
}
