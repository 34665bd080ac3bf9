//! Listing markets and registering venues.

use alloy_sol_types::SolCall as _;
use seiza_modules::exchange;
use seiza_types::exchange::{MarketId, RegisterMarket, RegisterVenue};
use seiza_types::{Address, Denom};

use super::abi::IExchange::{
    MarketRegistered, MarketStatusChanged, NewMarket, VenueRegistered, registerMarketCall, registerVenueCall,
    setMarketStatusCall,
};
use super::{abi, emit, with_module};
use crate::evm::EvmContext;
use crate::precompiles::call::{Call, Failure, revert};
use crate::precompiles::gas;

pub(super) fn register(ctx: &mut EvmContext<'_>, call: &mut Call, wish: NewMarket) -> Result<Vec<u8>, Failure> {
    call.gas.charge(gas::EVENT)?;
    let creator = call.caller;
    let wanted = RegisterMarket {
        base: denom("base", &wish.base)?,
        quote: denom("quote", &wish.quote)?,
        base_decimals: wish.baseDecimals,
        quote_decimals: wish.quoteDecimals,
        tick: wish.tick,
        lot: wish.lot,
        min_notional: wish.minNotional,
        maker_fee_ppm: wish.makerFeePpm,
        taker_fee_ppm: wish.takerFeePpm,
    };
    let MarketId(market) = with_module(ctx, call, |ctx| exchange::register_market(ctx, creator, &wanted))?;
    emit(ctx, &MarketRegistered { market, creator, base: wish.base, quote: wish.quote });
    Ok(registerMarketCall::abi_encode_returns(&market))
}

pub(super) fn register_venue(
    ctx: &mut EvmContext<'_>,
    call: &mut Call,
    wish: registerVenueCall,
) -> Result<Vec<u8>, Failure> {
    call.gas.charge(gas::EVENT)?;
    let owner = call.caller;
    let wanted = RegisterVenue {
        name: wish.name.clone(),
        fee_bps: wish.feeBps,
        fee_recipient: wish.feeRecipient,
        callback: Some(wish.callback).filter(|callback| *callback != Address::ZERO),
        callback_gas: wish.callbackGas,
    };
    let venue = with_module(ctx, call, |ctx| exchange::register_venue(ctx, owner, &wanted))?.0;
    emit(ctx, &VenueRegistered { venue, owner, name: wish.name, feeBps: wish.feeBps });
    Ok(registerVenueCall::abi_encode_returns(&venue))
}

pub(super) fn set_status(
    ctx: &mut EvmContext<'_>,
    call: &mut Call,
    wish: &setMarketStatusCall,
) -> Result<Vec<u8>, Failure> {
    call.gas.charge(gas::EVENT)?;
    let Some(status) = abi::status(wish.status) else { return revert("status is none") };
    let (who, market) = (call.caller, MarketId(wish.market));
    with_module(ctx, call, |ctx| exchange::set_status(ctx, who, market, status))?;
    emit(ctx, &MarketStatusChanged { market: wish.market, status: wish.status });
    Ok(Vec::new())
}

fn denom(field: &str, text: &str) -> Result<Denom, Failure> {
    text.parse().map_err(|error| Failure::Revert(format!("{field}: {error}")))
}
