//! Markets: how they are listed, halted and delisted.

use seiza_state::{StateRead, StateWrite};
use seiza_types::exchange::{Market, MarketId, MarketStatus, RegisterMarket};
use seiza_types::wire::Wire as _;
use seiza_types::{Address, Denom};

use super::limits::{DECIMALS_MAX, FEE_PPM_MAX, REGISTER_GAS, STATUS_GAS};
use super::terms::kept;
use super::{event, keys, next, params, view};
use crate::{Ctx, ModuleError, bank};

/// Where the deposits of listed markets lie: no key leads there.
pub(super) const DEPOSITS: Address = Address::new(*b"seiza:listing:escrow");

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
    put(state, &listed(id, creator, deposit, wish));
    state.put(pair, id.0.to_be_bytes()[..].into());
    Ok(id)
}

fn listed(id: MarketId, creator: Address, deposit: u128, wish: &RegisterMarket) -> Market {
    let RegisterMarket { base, quote, base_decimals, quote_decimals, tick, lot, .. } = wish.clone();
    let RegisterMarket { min_notional, maker_fee_ppm, taker_fee_ppm, .. } = *wish;
    Market {
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
        status: MarketStatus::Active,
        creator,
        deposit,
    }
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
    let market = Market { status, ..changeable(ctx.state, who, id)? };
    put(ctx.state, &market);
    if status == MarketStatus::Delisted {
        ctx.state.delete(keys::pair(&market.base, &market.quote));
    }
    // Whatever it becomes, the market looks at itself at the block's end: triggers may be due, orders to be given back.
    ctx.state.put(keys::due(id), [1][..].into());
    ctx.events.push(event::status_set(id, status));
    Ok(())
}

/// The market whose status `who` may change.
fn changeable(state: &dyn StateRead, who: Address, id: MarketId) -> Result<Market, ModuleError> {
    if params::params(state)?.authority != Some(who) {
        return Err(ModuleError::Rejected("exchange: only the authority changes a market's status"));
    }
    match view::market(state, id)? {
        None => Err(ModuleError::Rejected("exchange: unknown market")),
        Some(market) if market.status == MarketStatus::Delisted => {
            Err(ModuleError::Rejected("exchange: the market is delisted"))
        }
        Some(market) => Ok(market),
    }
}
