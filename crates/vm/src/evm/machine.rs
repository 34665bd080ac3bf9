//! The EVM itself: put together for one transaction from parts that each thread keeps.
//!
//! A new EVM costs four times as much as a transfer. Everything in it that does not depend on the state's lifetime (call
//! frames, memory, journal tables, warm precompiles, gas tables) is therefore kept by the thread and lent to one
//! transaction at a time; a second transaction on the same thread at the same time (a simulation inside another's callback)
//! simply builds its own.

use std::cell::RefCell;

use revm::context::journal::JournalInner;
use revm::context::result::{EVMError, ExecutionResult, ResultAndState};
use revm::context::{BlockEnv, CfgEnv, FrameStack, Journal, JournalEntry, LocalContext, TxEnv};
use revm::handler::{EthFrame, Handler as _};
use revm::inspector::InspectorHandler as _;
use revm::interpreter::interpreter::EthInterpreter;
use revm::primitives::hardfork::SpecId;
use revm::state::EvmState;
use revm::{Context, Inspector};
use seiza_state::StateRead;

use super::balances::Notes;
use super::block::{BlockContext, FeePolicy};
use super::db::TxDb;
use super::env::{CallEnv, Checks};
use super::error::{DbError, EvmError, Invalid};
use super::frames::{Machine, PlainEvm};
use super::handler::TxHandler;
use super::instructions::Instructions;
use super::keccak;
use super::outcome::Effects;
use crate::interop::Native;
use crate::precompiles::Precompiles;

/// The context that EVM code, precompiles and inspectors run in.
pub type EvmContext<'a> = Context<BlockEnv, TxEnv, CfgEnv, TxDb<'a>, Journal<TxDb<'a>>, Native<'a>>;

/// Accounts that a kept journal table may have room for; a larger one is given back to the allocator.
const KEPT_ACCOUNTS_MAX: usize = 1024;

/// What a thread keeps between transactions.
struct Parts {
    cfg: CfgEnv,
    journal: JournalInner<JournalEntry>,
    local: LocalContext,
    precompiles: Precompiles,
    frames: FrameStack<EthFrame<EthInterpreter>>,
    notes: Notes,
}

thread_local! {
    static PARTS: RefCell<Option<Parts>> = const { RefCell::new(None) };
}

impl Parts {
    fn new() -> Self {
        keccak::begin();
        Self {
            cfg: CfgEnv::new_with_spec(SpecId::PRAGUE),
            journal: JournalInner::new(),
            local: LocalContext::default(),
            precompiles: Precompiles::new(SpecId::PRAGUE),
            frames: FrameStack::new_prealloc(8),
            notes: Notes::default(),
        }
    }

    fn take() -> Self {
        PARTS.with_borrow_mut(Option::take).unwrap_or_else(Self::new)
    }

    fn keep(self) {
        PARTS.with_borrow_mut(|kept| *kept = Some(self));
    }

    fn configure(&mut self, block: &BlockContext, checks: Checks, chain_id_given: bool) {
        let cfg = &mut self.cfg;
        if cfg.spec != block.spec() {
            cfg.set_spec_and_mainnet_gas_params(block.spec());
        }
        cfg.chain_id = block.chain_id;
        cfg.tx_chain_id_check = chain_id_given;
        cfg.max_blobs_per_tx = Some(block.blobs_max());
        cfg.disable_nonce_check = !checks.nonce;
        cfg.disable_balance_check = !checks.balance;
        cfg.disable_base_fee = !checks.base_fee;
        cfg.disable_eip3607 = !checks.sender;
        cfg.disable_block_gas_limit = !checks.block_gas;
        if self.precompiles.set_native(block.fees == FeePolicy::Collector) {
            self.journal = JournalInner::new();
        }
        let spec = block.spec();
        self.journal.set_spec_id(spec);
        self.journal.set_eip7708_config(cfg.amsterdam_eip7708_disabled, cfg.amsterdam_eip8246_delayed_clear_disabled);
    }

    fn assemble<'a, I>(
        self,
        state: &'a dyn StateRead,
        block: &'a BlockContext,
        env: CallEnv,
        inspector: I,
    ) -> Machine<'a, I> {
        let native = Native::new(state, block, env.signer, env.index);
        let turn = (!self.cfg.disable_nonce_check).then_some((env.from, env.nonce));
        let ctx = Context {
            block: block.env(),
            tx: env.into_env(),
            cfg: self.cfg,
            journaled_state: Journal::new_with_inner(TxDb::new(state, block, self.notes, turn), self.journal),
            chain: native,
            local: self.local,
            error: Ok(()),
        };
        Machine(PlainEvm {
            ctx,
            inspector,
            instruction: Instructions::new(block.spec()),
            precompiles: self.precompiles,
            frame_stack: self.frames,
        })
    }
}

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
    pub(crate) fn recycle(mut self) -> ExecutionResult {
        if self.state.capacity() > KEPT_ACCOUNTS_MAX {
            return self.result;
        }
        self.state.clear();
        self.effects.notes.clear();
        PARTS.with_borrow_mut(|kept| {
            if let Some(parts) = kept {
                parts.journal.state = self.state;
                parts.notes = self.effects.notes;
            }
        });
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
    parts.configure(block, checks, env.chain_id.is_some());
    let mut machine = parts.assemble(state, block, env, ());
    let result = TxHandler::default().run(&mut machine);
    disassemble(machine, result)
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
    parts.configure(block, checks, env.chain_id.is_some());
    let mut machine = parts.assemble(state, block, env, inspector);
    let result = TxHandler::default().inspect_run(&mut machine);
    disassemble(machine, result)
}

fn disassemble<I>(
    machine: Machine<'_, I>,
    result: Result<ExecutionResult, EVMError<DbError>>,
) -> Result<Run, EvmError> {
    let PlainEvm { ctx, precompiles, frame_stack: frames, .. } = machine.0;
    let Context { cfg, mut journaled_state, chain: native, local, .. } = ctx;
    let evm_state = journaled_state.inner.finalize();
    let Journal { database, inner: journal } = journaled_state;
    let parts = Parts { cfg, journal, local, precompiles, frames, notes: Notes::default() };
    parts.keep();
    let TxDb { state, mut notes, .. } = database;
    notes.conclude(&evm_state);
    notes.tell(state)?;
    let (failure, effects) = native.finish(notes);
    match failure {
        Some(error) => Err(EvmError::State(error)),
        None => Ok(Run { result: result?, state: evm_state, effects }),
    }
}

/// The context of a transaction that has not begun, for tests of native code alone.
#[cfg(test)]
pub(crate) fn with_context(state: &dyn StateRead, block: &BlockContext, work: impl FnOnce(&mut EvmContext<'_>)) {
    let mut parts = Parts::new();
    parts.configure(block, Checks::NONE, false);
    work(&mut parts.assemble(state, block, CallEnv::default(), ()).0.ctx);
}
