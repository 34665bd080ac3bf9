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
use revm::interpreter::interpreter::EthInterpreter;
use revm::interpreter::{GasTracker, InitialAndFloorGas};
use revm::primitives::hardfork::SpecId;
use seiza_types::U256;

use super::balances::ObserveBalance as _;
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
        let ctx = evm.ctx();
        if let Ok(most) = ctx.tx.max_balance_spending() {
            ctx.journaled_state.inner.load_account(&mut ctx.journaled_state.database, ctx.tx.caller)?;
            ctx.observe_payment(ctx.tx.caller, most);
        }
        pre_execution::validate_against_state_and_deduct_caller(ctx)
    }

    /// Authorities get a refund if they are not empty.
    fn apply_eip7702_auth_list(
        &self,
        evm: &mut Machine<'a, I>,
        gas: &mut GasTracker,
    ) -> Result<Option<u64>, EVMError<DbError>> {
        let ctx = evm.ctx();
        if !ctx.tx.authorization_list.is_empty() {
            ctx.journaled_state.database.shows_emptiness = true;
            ctx.journaled_state.database.be_alone()?;
        }
        pre_execution::apply_eip7702_auth_list(ctx, gas)
    }

    /// Fees go to the collector outside the EVM: an account that every transaction writes would make them all conflict.
    fn reward_beneficiary(&self, evm: &mut Machine<'a, I>, result: &mut FrameResult) -> Result<(), EVMError<DbError>> {
        let ctx = evm.ctx();
        let journal = &mut ctx.journaled_state;
        journal.database.notes.see_again(&journal.inner.state, journal.inner.transaction_id);
        if !ctx.chain.collects_fees {
            // No code runs any more that could see whether there is a beneficiary.
            ctx.journaled_state.database.shows_emptiness = ctx.cfg.spec < SpecId::SPURIOUS_DRAGON;
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
        // The journal is left as it is: whoever began the transaction ends it.
        revm::context::LocalContextTr::clear(&mut evm.ctx().local);
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
