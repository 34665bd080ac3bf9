//! What contracts read of the exchange. Each function costs as much as it may show, before it looks.

use alloy_sol_types::SolCall as _;
use seiza_modules::bank;
use seiza_modules::exchange::{operators, view};
use seiza_types::exchange::{MarketId, OrderRef, PlaceOrder, VenueId};

use super::abi::{self, IExchange, IExchange::IExchangeCalls as Asked};
use super::shown;
use crate::evm::EvmContext;
use crate::interop::Bridge;
use crate::precompiles::call::{Call, Failure, revert};
use crate::precompiles::gas;

/// Entries of one list.
const LIST_MAX: u32 = 100;
const NOT_OPEN: &str = "no open order of that name";

/// The answer to a function that only reads, or the function where it is another.
pub(super) fn answer(
    ctx: &mut EvmContext<'_>,
    call: &mut Call,
    asked: Asked,
) -> Result<Result<Vec<u8>, Asked>, Failure> {
    let state = &Bridge::view(ctx);
    Ok(Ok(match asked {
        Asked::denomOf(args) => {
            IExchange::denomOfCall::abi_encode_returns(&bank::wrapped_denom(&args.token).to_string())
        }
        Asked::isOperator(args) => {
            let approved = operators::is_approved(state, &args.owner, &args.operator)?;
            IExchange::isOperatorCall::abi_encode_returns(&approved)
        }
        Asked::market(args) => market(state, args.id)?,
        Asked::markets(args) => markets(state, call, &args)?,
        Asked::venue(args) => venue(state, args.id)?,
        Asked::lastPrice(args) => {
            let price = view::last_price(state, MarketId(args.market))?.unwrap_or(0);
            IExchange::lastPriceCall::abi_encode_returns(&price)
        }
        Asked::depth(args) => depth(state, call, &args)?,
        Asked::order(args) => {
            IExchange::orderCall::abi_encode_returns(&open(view::order(state, OrderRef::from_number(args.orderId))?)?)
        }
        Asked::orderByClientId(args) => {
            let found = view::order_by_client(state, args.owner, args.clientId)?;
            IExchange::orderByClientIdCall::abi_encode_returns(&open(found)?)
        }
        Asked::openOrders(args) => open_orders(state, call, &args)?,
        other => return Ok(Err(other)),
    }))
}

fn market(state: &Bridge<'_, '_>, id: u32) -> Result<Vec<u8>, Failure> {
    match view::market(state, MarketId(id))? {
        Some(market) => Ok(IExchange::marketCall::abi_encode_returns(&shown::market(market))),
        None => revert(format!("market {id} does not exist")),
    }
}

fn markets(state: &Bridge<'_, '_>, call: &mut Call, args: &IExchange::marketsCall) -> Result<Vec<u8>, Failure> {
    let limit = limited(call, args.limit)?;
    let ids = (args.first.max(1)..=u32::MAX).take(limit);
    let mut found = Vec::new();
    for id in ids {
        match view::market(state, MarketId(id))? {
            Some(market) => found.push(shown::market(market)),
            None => break,
        }
    }
    Ok(IExchange::marketsCall::abi_encode_returns(&found))
}

fn venue(state: &Bridge<'_, '_>, id: u32) -> Result<Vec<u8>, Failure> {
    match view::venue(state, VenueId(id))? {
        Some(venue) => Ok(IExchange::venueCall::abi_encode_returns(&shown::venue(venue))),
        None => revert(format!("venue {id} does not exist")),
    }
}

fn depth(state: &Bridge<'_, '_>, call: &mut Call, args: &IExchange::depthCall) -> Result<Vec<u8>, Failure> {
    let limit = limited(call, args.limit)?;
    let Some(side) = abi::side(args.side) else { return revert("side is none") };
    let levels = view::levels(state, MarketId(args.market), side, limit)?.into_iter();
    let levels =
        levels.map(|level| IExchange::Level { price: level.price, quantity: level.quantity, orders: level.orders });
    Ok(IExchange::depthCall::abi_encode_returns(&levels.collect::<Vec<_>>()))
}

fn open_orders(state: &Bridge<'_, '_>, call: &mut Call, args: &IExchange::openOrdersCall) -> Result<Vec<u8>, Failure> {
    let limit = limited(call, args.limit)?;
    let market = Some(MarketId(args.market)).filter(|market| market.0 != 0);
    let after = if args.after_ == 0 { None } else { Some(behind(state, market, args.after_)?) };
    let found = view::open_orders(state, args.owner, market, after, limit)?;
    Ok(IExchange::openOrdersCall::abi_encode_returns(&found.into_iter().map(open_order).collect::<Vec<_>>()))
}

/// Where a list goes on: behind that order, which must be open still where only it tells the market.
fn behind(state: &Bridge<'_, '_>, market: Option<MarketId>, order: u128) -> Result<(MarketId, OrderRef), Failure> {
    let order = OrderRef::from_number(order);
    match market {
        Some(market) => Ok((market, order)),
        None => match view::order(state, order)? {
            Some(open) => Ok((open.market, order)),
            None => revert(NOT_OPEN),
        },
    }
}

/// How long a list may be; charges for all of it.
fn limited(call: &mut Call, limit: u32) -> Result<usize, Failure> {
    if limit > LIST_MAX {
        return revert(format!("limit is {limit}, at most {LIST_MAX} are shown"));
    }
    call.gas.charge(gas::READ_ENTRY * u64::from(limit))?;
    Ok(limit as usize)
}

fn open(found: Option<view::OpenOrder>) -> Result<IExchange::OpenOrder, Failure> {
    found.map(open_order).ok_or_else(|| Failure::Revert(NOT_OPEN.into()))
}

fn open_order(open: view::OpenOrder) -> IExchange::OpenOrder {
    let order = PlaceOrder {
        market: open.market,
        venue: open.venue,
        side: open.side,
        kind: open.kind,
        price: open.price,
        quantity: open.remaining,
        trigger: open.trigger,
        expiry: open.expiry,
        self_trade: open.self_trade,
        client_id: open.client_id,
        fee_in_native: open.fee_in_native,
    };
    IExchange::OpenOrder { orderId: open.id.number(), owner: open.owner, order: shown::order(&order) }
}
