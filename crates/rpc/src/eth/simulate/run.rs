//! A simulation in progress: block after block, call after call.

use alloy_rpc_types_eth::simulate::{SimBlock, SimCallResult, SimulatePayload};
use revm_inspectors::transfer::TransferInspector;
use seiza_chain::evm::{self, BlockContext, CallEnv, Checks, Simulation};
use seiza_chain::state::{Access, Changeset};
use seiza_storage::BlockResults;
use seiza_types::Receipt;

use super::outcome::{call_result, receipt, refused};
use super::{Simulated, code, failure, unsigned};
use crate::backend::{State, View};
use crate::eth::overrides::override_block;
use crate::eth::{CallRequest, Overrides, shapes};
use crate::limits::CALL_GAS_MAX;
use crate::methods::{Answer, Api};
use crate::workers::Deadline;
use crate::{B256, Bytes, Failure};

/// A simulation in progress: the last block, and the state after it.
pub(super) struct Run<'a> {
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

impl<'a> Run<'a> {
    /// Begins on `parent`, whose state is `state`.
    pub(super) fn new(
        api: &'a Api,
        deadline: &'a Deadline,
        payload: &'a SimulatePayload<CallRequest>,
        state: State,
        parent: View,
    ) -> Self {
        Self { api, deadline, payload, state, parent, gas_left: CALL_GAS_MAX }
    }

    /// Simulates the next block.
    pub(super) fn block(&mut self, wanted: SimBlock<CallRequest>) -> Answer<Simulated> {
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
        let simulation = self.run(env.clone(), checks, access)?;
        simulation.commit(access)?;
        let raw = unsigned::encode(&env, self.state.context.chain_id);
        let receipt = receipt(&env, &simulation, &raw, done.gas_used);
        self.gas_left = self.gas_left.saturating_sub(receipt.gas_used);
        done.gas_used = receipt.cumulative_gas_used;
        done.calls.push(call_result(&simulation));
        done.receipts.push(receipt);
        done.raws.push(raw);
        Ok(())
    }

    fn run(&self, env: CallEnv, checks: Checks, access: &Access<'_>) -> Answer<Simulation> {
        let context = &self.state.context;
        if !self.payload.trace_transfers {
            return evm::call(access, context, env, checks).map_err(refused);
        }
        let mut transfers = TransferInspector::new(false).with_logs(true);
        evm::inspect(access, context, env, checks, &mut transfers).map_err(refused)
    }

    /// What the EVM is asked to do: the next nonce and the gas that is left, where nothing else is wanted.
    fn env(&self, request: &CallRequest, access: &Access<'_>, gas_used: u64) -> Answer<(CallEnv, Checks)> {
        let gas = self.gas(request, gas_used)?;
        let (mut env, checks) = request.env_with(&self.state, gas)?;
        let nonce = || Ok::<_, Failure>(evm::account(access, &env.from)?.map_or(0, |account| account.nonce));
        env.nonce = request.nonce.map_or_else(nonce, |nonce| Ok(nonce.to()))?;
        let validated = Checks { block_gas: false, ..Checks::ALL };
        Ok((env, if self.payload.validation { validated } else { checks }))
    }

    fn gas(&self, request: &CallRequest, gas_used: u64) -> Answer<u64> {
        let (limit, left) = (self.state.context.gas_limit, self.gas_left);
        let room = limit.saturating_sub(gas_used);
        let gas = request.gas.map_or(room.min(left), |gas| gas.to());
        if gas > room {
            return Err(failure(code::BLOCK_GAS, format!("block gas limit reached: {gas_used} + {gas} > {limit}")));
        }
        if gas > left {
            return Err(failure(code::TOO_MANY, format!("RPC gas cap exhausted: {left} left, {gas} wanted")));
        }
        Ok(gas)
    }

    fn finish(&mut self, done: Done) -> Answer<Simulated> {
        let results = sums(done.receipts, &self.state.context);
        let context = &self.state.context;
        let parent_hash = self.parent.hash.unwrap_or_default();
        let seed = [parent_hash.as_slice(), &context.number.to_be_bytes(), &context.timestamp.to_be_bytes()].concat();
        let hash = alloy_primitives::keccak256(seed);
        self.parent = View::simulated(hash, parent_hash, context, results, done.raws);
        let view = &self.parent;
        let mut calls = done.calls;
        for (call, shown) in calls.iter_mut().zip(view.shown()) {
            call.logs = shapes::logs(view, shown).collect();
        }
        Ok(Simulated { block: shapes::block(view, self.payload.return_full_transactions)?, calls })
    }
}

/// What a block's receipts add up to.
fn sums(receipts: Vec<Receipt>, context: &BlockContext) -> BlockResults {
    BlockResults {
        base_fee_per_gas: context.base_fee,
        gas_used: receipts.last().map_or(0, |receipt| receipt.cumulative_gas_used),
        gas_limit: context.gas_limit,
        logs_bloom: Default::default(),
        tx_hashes: receipts.iter().map(|receipt| receipt.tx_hash).collect(),
        receipts,
        outcomes: Vec::new(),
        calls: Vec::new(),
    }
}
