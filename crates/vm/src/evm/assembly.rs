//! A machine for one transaction: put together from the parts that a thread keeps, run, and taken apart again.

use revm::Context;
use revm::context::Journal;
use revm::context::result::{EVMError, ExecutionResult};
use revm::handler::Handler as _;
use seiza_state::StateRead;

use super::block::BlockContext;
use super::db::TxDb;
use super::env::CallEnv;
use super::error::{DbError, EvmError};
use super::frames::{Machine, PlainEvm};
use super::handler::TxHandler;
use super::instructions::Instructions;
use super::machine::Run;
use super::outcome::Effects;
use super::parts::{Core, Parts};
use crate::interop::Native;

/// How a transaction ended whose changes are still in the journal.
pub(super) struct Ended {
    pub(super) result: Result<ExecutionResult, EvmError>,
    /// Without notes: these are in the journal's parts.
    pub(super) effects: Effects,
    /// Whether it must have the journal for itself.
    pub(super) alone: bool,
}

impl Parts {
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

    /// Takes the parts back from a machine that has run, with the changes in the journal.
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
}
