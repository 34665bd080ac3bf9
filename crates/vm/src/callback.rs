//! Settlement call-backs: at the end of a block, when all is matched and settled, contracts of venues hear of their fills.
//!
//! Each is one call of `IVenue.onSettlement`, with the exchange as its caller and a gas limit of its own, paid by the venue's
//! owner, who asked for it: the whole limit at the block's base fee beforehand, what was not used comes back. One that
//! reverts, loops or cannot be paid changes nothing else, and the exchange takes nothing while it runs. Which are made, and in which order
//! (market, venue, fills), depends on the block's outcomes and the venues alone.

use std::collections::BTreeMap;

use alloy_sol_types::SolCall as _;
use seiza_modules::exchange::view;
use seiza_modules::{ModuleError, bank, fees};
use seiza_state::{StateError, StateRead, StateWrite};
use seiza_types::exchange::{EXCHANGE_ADDRESS, FillEvent, MarketId, MarketOutcome, Venue, VenueCall, VenueId};
use seiza_types::limits::{CALLBACK_FILLS_MAX, CALLBACK_GAS_MAX, CALLBACKS_GAS_MAX};
use seiza_types::{Address, Code, Denom, U256};

use crate::evm::{self, BlockContext, CallEnv, Checks, EvmError, Simulation};
use crate::precompiles::exchange::{abi::IVenue, shown};

/// A call-back to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallBack<'a> {
    venue: VenueId,
    market: MarketId,
    contract: Address,
    payer: Address,
    /// Its limit; `None` where the block's gas for call-backs is used up.
    gas: Option<u64>,
    fills: Vec<&'a FillEvent>,
}

/// The call-backs that a block's outcomes call for, in order.
///
/// # Errors
/// Those of state.
pub fn due<'a>(state: &dyn StateRead, outcomes: &'a [MarketOutcome]) -> Result<Vec<CallBack<'a>>, StateError> {
    let (mut venues, mut left, mut due) = (BTreeMap::new(), CALLBACKS_GAS_MAX, Vec::new());
    for outcome in outcomes {
        for (id, fills) in by_venue(outcome) {
            let venue = match venues.entry(id) {
                std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
                std::collections::btree_map::Entry::Vacant(new) => new.insert(view::venue(state, id)?),
            };
            let Some((contract, payer, gas)) = venue.as_ref().and_then(wish) else { continue };
            for fills in fills.chunks(CALLBACK_FILLS_MAX) {
                let fits = left.checked_sub(gas);
                left = fits.unwrap_or(left);
                let (market, gas, fills) = (outcome.market, fits.map(|_| gas), fills.to_vec());
                due.push(CallBack { venue: id, market, contract, payer, gas, fills });
            }
        }
    }
    Ok(due)
}

/// A market's fills, by venue.
fn by_venue(outcome: &MarketOutcome) -> BTreeMap<VenueId, Vec<&FillEvent>> {
    let mut fills: BTreeMap<VenueId, Vec<&FillEvent>> = BTreeMap::new();
    for fill in outcome.fills.iter().filter(|fill| !fill.venue.is_none()) {
        fills.entry(fill.venue).or_default().push(fill);
    }
    fills
}

/// Whom a venue wants to be called, who pays for it, and with how much gas. Anybody's contract can be named, so it never
/// pays for itself unless it registered the venue.
fn wish(venue: &Venue) -> Option<(Address, Address, u64)> {
    Some((venue.callback?, venue.owner, venue.callback_gas.min(CALLBACK_GAS_MAX)))
}

impl CallBack<'_> {
    /// Makes the call.
    ///
    /// # Errors
    /// Those of state: whatever the contract does is an outcome.
    pub fn run(&self, state: &mut dyn StateWrite, block: &BlockContext) -> Result<VenueCall, StateError> {
        let price = U256::from(block.base_fee);
        let Some(gas) = self.gas else { return Ok(self.failed(0)) };
        let deposit = price * U256::from(gas);
        match bank::debit(state, &self.payer, &Denom::native(), deposit) {
            Ok(()) => {}
            Err(ModuleError::State(error)) => return Err(error),
            Err(_) => return Ok(self.failed(0)),
        }
        let call = self.call(state, block, gas)?;
        let paid = price * U256::from(call.gas_used);
        bank::credit(state, &self.payer, &Denom::native(), deposit - paid)?;
        fees::collect(state, paid)?;
        Ok(call)
    }

    fn call(&self, state: &mut dyn StateWrite, block: &BlockContext, gas: u64) -> Result<VenueCall, StateError> {
        let (from, to, input) = (EXCHANGE_ADDRESS, Some(self.contract), self.input().into());
        let env = CallEnv { from, to, gas, input, ..CallEnv::default() };
        let done = match evm::call(&*state, block, env, Checks::NONE) {
            Ok(done) => leaving_the_callers_nonce(done),
            // The limit does not even cover the calldata.
            Err(EvmError::Invalid(_)) => return Ok(self.failed(0)),
            Err(EvmError::State(error)) => return Err(error),
            Err(error @ EvmError::Internal(_)) => return Err(StateError::Io(error.to_string())),
        };
        let outcome = done.outcome();
        if outcome.code != Code::Ok {
            return Ok(self.failed(outcome.gas_used));
        }
        done.commit(state)?;
        let (logs, events) = (outcome.logs, outcome.events);
        Ok(VenueCall { ok: true, logs, events, ..self.failed(outcome.gas_used) })
    }

    fn failed(&self, gas_used: u64) -> VenueCall {
        let Self { venue, market, contract, .. } = *self;
        VenueCall { venue, market, contract, ok: false, gas_used, logs: Vec::new(), events: Vec::new() }
    }

    fn input(&self) -> Vec<u8> {
        let fills = self.fills.iter().map(|fill| told(fill)).collect();
        IVenue::onSettlementCall { venue: self.venue.0, market: self.market.0, fills }.abi_encode()
    }
}

/// The EVM counts every call from outside as a transaction of its caller. The exchange makes none; and were its nonce
/// written, no two call-backs could run at the same time.
fn leaving_the_callers_nonce(mut done: Simulation) -> Simulation {
    if let Some(caller) = done.result.state.get_mut(&EXCHANGE_ADDRESS) {
        caller.info.nonce = caller.original_info().nonce;
    }
    done
}

fn told(fill: &FillEvent) -> IVenue::Fill {
    IVenue::Fill {
        orderId: fill.order.number(),
        owner: fill.owner,
        clientId: fill.client_id,
        side: shown::side(fill.side) as u8,
        maker: fill.maker,
        price: fill.price,
        quantity: fill.quantity,
        quote: fill.quote,
        remaining: fill.remaining,
        venueFee: fill.venue_fee,
    }
}
