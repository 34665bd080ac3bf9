//! One call of a native precompile: who calls how, what it may do, and how it can fail.

use alloy_sol_types::{Revert, SolError as _, SolInterface};
use revm::interpreter::{CallInputs, CallScheme, Gas, InstructionResult, InterpreterResult};
use seiza_modules::{GasMeter, ModuleError};
use seiza_state::StateError;
use seiza_types::{Address, Bytes, U256};

use crate::evm::EvmContext;

/// Why a call ends without an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// The caller's fault: its frame sees a revert with this reason, as `Error(string)`.
    Revert(String),
    /// The gas given did not suffice; all of it is gone.
    OutOfGas,
    /// State cannot be read: the whole transaction stops.
    State(StateError),
}

impl From<ModuleError> for Failure {
    fn from(error: ModuleError) -> Self {
        match error {
            ModuleError::State(error) => Self::State(error),
            ModuleError::OutOfGas { .. } => Self::OutOfGas,
            other => Self::Revert(other.to_string()),
        }
    }
}

impl From<StateError> for Failure {
    fn from(error: StateError) -> Self {
        Self::State(error)
    }
}

/// A revert with that reason.
pub(super) fn revert<T>(reason: impl Into<String>) -> Result<T, Failure> {
    Err(Failure::Revert(reason.into()))
}

/// The call's circumstances.
pub(super) struct Call {
    /// Who calls.
    pub(super) caller: Address,
    /// Wei that came along and now lie at the precompile.
    pub(super) value: U256,
    /// Calldata.
    pub(super) input: Bytes,
    /// Gas that the call may use.
    pub(super) gas: GasMeter,
    is_static: bool,
    is_delegated: bool,
}

impl Call {
    pub(super) fn new(ctx: &EvmContext<'_>, inputs: &CallInputs) -> Self {
        Self {
            caller: inputs.caller,
            value: inputs.value.transfer().unwrap_or_default(),
            input: Bytes::copy_from_slice(&inputs.input.as_bytes(ctx)),
            gas: GasMeter::new(inputs.gas_limit),
            is_static: inputs.is_static,
            is_delegated: matches!(inputs.scheme, CallScheme::DelegateCall | CallScheme::CallCode),
        }
    }

    /// The function called and its arguments, by the interface's ABI.
    pub(super) fn decode<I: SolInterface>(&self) -> Result<I, Failure> {
        let Some(selector) = self.input.first_chunk::<4>() else { return revert("no function selector") };
        if !I::valid_selector(*selector) {
            return revert(format!("unknown function selector 0x{}", alloy_primitives::hex::encode(selector)));
        }
        I::abi_decode_validate(&self.input).map_err(|error| Failure::Revert(format!("invalid arguments: {error}")))
    }

    /// Refuses value: for functions that are not payable.
    pub(super) fn takes_no_value(&self) -> Result<(), Failure> {
        if self.value.is_zero() { Ok(()) } else { revert("function is not payable") }
    }

    /// Refuses a caller that may not change state, or that runs another's code: for functions that write.
    pub(super) fn may_write(&self) -> Result<(), Failure> {
        match (self.is_static, self.is_delegated) {
            (true, _) => revert("cannot change state in a static call"),
            (_, true) => revert("cannot change state in a delegate call"),
            _ => Ok(()),
        }
    }

    /// Ends the call with what the calling frame sees; only unreadable state has no such form.
    pub(super) fn finish(
        self,
        gas_limit: u64,
        answer: Result<Vec<u8>, Failure>,
    ) -> Result<InterpreterResult, StateError> {
        let (result, output) = match answer {
            Ok(output) => (InstructionResult::Return, output),
            Err(Failure::Revert(reason)) => (InstructionResult::Revert, Revert::from(reason).abi_encode()),
            Err(Failure::OutOfGas) => return Ok(out_of_gas(gas_limit)),
            Err(Failure::State(error)) => return Err(error),
        };
        let mut gas = Gas::new(gas_limit);
        let charged = gas.record_regular_cost(self.gas.used());
        debug_assert!(charged, "the meter never allows more than the limit");
        Ok(InterpreterResult::new(result, output.into(), gas))
    }
}

fn out_of_gas(gas_limit: u64) -> InterpreterResult {
    let mut gas = Gas::new(gas_limit);
    gas.spend_all();
    InterpreterResult::new(InstructionResult::PrecompileOOG, Bytes::new(), gas)
}
