//! `eth_simulateV1`: blocks of calls on top of a block, each seeing what those before it did.
//!
//! The blocks are shown like real ones. Their hashes are keccak over parent, number and time: nobody signs them.

use alloy_eips::BlockId;
use alloy_rpc_types_eth::Log;
use alloy_rpc_types_eth::simulate::{SimBlock, SimCallResult, SimulateError, SimulatePayload};
use revm::context::result::ExecutionResult;
use revm_inspectors::transfer::TransferInspector;
use seiza_chain::evm::{self, BlockContext, CallEnv, Checks, EvmError, Invalid, Simulation};
use seiza_state::{Access, Changeset};
use seiza_storage::BlockResults;
use seiza_types::{Code, Receipt};
use serde::Serialize;

use super::call::halt_text;
use super::overrides::override_block;
use super::shapes::{self, RpcBlock};
use super::simulated_tx::encode;
use super::{CallRequest, Overrides};
use crate::args::Args;
use crate::backend::{State, View};
use crate::limits::{CALL_GAS_MAX, SIMULATE_BLOCKS_MAX, SIMULATE_CALLS_MAX, TRACE_TIME_MAX};
use crate::methods::{Answer, Api, Registered, Table};
use crate::workers::{Deadline, Weight};
use crate::{B256, Bytes, Failure, revert};

/// Codes of the execution API's specification.
mod code {
    pub(super) const BLOCK_GAS: i32 = -38_015;
    pub(super) const BLOCK_NUMBER: i32 = -38_020;
    pub(super) const BLOCK_TIME: i32 = -38_021;
    pub(super) const TOO_MANY: i32 = -38_026;
    pub(super) const EXECUTION: i32 = -32_015;
    pub(super) const REVERTED: i32 = 3;
}

/// One simulated block.
#[derive(Debug, Clone, Serialize)]
struct Simulated {
    #[serde(flatten)]
    block: RpcBlock,
    calls: Vec<SimCallResult>,
}

pub(super) fn register(table: &mut Table) -> Registered {
    table.heavy("eth_simulateV1", (Weight::Scan, TRACE_TIME_MAX), simulate)
}

fn simulate(api: &Api, args: &Args<'_>, deadline: &Deadline) -> Answer<Vec<Simulated>> {
    let payload: SimulatePayload<CallRequest> = args.required(0)?;
    check_size(&payload)?;
    let id = args.optional::<BlockId>(1)?.unwrap_or_else(BlockId::latest);
    let parent = api.backend.view(id)?.ok_or(Failure::HeaderNotFound)?;
    let state = api.backend.state(api.backend.moment(Some(id))?)?;
    let mut run = Run { api, deadline, payload: &payload, state, parent, gas_left: CALL_GAS_MAX };
    let mut simulated = Vec::new();
    for wanted in filled(&payload.block_state_calls, run.parent.number)? {
        simulated.push(run.block(wanted)?);
    }
    Ok(simulated)
}

fn failure(code: i32, text: impl Into<String>) -> Failure {
    Failure::Simulation { code, text: text.into() }
}

fn check_size(payload: &SimulatePayload<CallRequest>) -> Answer<()> {
    let blocks = &payload.block_state_calls;
    if blocks.is_empty() {
        return Err(Failure::InvalidParams("empty input".into()));
    }
    let calls: usize = blocks.iter().map(|block| block.calls.len()).sum();
    if blocks.len() > SIMULATE_BLOCKS_MAX || calls > SIMULATE_CALLS_MAX {
        let text = format!("at most {SIMULATE_BLOCKS_MAX} blocks and {SIMULATE_CALLS_MAX} calls are simulated at once");
        return Err(failure(code::TOO_MANY, text));
    }
    Ok(())
}

