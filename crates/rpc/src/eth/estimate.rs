//! `eth_estimateGas`: geth's search for the least gas limit with which a call succeeds.

use alloy_eips::BlockId;
use alloy_primitives::U64;
use revm::context::result::{ExecutionResult, HaltReason};
use seiza_chain::evm::{self, EvmError, Invalid};

use super::call::{output, refusal};
use super::{CallRequest, Overrides};
use crate::Failure;
use crate::args::Args;
use crate::backend::State;
use crate::limits::{CALL_GAS_MAX, CALL_TIME_MAX};
use crate::methods::{Answer, Api, Registered, Table};
use crate::workers::{Deadline, Weight};

/// Gas of the least transaction.
const TRANSFER_GAS: u64 = 21_000;
/// Gas that a call with value hands over for free: a call may need it at its deepest point.
const CALL_STIPEND: u64 = 2_300;
/// The search ends when the bounds are so close: 1.5 %, geth's figure.
const PRECISION_PER_MILLE: u64 = 15;

pub(super) fn register(table: &mut Table) -> Registered {
    table.heavy("eth_estimateGas", (Weight::Call, CALL_TIME_MAX), estimate)
}

fn estimate(api: &Api, args: &Args<'_>, deadline: &Deadline) -> Answer<U64> {
    let request: CallRequest = args.required(0)?;
    let moment = api.backend.moment(args.optional::<BlockId>(1)?)?;
    let state = Overrides::parse(args, 2)?.apply(api.backend.state(moment)?)?;
    search(&request, &state, deadline).map(U64::from)
}

/// How one try ended.
enum Try {
    Enough(ExecutionResult),
    TooLittle,
    Failed(ExecutionResult),
}

fn attempt(request: &CallRequest, state: &State, gas: u64) -> Answer<Try> {
    let (env, checks) = request.env_with(state, gas)?;
    let from = env.from;
    match evm::call(&state.overlay, &state.context, env, checks) {
        Ok(simulation) => Ok(match simulation.result.result {
            result @ ExecutionResult::Success { .. } => Try::Enough(result),
            ExecutionResult::Halt { reason: HaltReason::OutOfGas(_), .. } => Try::TooLittle,
            result => Try::Failed(result),
        }),
        Err(EvmError::Invalid(Invalid::IntrinsicGas { .. })) => Ok(Try::TooLittle),
        Err(error) => Err(refusal(error, from, gas)),
    }
}

fn search(request: &CallRequest, state: &State, deadline: &Deadline) -> Answer<u64> {
    let named = request.gas.map(|gas| gas.to::<u64>()).filter(|gas| *gas >= TRANSFER_GAS);
    let allowance = request.allowance(state)?;
    let most = named.unwrap_or(state.context.gas_limit).min(CALL_GAS_MAX).min(allowance);
    if most >= TRANSFER_GAS && is_transfer(request, state)? {
        return Ok(TRANSFER_GAS);
    }
    let result = match attempt(request, state, most)? {
        Try::Enough(result) => result,
        Try::TooLittle => return Err(Failure::Rejected(format!("gas required exceeds allowance ({most})"))),
        Try::Failed(result) => return Err(output(result).err().unwrap_or(Failure::Reverted(Default::default()))),
    };
    let mut bounds = Bounds { low: result.tx_gas_used().saturating_sub(1).max(TRANSFER_GAS - 1), high: most };
    let peak = result.tx_gas_used() + result.gas().final_refunded() + CALL_STIPEND;
    let likely = peak.saturating_mul(64) / 63;
    if likely < bounds.high {
        bounds.narrow(request, state, likely)?;
    }
    while let Some(middle) = bounds.middle() {
        deadline.check()?;
        bounds.narrow(request, state, middle)?;
    }
    Ok(bounds.high)
}

/// Too little, and enough.
struct Bounds {
    low: u64,
    high: u64,
}

impl Bounds {
    /// What to try next; `None` where the bounds are close enough. Most calls need little more than they use: no leap far
    /// above what is known to be too little.
    fn middle(&self) -> Option<u64> {
        let apart = self.high.saturating_sub(self.low);
        let close = apart <= 1 || apart * 1_000 < self.high * PRECISION_PER_MILLE;
        (!close).then(|| (self.low + apart / 2).min(self.low.saturating_mul(2)))
    }

    fn narrow(&mut self, request: &CallRequest, state: &State, gas: u64) -> Answer<()> {
        match attempt(request, state, gas)? {
            Try::Enough(_) => self.high = gas,
            Try::TooLittle | Try::Failed(_) => self.low = gas,
        }
        Ok(())
    }
}

/// Whether the request only moves value, and to an account that runs no code.
fn is_transfer(request: &CallRequest, state: &State) -> Answer<bool> {
    let Some(to) = request.to.filter(|_| request.is_plain_transfer()) else { return Ok(false) };
    Ok(evm::code(&state.overlay, &to)?.is_empty() && matches!(attempt(request, state, TRANSFER_GAS)?, Try::Enough(_)))
}
