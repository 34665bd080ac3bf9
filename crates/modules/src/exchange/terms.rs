//! What a market counts in.

use seiza_orderbook::units::{BaseAmount, Notional, Price, Quantity, QuoteAmount};
use seiza_orderbook::{MarketParams, Order, Side};
use seiza_state::{StateError, StateRead};
use seiza_types::exchange::{Market, MarketId, Refusal};
use seiza_types::{Denom, U256, WEI_PER_USEI};

use super::{keys, view};

/// A market with its scales worked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Terms {
    pub(super) market: Market,
    pub(super) params: MarketParams,
    /// Quote units of one tick for one lot.
    pub(super) tick_lot: u128,
}

impl Terms {
    /// `None` where the market's scales make none: no listed one's do.
    pub(super) fn of(market: Market) -> Option<Self> {
        let whole = 10u128.checked_pow(market.base_decimals.into())?;
        let product = market.tick.checked_mul(market.lot)?;
        if product == 0 || product % whole != 0 {
            return None;
        }
        let tick_lot = product / whole;
        let params = MarketParams::new(market.lot, tick_lot, Notional(market.min_notional.div_ceil(tick_lot))).ok()?;
        Some(Self { market, params, tick_lot })
    }

    /// The terms of a listed market.
    pub(super) fn read(state: &dyn StateRead, id: MarketId) -> Result<Option<Self>, StateError> {
        let Some(market) = view::market(state, id)? else { return Ok(None) };
        let terms = Self::of(market);
        terms.map(Some).ok_or_else(|| StateError::Damaged(keys::market(id), "a market's scales fit each other"))
    }

    pub(super) fn price(&self, ticks: Price) -> u128 {
        u128::from(ticks.0).saturating_mul(self.market.tick)
    }

    pub(super) fn ticks(&self, price: u128) -> Result<Price, Refusal> {
        let tick = self.market.tick;
        if !price.is_multiple_of(tick) {
            return Err(Refusal::OffTick { price, tick });
        }
        u64::try_from(price / tick).map(Price).map_err(|_| Refusal::Overflow)
    }

    pub(super) fn lots(&self, quantity: u128) -> Result<Quantity, Refusal> {
        let lot = self.market.lot;
        if !quantity.is_multiple_of(lot) {
            return Err(Refusal::OffLot { quantity, lot });
        }
        u64::try_from(quantity / lot).map(Quantity).map_err(|_| Refusal::Overflow)
    }

    /// Base units; orders whose amounts do not fit are refused on arrival.
    pub(super) fn base(&self, quantity: Quantity) -> u128 {
        self.params.base(quantity).map_or(u128::MAX, |BaseAmount(amount)| amount)
    }

    /// Quote units; orders whose amounts do not fit are refused on arrival.
    pub(super) fn quote(&self, price: Price, quantity: Quantity) -> u128 {
        self.params.quote(price * quantity).map_or(u128::MAX, |QuoteAmount(amount)| amount)
    }

    /// What `quantity` of an order needs to be in escrow: a seller the base, a buyer the quote at the limit.
    pub(super) fn escrow(&self, order: &Order, quantity: Quantity) -> u128 {
        match order.side {
            Side::Bid => self.quote(order.price, quantity),
            Side::Ask => self.base(quantity),
        }
    }

    /// What that escrow is of.
    pub(super) fn escrow_denom(&self, side: Side) -> &Denom {
        match side {
            Side::Bid => &self.market.quote,
            Side::Ask => &self.market.base,
        }
    }
}

/// An amount in the denom's own unit as the bank keeps it.
pub(super) fn kept(denom: &Denom, amount: u128) -> U256 {
    if denom.is_native() { U256::from(amount) * U256::from(WEI_PER_USEI) } else { U256::from(amount) }
}
