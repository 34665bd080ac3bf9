//! How a simulated call ended: as a receipt, as the client is told, and as the failure of the whole.

use alloy_rpc_types_eth::simulate::{SimCallResult, SimulateError};
use revm::context::result::ExecutionResult;
use seiza_chain::evm::{CallEnv, EvmError, Invalid, Simulation};
use seiza_types::{Code, Receipt};

use super::{code, failure, unsigned};
use crate::eth::halt_text;
use crate::{Bytes, Failure, revert};

/// The receipt of a call whose block had used `gas_before`.
pub(super) fn receipt(env: &CallEnv, simulation: &Simulation, raw: &Bytes, gas_before: u64) -> Receipt {
    let outcome = simulation.outcome();
    Receipt {
        tx_hash: alloy_primitives::keccak256(raw),
        evm_type: Some(unsigned::kind(env)),
        sender: env.from,
        to: env.to,
        code: outcome.code,
        gas_wanted: env.gas,
        gas_used: outcome.gas_used,
        cumulative_gas_used: gas_before + outcome.gas_used,
        effective_gas_price: outcome.effective_gas_price,
        contract_address: outcome.contract_address,
        first_log_index: 0,
        logs: outcome.logs,
        events: Vec::new(),
        data: Bytes::new(),
    }
}

/// What the client is told.
pub(super) fn call_result(simulation: &Simulation) -> SimCallResult {
    let outcome = simulation.outcome();
    let error = |code, message, data| Some(SimulateError { code, message, data });
    SimCallResult {
        return_data: outcome.output.clone(),
        logs: Vec::new(),
        gas_used: outcome.gas_used,
        max_used_gas: Some(outcome.gas_used + outcome.gas_refunded),
        status: outcome.code == Code::Ok,
        error: match &simulation.result.result {
            ExecutionResult::Success { .. } => None,
            ExecutionResult::Revert { output, .. } => {
                error(code::REVERTED, revert::message(output), Some(output.clone()))
            }
            ExecutionResult::Halt { reason, .. } => error(code::EXECUTION, halt_text(reason), None),
        },
    }
}

/// Why a call could not be run at all: it fails the whole simulation.
pub(super) fn refused(error: EvmError) -> Failure {
    let invalid = match error {
        EvmError::Invalid(invalid) => invalid,
        EvmError::State(error) => return error.into(),
        EvmError::Internal(text) => return Failure::Internal(text),
    };
    let number = match &invalid {
        Invalid::NonceTooLow { .. } => -38_010,
        Invalid::NonceTooHigh { .. } => -38_011,
        Invalid::FeeBelowBase => -38_012,
        Invalid::IntrinsicGas { .. } => -38_013,
        Invalid::Funds { .. } => -38_014,
        Invalid::BlockGas => code::BLOCK_GAS,
        Invalid::SenderNotEoa => -38_024,
        Invalid::InitcodeSize => -38_025,
        Invalid::TipAboveCap | Invalid::ChainId | Invalid::CannotCreate | Invalid::Other(_) => {
            return Failure::Rejected(invalid.to_string());
        }
    };
    failure(number, invalid.to_string())
}
