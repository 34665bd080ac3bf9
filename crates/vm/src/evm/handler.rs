//! Where our transactions differ from Ethereum's: the sender's addresses are linked before anything else, fees are kept out
//! of the EVM's accounts, and what native code did is settled while the journal can still say what was reverted.

use std::marker::PhantomData;

use revm::Inspector;
use revm::context::journaled_state::entry::JournalEntry;
use revm::context::result::{EVMError, ExecutionResult, HaltReason, ResultGas};
use revm::context::{ContextTr, Transaction as _};
use revm::context_interface::Block as _;
use revm::handler::{EvmTr, FrameResult, Handler, post_execution, pre_execution};
use revm::inspector::InspectorHandler;
use revm::interpreter::InitialAndFloorGas;
use revm::interpreter::interpreter::EthInterpreter;
use seiza_types::U256;

use super::error::DbError;
use super::frames::Machine;
use super::machine::EvmContext;
use crate::interop;

/// The four phases of revm's mainnet handler with our three differences.
pub(crate) struct TxHandler<'a, I>(PhantomData<Machine<'a, I>>);

impl<I> Default for TxHandler<'_, I> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<'a, I> Handler for TxHandler<'a, I> {
    type Evm = Machine<'a, I>;
    type Error = EVMError<DbError>;
    type HaltReason = HaltReason;

    /// Links first: what lies at the cast of the sender's Cosmos address may pay for the transaction.
    fn validate_against_state_and_deduct_caller(
        &self,
        evm: &mut Machine<'a, I>,
        _gas: &mut InitialAndFloorGas,
    ) -> Result<(), EVMError<DbError>> {
        interop::link_sender(evm.ctx())?;
        pre_execution::validate_against_state_and_deduct_caller(evm.ctx())
    }

    /// Fees go to the collector outside the EVM: an account that every transaction writes would make them all conflict.
    fn reward_beneficiary(&self, evm: &mut Machine<'a, I>, result: &mut FrameResult) -> Result<(), EVMError<DbError>> {
        let ctx = evm.ctx();
        if !ctx.chain.collects_fees {
            return Ok(post_execution::reward_beneficiary(ctx, result.gas())?);
        }
        let price = ctx.tx.effective_gas_price(u128::from(ctx.block.basefee()));
        ctx.chain.fee = U256::from(price).saturating_mul(U256::from(result.gas().used()));
        Ok(())
    }

    fn execution_result(
        &mut self,
        evm: &mut Machine<'a, I>,
        result: FrameResult,
        gas: ResultGas,
    ) -> Result<ExecutionResult, EVMError<DbError>> {
        interop::settle(evm.ctx());
        revm::context_interface::context::take_error::<Self::Error, _>(evm.ctx().error())?;
        let result = post_execution::output(evm.ctx(), result, gas);
        let ctx = evm.ctx();
        ctx.journaled_state.inner.commit_tx();
        revm::context::LocalContextTr::clear(&mut ctx.local);
        evm.frame_stack().clear();
        Ok(result)
    }
}

impl<'a, I: Inspector<EvmContext<'a>>> InspectorHandler for TxHandler<'a, I> {
    type IT = EthInterpreter;
}

/// Wei that self-destruction to oneself destroyed; reverted ones have left the journal.
pub(crate) fn burned_by_entries(entries: &[JournalEntry]) -> U256 {
    entries.iter().fold(U256::ZERO, |sum, entry| match entry {
        JournalEntry::AccountDestroyed { address, target, had_balance, .. } if address == target => {
            sum.saturating_add(*had_balance)
        }
        _ => sum,
    })
}
