//! Parameters of the exchange, and what the native coin is worth where fees are paid in it.

use std::collections::BTreeMap;

use seiza_state::{StateError, StateRead, StateWrite};
use seiza_types::exchange::MarketId;
use seiza_types::wire::{Reader, Wire, WireError};
use seiza_types::{Address, Denom};

use super::entries::read;
use super::{keys, view};

/// What genesis fixes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params {
    /// What listing a market takes, in usei; it comes back when the market is over and empty.
    pub listing_deposit: u128,
    /// Who halts and delists markets, if anybody.
    pub authority: Option<Address>,
    /// By quote denom the market that says what the native coin is worth in it.
    pub fee_markets: BTreeMap<Denom, MarketId>,
}

impl Wire for Params {
    fn put(&self, out: &mut Vec<u8>) {
        self.listing_deposit.put(out);
        self.authority.put(out);
        (self.fee_markets.len() as u64).put(out);
        for (denom, market) in &self.fee_markets {
            denom.put(out);
            market.put(out);
        }
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, WireError> {
        let (listing_deposit, authority) = (Wire::take(from)?, Wire::take(from)?);
        let count = from.count(2)?;
        let fee_markets =
            (0..count).map(|_| Ok((Denom::take(from)?, MarketId::take(from)?))).collect::<Result<_, _>>()?;
        Ok(Self { listing_deposit, authority, fee_markets })
    }
}

/// The parameters; those of a chain whose genesis says nothing are empty.
///
/// # Errors
/// Those of state.
pub fn params(state: &dyn StateRead) -> Result<Params, StateError> {
    Ok(read(state, &keys::params())?.unwrap_or_default())
}

pub(super) fn set_params(state: &mut dyn StateWrite, params: &Params) {
    state.put(keys::params(), params.encode().into());
}

/// What the native coin is worth, by quote denom, before a block's markets are cleared. Taken once for all of them, so that
/// none waits for another's price.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NativeRates(BTreeMap<Denom, Rate>);

/// Quote units for so many usei.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rate {
    price: u128,
    usei: u128,
}

impl NativeRates {
    /// The last prices of the markets that genesis names.
    ///
    /// # Errors
    /// Those of state.
    pub fn read(state: &dyn StateRead) -> Result<Self, StateError> {
        let mut rates = BTreeMap::new();
        for (denom, id) in params(state)?.fee_markets {
            let (Some(market), Some(price)) = (view::market(state, id)?, view::last_price(state, id)?) else {
                continue;
            };
            if market.base.is_native() && market.quote == denom {
                rates.insert(denom, Rate { price, usei: 10u128.pow(market.base_decimals.into()) });
            }
        }
        Ok(Self(rates))
    }

    /// What `amount` of `denom` is in usei, rounded up; `None` where nobody knows or it does not fit.
    pub(super) fn usei(&self, denom: &Denom, amount: u128) -> Option<u128> {
        if denom.is_native() {
            return Some(amount);
        }
        let rate = self.0.get(denom)?;
        Some(amount.checked_mul(rate.usei)?.div_ceil(rate.price))
    }
}
