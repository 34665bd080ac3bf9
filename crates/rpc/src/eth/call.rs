//! `eth_call`: a call's return data, or why it has none.

use alloy_eips::BlockId;
use revm::context::result::{ExecutionResult, HaltReason};
use seiza_chain::evm::{self, EvmError, Invalid};

use super::{CallRequest, Overrides};
use crate::args::Args;
use crate::backend::State;
use crate::limits::CALL_TIME_MAX;
use crate::methods::{Answer, Api, Registered, Table};
use crate::workers::{Deadline, Weight};
use crate::{Address, Bytes, Failure};

pub(super) fn register(table: &mut Table) -> Registered {
    table.heavy("eth_call", (Weight::Call, CALL_TIME_MAX), call)
}

fn call(api: &Api, args: &Args<'_>, _: &Deadline) -> Answer<Bytes> {
    let request: CallRequest = args.required(0)?;
    let moment = api.backend.moment(args.optional::<BlockId>(1)?)?;
    let state = Overrides::parse(args, 2)?.apply(api.backend.state(moment)?)?;
    output(run(&request, &state)?)
}

/// Runs a request once.
pub(crate) fn run(request: &CallRequest, state: &State) -> Answer<ExecutionResult> {
    let (env, checks) = request.env(state)?;
    let (from, gas) = (env.from, env.gas);
    let simulation =
        evm::call(&state.overlay, &state.context, env, checks).map_err(|error| refusal(error, from, gas))?;
    Ok(simulation.result.result)
}

/// Return data, or the failure that stands for the end it took.
pub(crate) fn output(result: ExecutionResult) -> Answer<Bytes> {
    match result {
        ExecutionResult::Success { output, .. } => Ok(output.into_data()),
        ExecutionResult::Revert { output, .. } => Err(Failure::Reverted(output)),
        ExecutionResult::Halt { reason, .. } => Err(Failure::Rejected(halt_text(&reason))),
    }
}

/// Why a call could not be run at all, in geth's words.
pub(crate) fn refusal(error: EvmError, from: Address, gas: u64) -> Failure {
    match error {
        EvmError::Invalid(Invalid::Funds { have, want }) => Failure::Rejected(format!(
            "err: insufficient funds for gas * price + value: address {from} have {have} want {want} (supplied gas {gas})"
        )),
        EvmError::Invalid(invalid) => Failure::Rejected(format!("err: {invalid} (supplied gas {gas})")),
        EvmError::State(error) => error.into(),
        EvmError::Internal(text) => Failure::Internal(text),
    }
}

/// How the EVM stopped, in geth's words where it has them.
pub(crate) fn halt_text(reason: &HaltReason) -> String {
    match reason {
        HaltReason::OutOfGas(_) => "out of gas",
        HaltReason::InvalidFEOpcode => "invalid opcode: INVALID",
        HaltReason::OpcodeNotFound | HaltReason::NotActivated => "invalid opcode",
        HaltReason::InvalidJump => "invalid jump destination",
        HaltReason::StackOverflow => "stack limit reached 1024",
        HaltReason::OutOfOffset => "return data out of bounds",
        HaltReason::CreateCollision => "contract address collision",
        HaltReason::NonceOverflow => "nonce uint64 overflow",
        HaltReason::CreateContractSizeLimit => "max code size exceeded",
        HaltReason::CreateInitCodeSizeLimit => "max initcode size exceeded",
        HaltReason::CreateContractStartingWithEF => "invalid code: must not begin with 0xef",
        HaltReason::StateChangeDuringStaticCall | HaltReason::CallNotAllowedInsideStatic => "write protection",
        HaltReason::OutOfFunds => "insufficient balance for transfer",
        HaltReason::CallTooDeep => "max call depth exceeded",
        other => return other.to_string(),
    }
    .into()
}
