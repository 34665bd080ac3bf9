//! Ethereum transactions on the keyed state.
//!
//! Nonce and native balance of an account are those of modules auth and bank; code and slots have a store of their own
//! ([`keys`]). A transaction reads through the access it is given, computes in revm's journal, and writes in the end only
//! what it changed. Rules of every fork from Frontier to Prague; where Seiza differs from Ethereum is in `docs/spec/evm.md`.

mod accounts;
mod assembly;
mod authority;
mod balances;
mod block;
mod code_cache;
mod commit;
mod db;
mod dump;
mod env;
mod error;
mod frames;
mod handler;
mod history;
mod instructions;
mod keccak;
pub mod keys;
mod machine;
mod notes;
mod outcome;
mod parts;
mod session;
mod shared;
mod transfer;

pub use accounts::{
    AccountView, account, clear_storage, code, code_hash, set_balance, set_code, set_nonce, set_storage, storage,
};
pub use block::{BlockContext, BlockHashes, FeePolicy};
pub use db::{StateDb, TxDb};
pub use dump::{AccountDump, accounts, slots};
pub use env::{CallEnv, Checks};
pub use error::{DbError, EvmError, Invalid};
pub use history::{HISTORY_ADDRESS, HISTORY_BLOCKS, record_parent_hash, recorded_hash};
pub use machine::EvmContext;
pub use outcome::{Simulation, TxOutcome};
pub use session::Session;

pub(crate) use accounts::{bytecode, slot_from_value, value_from_slot};
pub(crate) use balances::ObserveBalance;
pub(crate) use handler::burned_by_entries;
#[cfg(test)]
pub(crate) use machine::with_context;
pub(crate) use outcome::Effects;

use revm::Inspector;
use seiza_state::{StateRead, StateWrite};
use seiza_types::tx::{EvmTx, Signer};

use crate::precompiles;

/// Installs what stands at fixed addresses: the history contract (EIP-2935) and the marks of the native precompiles.
pub fn init_genesis(state: &mut dyn StateWrite) {
    history::init_genesis(state);
    precompiles::init_genesis(state);
}

/// Runs a signed transaction, the block's `index`-th from 0, and writes what it did, fees and the linking of the sender's addresses included.
///
/// # Errors
/// [`EvmError::Invalid`] where it does not fit its sender or the block, [`EvmError::State`] where state cannot be read;
/// in both cases nothing was written.
pub fn transact(
    state: &mut dyn StateWrite,
    block: &BlockContext,
    tx: &EvmTx,
    signer: &Signer,
    index: u32,
) -> Result<TxOutcome, EvmError> {
    if let Some(plain) = transfer::Plain::of(tx, signer)
        && let Some(outcome) = transfer::attempt(state, block, &plain)?
    {
        return Ok(outcome);
    }
    run_in_evm(state, block, CallEnv { index, ..CallEnv::of(tx, signer) }, Checks::ALL)
}

/// As [`transact`], for a transaction that is given as a [`CallEnv`] and held to chosen rules.
///
/// # Errors
/// As [`transact`].
pub fn execute(
    state: &mut dyn StateWrite,
    block: &BlockContext,
    env: CallEnv,
    checks: Checks,
) -> Result<TxOutcome, EvmError> {
    if let Some(plain) = transfer::Plain::of_call(&env).filter(|_| checks == Checks::ALL)
        && let Some(outcome) = transfer::attempt(state, block, &plain)?
    {
        return Ok(outcome);
    }
    run_in_evm(state, block, env, checks)
}

/// The transaction in the EVM, whatever it is.
pub(crate) fn run_in_evm(
    state: &mut dyn StateWrite,
    block: &BlockContext,
    env: CallEnv,
    checks: Checks,
) -> Result<TxOutcome, EvmError> {
    let price = env.effective_gas_price(block.base_fee);
    let mut run = machine::run(&*state, block, env, checks)?;
    commit::apply(state, &run.state, &run.effects)?;
    let events = std::mem::take(&mut run.effects.events);
    let result = run.recycle();
    Ok(outcome::outcome(result, events, price))
}

/// Tries a call out; nothing is written.
///
/// # Errors
/// As [`transact`].
pub fn call(state: &dyn StateRead, block: &BlockContext, env: CallEnv, checks: Checks) -> Result<Simulation, EvmError> {
    let price = env.effective_gas_price(block.base_fee);
    Ok(simulation(machine::run(state, block, env, checks)?, price))
}

/// As [`call`], watched by one of revm's inspectors.
///
/// # Errors
/// As [`transact`].
pub fn inspect<'a, I: Inspector<EvmContext<'a>>>(
    state: &'a dyn StateRead,
    block: &'a BlockContext,
    env: CallEnv,
    checks: Checks,
    inspector: &mut I,
) -> Result<Simulation, EvmError> {
    let price = env.effective_gas_price(block.base_fee);
    Ok(simulation(machine::inspect(state, block, env, checks, inspector)?, price))
}

fn simulation(run: machine::Run, effective_gas_price: u128) -> Simulation {
    let (result, mut effects) = run.into_parts();
    let events = std::mem::take(&mut effects.events);
    Simulation { result, events, effective_gas_price, effects }
}

/// A transfer without the EVM; `None` where it would be left to it.
#[cfg(test)]
pub(crate) fn attempt_transfer(
    state: &mut dyn StateWrite,
    block: &BlockContext,
    env: &CallEnv,
) -> Result<Option<TxOutcome>, seiza_state::StateError> {
    transfer::Plain::of_call(env).map_or(Ok(None), |plain| transfer::attempt(state, block, &plain))
}
