//! The exchange: markets that anybody lists, venues that orders come through, and one book a market that all of them share.
//!
//! A transaction *places*: every rule is checked, what the order needs goes into escrow, and the order arrives under a key of
//! its own. Nothing that two orders share is read and written, so a block full of them has no conflict. At the block's end
//! each market that something arrived for is cleared at one price ([`end_market`]), as a job of its own.
//!
//! Amounts are in the denoms' own units; the escrow holds exactly what open orders need. `docs/spec/exchange.md` has the
//! rules, the numbers of refusals, and the invariants.

mod book;
mod cancel;
mod end;
mod entries;
pub mod event;
mod genesis;
mod invariants;
pub mod keys;
mod limits;
mod markets;
mod msg;
pub mod operators;
mod params;
mod place;
mod record;
mod settle;
mod spot;
mod terms;
#[cfg(test)]
mod tests;
mod venues;
pub mod view;
mod wish;
mod write;

pub use cancel::{cancel_orders, replace_orders};
pub use end::{end_market, touched};
pub use genesis::{ExchangeGenesis, GenesisMarket, GenesisVenue};
pub use markets::{register_market, set_status};
pub use msg::handle;
pub use params::{NativeRates, Params, params};
pub use place::place_orders;
pub use seiza_types::exchange::{EXCHANGE_ADDRESS, Refusal};
pub use venues::register_venue;

use seiza_state::{Key, StateRead, StateWrite};
use seiza_types::Address;
use seiza_types::exchange::ExchangeMsg;
use seiza_types::limits::EXCHANGE_ORDERS_MAX;

use crate::{Ctx, Module, ModuleError};

/// Module exchange.
pub struct Exchange;

impl Module for Exchange {
    const NAME: &'static str = "exchange";
    type Genesis = ExchangeGenesis;
    type Msg = ExchangeMsg;

    fn init_genesis(ctx: &mut Ctx<'_>, genesis: &ExchangeGenesis) -> Result<(), ModuleError> {
        genesis::init(ctx, genesis)
    }

    fn handle(ctx: &mut Ctx<'_>, sender: Address, msg: &ExchangeMsg) -> Result<(), ModuleError> {
        msg::handle(ctx, sender, msg).map(|_| ())
    }

    fn invariants(view: &dyn StateRead) -> Result<(), String> {
        invariants::all(view)
    }
}

/// Refuses a call that holds more than one may.
fn many(count: usize) -> Result<(), ModuleError> {
    if count > EXCHANGE_ORDERS_MAX {
        return Err(ModuleError::Rejected("exchange: at most 500 orders a message"));
    }
    Ok(())
}

/// The next number of a counter.
fn next(state: &mut dyn StateWrite, counter: Key) -> Result<u32, ModuleError> {
    let number = entries::read::<u32>(state, &counter)?.unwrap_or(0);
    let next = number.checked_add(1).ok_or(ModuleError::Rejected("exchange: numbers are used up"))?;
    state.put(counter, seiza_types::wire::Wire::encode(&next).into());
    Ok(next)
}
