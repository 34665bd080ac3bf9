//! Placing, cancelling and replacing orders, for oneself or for those who have made the caller their operator.

use alloy_sol_types::SolCall as _;
use seiza_modules::exchange::{self, operators};
use seiza_types::Address;
use seiza_types::exchange::{CancelTarget, MarketId, OrderRef, PlaceOrder, Refusal, ReplaceOrder};
use seiza_types::limits::EXCHANGE_ORDERS_MAX;

use super::abi::IExchange::{
    self, CancelRequested, OperatorApproved, OrderPlaced, OrderRefused, approveOperatorCall, cancelOrdersCall,
    placeOrdersCall, replaceOrdersCall,
};
use super::refusal::{Subject, encode};
use super::{abi, emit, shown, with_module};
use crate::evm::EvmContext;
use crate::interop::Bridge;
use crate::precompiles::call::{Call, Failure, revert};
use crate::precompiles::gas;

pub(super) fn place(
    ctx: &mut EvmContext<'_>,
    call: &mut Call,
    owner: Address,
    orders: &[IExchange::Order],
) -> Result<Vec<u8>, Failure> {
    begin(ctx, call, owner, orders.len())?;
    let orders = read("orders", orders, abi::order)?;
    let results = with_module(ctx, call, |ctx| exchange::place_orders(ctx, owner, &orders))?;
    let told: Vec<_> =
        results.into_iter().zip(&orders).map(|(result, order)| tell(ctx, owner, order, result)).collect();
    Ok(placeOrdersCall::abi_encode_returns(&told))
}

pub(super) fn cancel(
    ctx: &mut EvmContext<'_>,
    call: &mut Call,
    owner: Address,
    market: u32,
    targets: &[IExchange::Cancel],
) -> Result<Vec<u8>, Failure> {
    begin(ctx, call, owner, targets.len())?;
    let targets = read("targets", targets, |target| abi::target(market, target))?;
    let results = with_module(ctx, call, |ctx| exchange::cancel_orders(ctx, owner, MarketId(market), &targets))?;
    let told: Vec<_> = results
        .into_iter()
        .zip(&targets)
        .map(|(result, target)| tell_cancel(ctx, owner, market, target, result))
        .collect();
    Ok(cancelOrdersCall::abi_encode_returns(&told))
}

pub(super) fn replace(
    ctx: &mut EvmContext<'_>,
    call: &mut Call,
    owner: Address,
    replacements: &[IExchange::Replacement],
) -> Result<Vec<u8>, Failure> {
    begin(ctx, call, owner, replacements.len().saturating_mul(2))?;
    let replacements = read("replacements", replacements, |both| {
        let cancel = abi::target(both.order.market, &both.cancel)?;
        Ok(ReplaceOrder { cancel, place: abi::order(&both.order)? })
    })?;
    let results = with_module(ctx, call, |ctx| exchange::replace_orders(ctx, owner, &replacements))?;
    let mut told = Vec::with_capacity(results.len());
    for (result, ReplaceOrder { cancel, place }) in results.into_iter().zip(&replacements) {
        // Funds are looked at last, when what is replaced is gone.
        if matches!(result, Ok(_) | Err(Refusal::InsufficientFunds { .. })) {
            tell_cancel(ctx, owner, place.market.0, cancel, Ok(()));
        }
        told.push(tell(ctx, owner, place, result));
    }
    Ok(replaceOrdersCall::abi_encode_returns(&told))
}

pub(super) fn approve(
    ctx: &mut EvmContext<'_>,
    call: &mut Call,
    args: &approveOperatorCall,
) -> Result<Vec<u8>, Failure> {
    call.gas.charge(gas::WRITE + gas::EVENT)?;
    let (owner, operator, approved) = (call.caller, args.operator, args.approved);
    operators::approve(&mut Bridge::open(ctx), &owner, &operator, approved);
    emit(ctx, &OperatorApproved { owner, operator, approved });
    Ok(Vec::new())
}

/// Whether the caller may act for the owner; and what the events will cost, before anything is done.
fn begin(ctx: &mut EvmContext<'_>, call: &mut Call, owner: Address, events: usize) -> Result<(), Failure> {
    call.gas.charge(gas::EVENT * events as u64)?;
    let operator = call.caller;
    if operator == owner {
        return Ok(());
    }
    call.gas.charge(gas::READ_ENTRY)?;
    if operators::is_approved(&Bridge::view(ctx), &owner, &operator)? {
        return Ok(());
    }
    revert(format!("{operator} is no operator of {owner}"))
}

/// A list of 1 to as many entries as a call may have.
fn read<S, T>(name: &str, list: &[S], read: impl Fn(&S) -> Result<T, &'static str>) -> Result<Vec<T>, Failure> {
    if list.is_empty() || list.len() > EXCHANGE_ORDERS_MAX {
        return revert(format!("{name}: {} entries, a call has 1 to {EXCHANGE_ORDERS_MAX}", list.len()));
    }
    let named =
        |(index, entry)| read(entry).map_err(|field| Failure::Revert(format!("{name}[{index}].{field} is none")));
    list.iter().enumerate().map(named).collect()
}

/// Tells by an event what became of an order; answers the same.
fn tell(
    ctx: &mut EvmContext<'_>,
    owner: Address,
    order: &PlaceOrder,
    result: Result<OrderRef, Refusal>,
) -> IExchange::Result {
    let subject = Subject::of(order);
    let Subject { market, venue, client_id } = subject;
    match result {
        Ok(id) => {
            emit(ctx, &placed(owner, id, order));
            taken(id.number())
        }
        Err(refusal) => {
            let refused = refused(&refusal, subject);
            let (code, refusal) = (refused.code, refused.refusal.clone());
            emit(ctx, &OrderRefused { owner, market, venue, clientId: client_id, code, refusal });
            refused
        }
    }
}

fn placed(owner: Address, id: OrderRef, order: &PlaceOrder) -> OrderPlaced {
    OrderPlaced {
        owner,
        market: order.market.0,
        venue: order.venue.0,
        orderId: id.number(),
        clientId: order.client_id,
        side: shown::side(order.side),
        kind: shown::kind(order.kind),
        price: order.price,
        quantity: order.quantity,
    }
}

fn tell_cancel(
    ctx: &mut EvmContext<'_>,
    owner: Address,
    market: u32,
    target: &CancelTarget,
    result: Result<(), Refusal>,
) -> IExchange::Result {
    let (order_id, client_id) = match target {
        CancelTarget::Id(order) => (order.number(), 0),
        CancelTarget::ClientId(client) => (0, *client),
        CancelTarget::AllOf(_) => (0, 0),
    };
    match result {
        Ok(()) => {
            emit(ctx, &CancelRequested { owner, market, orderId: order_id, clientId: client_id });
            taken(order_id)
        }
        Err(refusal) => {
            let refused = refused(&refusal, Subject { market, venue: 0, client_id });
            IExchange::Result { orderId: order_id, ..refused }
        }
    }
}

fn taken(order_id: u128) -> IExchange::Result {
    IExchange::Result { orderId: order_id, code: 0, refusal: Default::default() }
}

fn refused(refusal: &Refusal, subject: Subject) -> IExchange::Result {
    IExchange::Result { orderId: 0, code: refusal.code(), refusal: encode(refusal, subject).into() }
}
