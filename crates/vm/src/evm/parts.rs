//! What an EVM is put together from for one transaction: parts that each thread keeps.
//!
//! A new EVM costs four times as much as a transfer. Everything in it that does not depend on the state's lifetime (call
//! frames, memory, journal tables, warm precompiles, gas tables) is therefore kept by the thread and lent to one
//! transaction at a time; a second transaction on the same thread at the same time (a simulation inside another's callback)
//! simply builds its own.

use std::cell::RefCell;

use revm::Context;
use revm::context::journal::JournalInner;
use revm::context::result::{EVMError, ExecutionResult};
use revm::context::{BlockEnv, CfgEnv, FrameStack, Journal, JournalEntry, LocalContext};
use revm::handler::{EthFrame, Handler as _};
use revm::interpreter::interpreter::EthInterpreter;
use revm::primitives::hardfork::SpecId;
use revm::state::EvmState;
use seiza_state::StateRead;

use super::block::{BlockContext, FeePolicy};
use super::db::TxDb;
use super::env::{CallEnv, Checks};
use super::error::{DbError, EvmError};
use super::frames::{Machine, PlainEvm};
use super::handler::TxHandler;
use super::instructions::Instructions;
use super::keccak;
use super::machine::Run;
use super::notes::Notes;
use super::outcome::Effects;
use crate::interop::Native;
use crate::precompiles::Precompiles;

/// Accounts that a kept journal table may have room for; a larger one is given back to the allocator.
pub(super) const KEPT_ACCOUNTS_MAX: usize = 1024;

/// What a thread keeps between transactions: lent to the machine while one runs.
pub(super) struct Parts(Option<Core>);

/// An EVM without the state below and the transaction.
pub(super) struct Core {
    pub(super) journal: JournalInner<JournalEntry>,
    pub(super) notes: Notes,
    cfg: Box<CfgEnv>,
    block: Box<BlockEnv>,
    local: LocalContext,
    precompiles: Precompiles,
    frames: FrameStack<EthFrame<EthInterpreter>>,
}

thread_local! {
    static PARTS: RefCell<Option<Box<Parts>>> = const { RefCell::new(None) };
}

impl Parts {
    pub(super) fn new() -> Self {
        keccak::begin();
        let core = Core {
            journal: JournalInner::new(),
            notes: Notes::default(),
            cfg: Box::new(CfgEnv::new_with_spec(SpecId::PRAGUE)),
            block: Box::default(),
            local: LocalContext::default(),
            precompiles: Precompiles::new(SpecId::PRAGUE),
            frames: FrameStack::new_prealloc(8),
        };
        Self(Some(core))
    }

    /// The thread's parts, or new ones where they are in use.
    pub(super) fn take() -> Box<Self> {
        PARTS.with_borrow_mut(Option::take).unwrap_or_else(|| Box::new(Self::new()))
    }

    /// Gives the tables of a run that is written to the parts that the thread has kept.
    pub(super) fn reuse_kept(state: EvmState, notes: Notes) {
        PARTS.with_borrow_mut(|kept| {
            if let Some(parts) = kept {
                parts.reuse(state, notes);
            }
        });
    }

    /// Hands the parts back, with nothing in the journal.
    pub(super) fn keep(self: Box<Self>) {
        PARTS.with_borrow_mut(|kept| *kept = Some(self));
    }

    /// Sets the parts up for a block.
    pub(super) fn configure(&mut self, block: &BlockContext, checks: Checks) {
        let core = self.core();
        let cfg = &mut core.cfg;
        if cfg.spec != block.spec() {
            cfg.set_spec_and_mainnet_gas_params(block.spec());
        }
        cfg.chain_id = block.chain_id;
        cfg.max_blobs_per_tx = Some(block.blobs_max());
        cfg.disable_nonce_check = !checks.nonce;
        cfg.disable_balance_check = !checks.balance;
        cfg.disable_base_fee = !checks.base_fee;
        cfg.disable_eip3607 = !checks.sender;
        cfg.disable_block_gas_limit = !checks.block_gas;
        *core.block = block.env();
        let (burns, delayed) = (cfg.amsterdam_eip7708_disabled, cfg.amsterdam_eip8246_delayed_clear_disabled);
        if core.precompiles.set_native(block.fees == FeePolicy::Collector) {
            core.journal = JournalInner::new();
        }
        core.journal.set_spec_id(block.spec());
        core.journal.set_eip7708_config(burns, delayed);
    }

