//! Native messages, and their answers.

use seiza_types::Address;
use seiza_types::exchange::{ExchangeMsg, OrderResult, Refusal, Response};

use super::{cancel_orders, place_orders, register_market, register_venue, replace_orders, set_status};
use crate::{Ctx, ModuleError};

/// Does what a message asks; `ctx.place` names its orders. A fault of one order is in the answer.
///
/// # Errors
/// Faults of the message as a whole: out of gas, a market or venue that cannot be.
pub fn handle(ctx: &mut Ctx<'_>, sender: Address, msg: &ExchangeMsg) -> Result<Response, ModuleError> {
    Ok(match msg {
        ExchangeMsg::PlaceOrders { orders, .. } => told(place_orders(ctx, sender, orders)?, OrderResult::Placed),
        ExchangeMsg::CancelOrders { market, targets, .. } => {
            told(cancel_orders(ctx, sender, *market, targets)?, |()| OrderResult::Cancelled)
        }
        ExchangeMsg::ReplaceOrders { replacements, .. } => {
            told(replace_orders(ctx, sender, replacements)?, OrderResult::Placed)
        }
        ExchangeMsg::RegisterMarket { market, .. } => Response::Market(register_market(ctx, sender, market)?),
        ExchangeMsg::RegisterVenue { venue, .. } => Response::Venue(register_venue(ctx, sender, venue)?),
        ExchangeMsg::SetMarketStatus { market, status, .. } => {
            set_status(ctx, sender, *market, *status)?;
            Response::Empty
        }
    })
}

fn told<T>(results: Vec<Result<T, Refusal>>, done: impl Fn(T) -> OrderResult) -> Response {
    let refused = |refusal: Refusal| OrderResult::Refused(refusal.code());
    Response::Orders(results.into_iter().map(|result| result.map_or_else(refused, &done)).collect())
}
