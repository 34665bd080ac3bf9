//! How a transaction or a simulated call ended.

use revm::context::result::{ExecutionResult, HaltReason, ResultAndState};
use seiza_state::{StateError, StateWrite, WriteSet};
use seiza_types::{Address, Bytes, Code, Event, Log, U256};

use super::commit;
use super::notes::Notes;

/// What a transaction did, beside its writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TxOutcome {
    /// How it ended.
    pub code: Code,
    /// Gas paid for.
    pub gas_used: u64,
    /// Gas given back for cleared storage, already taken off `gas_used`.
    pub gas_refunded: u64,
    /// Return data, or revert data.
    pub output: Bytes,
    /// EVM logs; none where it failed.
    pub logs: Vec<Log>,
    /// The contract it created.
    pub contract_address: Option<Address>,
    /// Wei paid per gas.
    pub effective_gas_price: u128,
    /// Native events; none where it failed.
    pub events: Vec<Event>,
}

/// What native code did beside the EVM's accounts; only this crate makes and applies it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Effects {
    /// Writes to keys that the EVM does not hold.
    pub(crate) writes: WriteSet,
    /// Native events.
    pub(crate) events: Vec<Event>,
    /// Wei for the fee collector.
    pub(crate) fee: U256,
    /// Wei that self-destruction destroyed.
    pub(crate) burned: U256,
    /// What is to be remembered of accounts.
    pub(crate) notes: Notes,
}

/// A simulated call: everything that it would do, nothing of it written.
#[derive(Debug, Clone)]
pub struct Simulation {
    /// revm's own result, and every account and slot touched or only read: what its tracers ask for.
    pub result: ResultAndState,
    /// Native events; none where it failed.
    pub events: Vec<Event>,
    /// Wei paid per gas.
    pub effective_gas_price: u128,
    pub(crate) effects: Effects,
}

impl Simulation {
    /// Writes what the call did, as a transaction would have.
    ///
    /// # Errors
    /// Those of state.
    pub fn commit(&self, state: &mut dyn StateWrite) -> Result<(), StateError> {
        commit::apply(state, &self.result.state, &self.effects)
    }

    /// The call's outcome in the form of a transaction's.
    #[must_use]
    pub fn outcome(&self) -> TxOutcome {
        outcome(self.result.result.clone(), self.events.clone(), self.effective_gas_price)
    }
}

pub(crate) fn outcome(result: ExecutionResult, events: Vec<Event>, effective_gas_price: u128) -> TxOutcome {
    let code = code(&result);
    let contract_address = result.created_address();
    let (gas_used, gas_refunded) = (result.tx_gas_used(), result.gas().final_refunded());
    let (output, logs) = match result {
        ExecutionResult::Success { output, logs, .. } => (output.into_data(), logs),
        ExecutionResult::Revert { output, .. } => (output, Vec::new()),
        ExecutionResult::Halt { .. } => (Bytes::new(), Vec::new()),
    };
    TxOutcome { code, gas_used, gas_refunded, output, logs, contract_address, effective_gas_price, events }
}

fn code(result: &ExecutionResult) -> Code {
    match result {
        ExecutionResult::Success { .. } => Code::Ok,
        ExecutionResult::Revert { .. } => Code::Reverted,
        ExecutionResult::Halt { reason: HaltReason::OutOfGas(_), .. } => Code::OutOfGas,
        ExecutionResult::Halt { .. } => Code::Halted,
    }
}
