//! Markets: what they count in, how they are listed, halted and delisted.

use seiza_orderbook::units::{BaseAmount, Notional, Price, Quantity, QuoteAmount};
use seiza_orderbook::{MarketParams, Order, Side};
use seiza_state::{StateError, StateRead, StateWrite};
use seiza_types::exchange::{Market, MarketId, MarketStatus, Refusal, RegisterMarket};
use seiza_types::wire::Wire as _;
use seiza_types::{Address, Denom, U256, WEI_PER_USEI};

use super::limits::{DECIMALS_MAX, FEE_PPM_MAX, REGISTER_GAS, STATUS_GAS};
use super::{event, keys, next, params, view};
use crate::{Ctx, ModuleError, bank};

/// Where the deposits of listed markets lie: no key leads there.
pub(super) const DEPOSITS: Address = Address::new(*b"seiza:listing:escrow");

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

/// Lists a market for a deposit.
///
/// # Errors
/// [`ModuleError::Rejected`] with the rule that it breaks; [`ModuleError::InsufficientFunds`] for the deposit.
pub fn register_market(ctx: &mut Ctx<'_>, who: Address, wish: &RegisterMarket) -> Result<MarketId, ModuleError> {
    ctx.gas.charge(REGISTER_GAS)?;
    check(wish)?;
    let deposit = params::params(ctx.state)?.listing_deposit;
    bank::debit(ctx.state, &who, &Denom::native(), kept(&Denom::native(), deposit))?;
    bank::credit(ctx.state, &DEPOSITS, &Denom::native(), kept(&Denom::native(), deposit))?;
    let id = list(ctx.state, who, deposit, wish)?;
    ctx.events.push(event::market_registered(id, who, wish));
    Ok(id)
}

/// Lists a market that was checked, whoever pays for it.
pub(super) fn list(
    state: &mut dyn StateWrite,
    creator: Address,
    deposit: u128,
    wish: &RegisterMarket,
) -> Result<MarketId, ModuleError> {
    let pair = keys::pair(&wish.base, &wish.quote);
    if state.get(&pair)?.is_some() {
        return Err(ModuleError::Rejected("exchange: the pair has a market already"));
    }
    let id = MarketId(next(state, keys::market_count())?);
    let RegisterMarket { base_decimals, quote_decimals, tick, lot, min_notional, maker_fee_ppm, taker_fee_ppm, .. } =
        *wish;
    let (base, quote, status) = (wish.base.clone(), wish.quote.clone(), MarketStatus::Active);
    put(
        state,
        &Market {
            id,
            base,
            quote,
            base_decimals,
            quote_decimals,
            tick,
            lot,
            min_notional,
            maker_fee_ppm,
            taker_fee_ppm,
            status,
            creator,
            deposit,
        },
    );
    state.put(pair, id.0.to_be_bytes()[..].into());
    Ok(id)
}

pub(super) fn put(state: &mut dyn StateWrite, market: &Market) {
    state.put(keys::market(market.id), market.encode().into());
}

/// Whether there can be such a market.
pub(super) fn check(wish: &RegisterMarket) -> Result<(), ModuleError> {
    let rejected = |rule| Err(ModuleError::Rejected(rule));
    if wish.base == wish.quote {
        return rejected("exchange: base and quote are two denoms");
    }
    if wish.base_decimals > DECIMALS_MAX || wish.quote_decimals > DECIMALS_MAX {
        return rejected("exchange: at most 30 decimals");
    }
    if wish.tick == 0 || wish.lot == 0 {
        return rejected("exchange: tick and lot are at least 1");
    }
    if wish.maker_fee_ppm > FEE_PPM_MAX || wish.taker_fee_ppm > FEE_PPM_MAX {
        return rejected("exchange: a fee is at most 50000 millionths");
    }
    let product = wish.tick.checked_mul(wish.lot);
    let whole = 10u128.pow(wish.base_decimals.into());
    if product.is_none_or(|product| product % whole != 0) {
        return rejected("exchange: tick times lot is a multiple of 10^base_decimals, within 128 bits");
    }
    Ok(())
}

/// Halts, resumes or delists a market. What is delisted stays so.
///
/// # Errors
/// [`ModuleError::Rejected`] where `who` is not the authority, there is no such market, or it is delisted.
pub fn set_status(ctx: &mut Ctx<'_>, who: Address, id: MarketId, status: MarketStatus) -> Result<(), ModuleError> {
    ctx.gas.charge(STATUS_GAS)?;
    if params::params(ctx.state)?.authority != Some(who) {
        return Err(ModuleError::Rejected("exchange: only the authority changes a market's status"));
    }
    let Some(mut market) = view::market(ctx.state, id)? else {
        return Err(ModuleError::Rejected("exchange: unknown market"));
    };
    if market.status == MarketStatus::Delisted {
        return Err(ModuleError::Rejected("exchange: the market is delisted"));
    }
    market.status = status;
    put(ctx.state, &market);
    if status == MarketStatus::Delisted {
        ctx.state.delete(keys::pair(&market.base, &market.quote));
    }
    // Whatever it becomes, the market looks at itself at the block's end: triggers may be due, orders to be given back.
    ctx.state.put(keys::due(id), [1][..].into());
    ctx.events.push(event::status_set(id, status));
    Ok(())
}
