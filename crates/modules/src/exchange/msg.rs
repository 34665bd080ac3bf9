//! Native messages, and their answers.

use seiza_types::Address;
use seiza_types::exchange::{ExchangeMsg, OrderRef, OrderResult, Refusal, Response};

use super::{cancel_orders, place_orders, register_market, register_venue, replace_orders, set_status};
use crate::{Ctx, ModuleError};

/// Does what a message asks; `ctx.place` names its orders. A fault of one order is in the answer.
///
/// # Errors
/// Faults of the message as a whole: out of gas, a market or venue that cannot be.
pub fn handle(ctx: &mut Ctx<'_>, sender: Address, msg: &ExchangeMsg) -> Result<Response, ModuleError> {
    Ok(match msg {
        ExchangeMsg::PlaceOrders { orders, .. } => placed(place_orders(ctx, sender, orders)?),
        ExchangeMsg::CancelOrders { market, targets, .. } => {
            let results = cancel_orders(ctx, sender, *market, targets)?;
            let result = |result: Result<(), Refusal>| match result {
                Ok(()) => OrderResult::Cancelled,
                Err(refusal) => OrderResult::Refused(refusal.code()),
            };
            Response::Orders(results.into_iter().map(result).collect())
        }
        ExchangeMsg::ReplaceOrders { replacements, .. } => placed(replace_orders(ctx, sender, replacements)?),
        ExchangeMsg::RegisterMarket { market, .. } => Response::Market(register_market(ctx, sender, market)?),
        ExchangeMsg::RegisterVenue { venue, .. } => Response::Venue(register_venue(ctx, sender, venue)?),
        ExchangeMsg::SetMarketStatus { market, status, .. } => {
            set_status(ctx, sender, *market, *status)?;
            Response::Empty
        }
    })
}

fn placed(results: Vec<Result<OrderRef, Refusal>>) -> Response {
    let result = |result: Result<OrderRef, Refusal>| match result {
        Ok(order) => OrderResult::Placed(order),
        Err(refusal) => OrderResult::Refused(refusal.code()),
    };
    Response::Orders(results.into_iter().map(result).collect())
}