/// The wanted blocks with their numbers; a gap between numbers is filled with empty blocks.
fn filled(blocks: &[SimBlock<CallRequest>], parent: u64) -> Answer<Vec<SimBlock<CallRequest>>> {
    let (mut all, mut next) = (Vec::new(), parent + 1);
    for block in blocks {
        let number = block.block_number_override().map_or(Ok(next), u64::try_from);
        let number = number.map_err(|_| Failure::InvalidParams("block number exceeds 64 bits".into()))?;
        if number < next {
            return Err(failure(
                code::BLOCK_NUMBER,
                format!("block numbers must be in order: {number} <= {}", next - 1),
            ));
        }
        let gap = usize::try_from(number - next).unwrap_or(usize::MAX);
        if gap.saturating_add(all.len()) >= SIMULATE_BLOCKS_MAX {
            return Err(failure(code::TOO_MANY, "too many blocks"));
        }
        all.extend((0..gap).map(|_| SimBlock::default()));
        all.push(block.clone());
        next = number + 1;
    }
    Ok(all)
}

/// A simulation in progress: the last block, and the state after it.
struct Run<'a> {
    api: &'a Api,
    deadline: &'a Deadline,
    payload: &'a SimulatePayload<CallRequest>,
    state: State,
    parent: View,
    gas_left: u64,
}

/// What the calls of a block add up to.
#[derive(Default)]
struct Done {
    calls: Vec<SimCallResult>,
    receipts: Vec<Receipt>,
    raws: Vec<Bytes>,
    gas_used: u64,
}

impl Run<'_> {
    fn block(&mut self, wanted: SimBlock<CallRequest>) -> Answer<Simulated> {
        self.state.context = self.context(&wanted)?;
        let overrides = Overrides { state: wanted.state_overrides, block: None };
        self.state = overrides.apply(self.state.clone())?;
        let base = self.state.overlay.clone();
        let mut access = Access::unrecorded(&base);
        if let Some(hash) = self.parent.hash {
            evm::record_parent_hash(&mut access, self.parent.number, hash);
        }
        let mut done = Done::default();
        for request in &wanted.calls {
            self.deadline.check()?;
            self.call(request, &mut access, &mut done)?;
        }
        let mut changes = Changeset::default();
        changes.absorb(access.finish().1, &base)?;
        self.state = self.state.with(changes);
        self.finish(done)
    }

    /// The block's numbers: those wanted, else the parent's, one block and one second on.
    fn context(&self, wanted: &SimBlock<CallRequest>) -> Answer<BlockContext> {
        let parent = &self.parent;
        let base_fee = if self.payload.validation { self.api.backend.base_fee_after(parent)? } else { 0 };
        let mut context = BlockContext {
            number: parent.number + 1,
            timestamp: parent.timestamp + 1,
            prevrandao: B256::ZERO,
            base_fee,
            ..self.state.context.clone()
        };
        override_block(&mut context, wanted.block_overrides.clone().unwrap_or_default())?;
        if context.timestamp <= parent.timestamp {
            let text = format!("block timestamps must be in order: {} <= {}", context.timestamp, parent.timestamp);
            return Err(failure(code::BLOCK_TIME, text));
        }
        Ok(context)
    }

    fn call(&mut self, request: &CallRequest, access: &mut Access<'_>, done: &mut Done) -> Answer<()> {
        let (env, checks) = self.env(request, access, done.gas_used)?;
        let mut transfers = TransferInspector::new(false).with_logs(true);
        let context = &self.state.context;
        let ran = if self.payload.trace_transfers {
            evm::inspect(access, context, env.clone(), checks, &mut transfers)
        } else {
            evm::call(access, context, env.clone(), checks)
        };
        let simulation = ran.map_err(refused)?;
        simulation.commit(access)?;
        let raw = encode(&env, context.chain_id);
        let receipt = receipt(&env, &simulation, &raw, done);
        self.gas_left = self.gas_left.saturating_sub(receipt.gas_used);
        done.gas_used = receipt.cumulative_gas_used;
        done.calls.push(outcome(&simulation));
        done.receipts.push(receipt);
        done.raws.push(raw);
        Ok(())
    }

    /// What the EVM is asked to do: the next nonce and the gas that is left, where nothing else is wanted.
    fn env(&self, request: &CallRequest, access: &Access<'_>, gas_used: u64) -> Answer<(CallEnv, Checks)> {
        let room = self.state.context.gas_limit.saturating_sub(gas_used);
        let gas = request.gas.map_or(room.min(self.gas_left), |gas| gas.to());
        if gas > room {
            let text = format!("block gas limit reached: {} + {gas} > {}", gas_used, self.state.context.gas_limit);
            return Err(failure(code::BLOCK_GAS, text));
        }
        if gas > self.gas_left {
            return Err(failure(
                code::TOO_MANY,
                format!("RPC gas cap exhausted: {} left, {gas} wanted", self.gas_left),
            ));
        }
        let (mut env, checks) = request.env_with(&self.state, gas)?;
        let nonce = || Ok::<_, Failure>(evm::account(access, &env.from)?.map_or(0, |account| account.nonce));
        env.nonce = request.nonce.map_or_else(nonce, |nonce| Ok(nonce.to()))?;
        let validated = Checks { block_gas: false, ..Checks::ALL };
        Ok((env, if self.payload.validation { validated } else { checks }))
    }

    fn finish(&mut self, done: Done) -> Answer<Simulated> {
        let results = BlockResults {
            base_fee_per_gas: self.state.context.base_fee,
            gas_used: done.gas_used,
            gas_limit: self.state.context.gas_limit,
            bloom: done.receipts.iter().flat_map(|receipt| &receipt.logs).collect(),
            tx_hashes: done.receipts.iter().map(|receipt| receipt.tx_hash).collect(),
            receipts: done.receipts,
        };
        let context = &self.state.context;
        let parent_hash = self.parent.hash.unwrap_or_default();
        let seed = [parent_hash.as_slice(), &context.number.to_be_bytes(), &context.timestamp.to_be_bytes()].concat();
        let hash = alloy_primitives::keccak256(seed);
        self.parent = View::simulated(hash, parent_hash, context, results, done.raws);
        let view = &self.parent;
        let mut calls = done.calls;
        for (call, shown) in calls.iter_mut().zip(view.shown()) {
            call.logs = shapes::logs(view, shown).collect::<Vec<Log>>();
        }
        Ok(Simulated { block: shapes::block(view, self.payload.return_full_transactions)?, calls })
    }
}