    /// The accounts in the journal.
    pub(super) fn held(&self) -> &EvmState {
        &self.0.as_ref().expect("a machine gives it back when its transaction ends").journal.state
    }

    /// What no machine has at present.
    pub(super) fn core(&mut self) -> &mut Core {
        self.0.as_mut().expect("a machine gives it back when its transaction ends")
    }

    /// Runs a transaction on what the journal holds, and leaves it there.
    pub(super) fn transact(&mut self, state: &dyn StateRead, block: &BlockContext, env: CallEnv) -> Ended {
        let mut machine = self.assemble(state, block, env, ());
        let result = TxHandler::default().run(&mut machine);
        self.disassemble(machine, result)
    }

    /// A machine that is to run one transaction.
    pub(super) fn assemble<'a, I>(
        &mut self,
        state: &'a dyn StateRead,
        block: &'a BlockContext,
        env: CallEnv,
        inspector: I,
    ) -> Machine<'a, I> {
        let core = self.0.take().expect("a machine gives it back when its transaction ends");
        let Core { journal, notes, mut cfg, block: block_env, local, precompiles, frames } = core;
        cfg.tx_chain_id_check = env.chain_id.is_some();
        let native = Native::new(state, block, env.signer, env.index);
        let turn = (!cfg.disable_nonce_check).then_some((env.from, env.nonce));
        let mut database = TxDb::new(state, block, notes, turn);
        database.has_company = !journal.state.is_empty();
        database.notes.begin(&journal.state);
        let ctx = Context {
            block: block_env,
            tx: env.into_env(),
            cfg,
            journaled_state: Journal::new_with_inner(database, journal),
            chain: native,
            local,
            error: Ok(()),
        };
        let instruction = Instructions::new(block.spec());
        Machine(PlainEvm { ctx, inspector, instruction, precompiles, frame_stack: frames })
    }

    pub(super) fn disassemble<I>(
        &mut self,
        machine: Machine<'_, I>,
        result: Result<ExecutionResult, EVMError<DbError>>,
    ) -> Ended {
        let PlainEvm { ctx, precompiles, frame_stack: frames, .. } = machine.0;
        let Context { block, cfg, journaled_state, chain: native, local, .. } = ctx;
        let Journal { database: TxDb { notes, alone, .. }, inner: journal } = journaled_state;
        self.0 = Some(Core { journal, notes, cfg, block, local, precompiles, frames });
        let (failure, effects) = native.finish();
        let result = failure.map_or_else(|| result.map_err(EvmError::from), |error| Err(EvmError::State(error)));
        Ended { result, effects, alone }
    }

    /// Ends a transaction that was the journal's only one: takes out what it came to, and makes it depend on all that was
    /// noted.
    ///
    /// # Errors
    /// Those of the transaction, and of reading state.
    pub(super) fn finish(&mut self, state: &dyn StateRead, ended: Ended) -> Result<Run, EvmError> {
        let core = self.core();
        let evm_state = core.journal.finalize();
        let mut notes = std::mem::take(&mut core.notes);
        notes.conclude(&evm_state);
        notes.tell(state)?;
        Ok(Run { result: ended.result?, state: evm_state, effects: Effects { notes, ..ended.effects } })
    }

    /// Forgets what is in the journal.
    pub(super) fn clear(&mut self) {
        let core = self.core();
        let state = core.journal.finalize();
        let notes = std::mem::take(&mut core.notes);
        self.reuse(state, notes);
    }

    /// Takes back the tables of a run that is written.
    pub(super) fn reuse(&mut self, mut state: EvmState, mut notes: Notes) {
        if state.capacity() <= KEPT_ACCOUNTS_MAX {
            state.clear();
            notes.clear();
            let core = self.core();
            (core.journal.state, core.notes) = (state, notes);
        }
    }
}

/// How a transaction ended whose changes are still in the journal.
pub(super) struct Ended {
    pub(super) result: Result<ExecutionResult, EvmError>,
    /// Without notes: these are in the journal's parts.
    pub(super) effects: Effects,
    /// Whether it must have the journal for itself.
    pub(super) alone: bool,
}
