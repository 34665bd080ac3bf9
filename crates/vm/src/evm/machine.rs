//! The EVM itself: one run of it, for one transaction or call.

use revm::context::result::{ExecutionResult, ResultAndState};
use revm::context::{BlockEnv, CfgEnv, Journal, TxEnv};
use revm::inspector::InspectorHandler as _;
use revm::state::EvmState;
use revm::{Context, Inspector};
use seiza_state::StateRead;

use super::block::BlockContext;
use super::db::TxDb;
use super::env::{CallEnv, Checks};
use super::error::{EvmError, Invalid};
use super::handler::TxHandler;
use super::outcome::Effects;
use super::parts::Parts;
use crate::interop::Native;

/// The context that EVM code, precompiles and inspectors run in.
pub type EvmContext<'a> = Context<Box<BlockEnv>, TxEnv, Box<CfgEnv>, TxDb<'a>, Journal<TxDb<'a>>, Native<'a>>;

/// What one run of the EVM came to.
pub(crate) struct Run {
    pub(crate) result: ExecutionResult,
    pub(crate) state: EvmState,
    pub(crate) effects: Effects,
}

impl Run {
    pub(crate) fn into_parts(self) -> (ResultAndState, Effects) {
        (ResultAndState::new(self.result, self.state), self.effects)
    }

    /// Gives the tables back to the thread once the run is written.
    pub(crate) fn recycle(self) -> ExecutionResult {
        Parts::reuse_kept(self.state, self.effects.notes);
        self.result
    }
}

/// Blob and delegation transactions are calls by their encoding; a made-up one could say otherwise.
fn check_kind(env: &CallEnv) -> Result<(), EvmError> {
    let calls_only =
        !env.authorizations.is_empty() || !env.blob_hashes.is_empty() || matches!(env.tx_type, Some(3 | 4));
    if calls_only && env.to.is_none() { Err(EvmError::Invalid(Invalid::CannotCreate)) } else { Ok(()) }
}

/// Runs a transaction or call; nothing is written.
///
/// # Errors
/// As [`super::transact`].
pub(crate) fn run(state: &dyn StateRead, block: &BlockContext, env: CallEnv, checks: Checks) -> Result<Run, EvmError> {
    check_kind(&env)?;
    let mut parts = Parts::take();
    parts.configure(block, checks);
    let ended = parts.transact(state, block, env);
    let run = parts.finish(state, ended);
    parts.keep();
    run
}

/// The same under an inspector.
///
/// # Errors
/// As [`super::transact`].
pub(crate) fn inspect<'a, I: Inspector<EvmContext<'a>>>(
    state: &'a dyn StateRead,
    block: &'a BlockContext,
    env: CallEnv,
    checks: Checks,
    inspector: &mut I,
) -> Result<Run, EvmError> {
    check_kind(&env)?;
    let mut parts = Parts::take();
    parts.configure(block, checks);
    let mut machine = parts.assemble(state, block, env, inspector);
    let result = TxHandler::default().inspect_run(&mut machine);
    let ended = parts.disassemble(machine, result);
    let run = parts.finish(state, ended);
    parts.keep();
    run
}

/// The context of a transaction that has not begun, for tests of native code alone.
#[cfg(test)]
pub(crate) fn with_context(state: &dyn StateRead, block: &BlockContext, work: impl FnOnce(&mut EvmContext<'_>)) {
    let mut parts = Parts::new();
    parts.configure(block, Checks::NONE);
    work(&mut parts.assemble(state, block, CallEnv::default(), ()).0.ctx);
}
