//! The exchange: markets, venues, orders with their escrow, and what a block's end does to a market.

pub mod view;

use seiza_state::{StateError, StateRead};
use seiza_types::Address;
use seiza_types::exchange::{
    CancelTarget, ExchangeMsg, MarketId, MarketOutcome, MarketStatus, OrderRef, PlaceOrder, Refusal, RegisterMarket,
    RegisterVenue, ReplaceOrder, Response, VenueId,
};

use crate::{Ctx, ModuleError};

/// Does what a native message asks; the place of its orders is `ctx.place`.
///
/// # Errors
/// Out of gas, and faults of the message as a whole. A fault of one order is in the answer.
pub fn handle(_: &mut Ctx<'_>, _: Address, _: &ExchangeMsg) -> Result<Response, ModuleError> {
    todo!()
}

/// Places orders; `ctx.place` names them.
///
/// # Errors
/// Out of gas.
pub fn place_orders(
    _: &mut Ctx<'_>,
    _: Address,
    _: &[PlaceOrder],
) -> Result<Vec<Result<OrderRef, Refusal>>, ModuleError> {
    todo!()
}

/// Cancels orders.
///
/// # Errors
/// Out of gas.
pub fn cancel_orders(
    _: &mut Ctx<'_>,
    _: Address,
    _: MarketId,
    _: &[CancelTarget],
) -> Result<Vec<Result<(), Refusal>>, ModuleError> {
    todo!()
}

/// Replaces orders.
///
/// # Errors
/// Out of gas.
pub fn replace_orders(
    _: &mut Ctx<'_>,
    _: Address,
    _: &[ReplaceOrder],
) -> Result<Vec<Result<OrderRef, Refusal>>, ModuleError> {
    todo!()
}

/// Lists a market.
///
/// # Errors
/// What is wrong with it; insufficient funds for the deposit.
pub fn register_market(_: &mut Ctx<'_>, _: Address, _: &RegisterMarket) -> Result<MarketId, ModuleError> {
    todo!()
}

/// Registers a venue.
///
/// # Errors
/// What is wrong with it.
pub fn register_venue(_: &mut Ctx<'_>, _: Address, _: &RegisterVenue) -> Result<VenueId, ModuleError> {
    todo!()
}

/// Halts, resumes or delists a market.
///
/// # Errors
/// Where `who` is not genesis' authority.
pub fn set_status(_: &mut Ctx<'_>, _: Address, _: MarketId, _: MarketStatus) -> Result<(), ModuleError> {
    todo!()
}

/// Markets that want a batch at this block's end.
///
/// # Errors
/// Those of state.
pub fn touched(_: &dyn StateRead) -> Result<Vec<MarketId>, StateError> {
    todo!()
}

/// Ends the block for one market.
///
/// # Errors
/// Those of state.
pub fn end_market(_: &mut Ctx<'_>, _: MarketId) -> Result<MarketOutcome, StateError> {
    todo!()
}