fn receipt(env: &CallEnv, simulation: &Simulation, raw: &Bytes, done: &Done) -> Receipt {
    let outcome = simulation.outcome();
    Receipt {
        tx_hash: alloy_primitives::keccak256(raw),
        evm_type: Some(super::simulated_tx::kind(env)),
        sender: env.from,
        to: env.to,
        code: outcome.code,
        gas_wanted: env.gas,
        gas_used: outcome.gas_used,
        cumulative_gas_used: done.gas_used + outcome.gas_used,
        effective_gas_price: outcome.effective_gas_price,
        contract_address: outcome.contract_address,
        first_log_index: 0,
        logs: outcome.logs,
        events: Vec::new(),
        data: Bytes::new(),
    }
}

fn outcome(simulation: &Simulation) -> SimCallResult {
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
fn refused(error: EvmError) -> Failure {
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
        Invalid::TipAboveCap | Invalid::ChainId | Invalid::Other(_) => return Failure::Rejected(invalid.to_string()),
    };
    failure(number, invalid.to_string())
}

#[cfg(test)]
mod tests {
    use alloy_rpc_types_eth::BlockOverrides;

    use super::*;
    use crate::U256;

    fn numbered(number: u64) -> SimBlock<CallRequest> {
        let overrides = BlockOverrides { number: Some(U256::from(number)), ..BlockOverrides::default() };
        SimBlock { block_overrides: Some(overrides), ..SimBlock::default() }
    }

    #[test]
    fn gaps_are_filled_and_order_is_kept() {
        assert_eq!(filled(&[SimBlock::default(), numbered(13)], 10).unwrap().len(), 3);
        assert!(filled(&[numbered(10)], 10).is_err());
        assert!(filled(&[numbered(12), numbered(11)], 10).is_err());
        assert!(filled(&[numbered(11 + 256)], 10).is_err());
    }
}
