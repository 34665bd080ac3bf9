//! `eth_simulateV1`: blocks of calls on top of a block, each seeing what those before it did.
//!
//! The blocks are shown like real ones. Their hashes are keccak over parent, number and time: nobody signs them.

mod outcome;
mod run;
mod unsigned;

use alloy_eips::BlockId;
use alloy_rpc_types_eth::simulate::{SimBlock, SimCallResult, SimulatePayload};
use serde::Serialize;

use super::CallRequest;
use super::shapes::RpcBlock;
use crate::Failure;
use crate::args::Args;
use crate::limits::{SIMULATE_BLOCKS_MAX, SIMULATE_CALLS_MAX, TRACE_TIME_MAX};
use crate::methods::{Answer, Api, Registered, Table};
use crate::workers::{Deadline, Weight};
use run::Run;

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
    let wanted = filled(&payload.block_state_calls, parent.number)?;
    let mut run = Run::new(api, deadline, &payload, state, parent);
    wanted.into_iter().map(|wanted| run.block(wanted)).collect()
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

/// The number of a block: the one wanted, which must not be below `next`.
fn number(block: &SimBlock<CallRequest>, next: u64) -> Answer<u64> {
    let number = block.block_number_override().map_or(Ok(next), u64::try_from);
    let number = number.map_err(|_| Failure::InvalidParams("block number exceeds 64 bits".into()))?;
    if number < next {
        return Err(failure(code::BLOCK_NUMBER, format!("block numbers must be in order: {number} <= {}", next - 1)));
    }
    Ok(number)
}

/// The wanted blocks with their numbers; a gap between numbers is filled with empty blocks.
fn filled(blocks: &[SimBlock<CallRequest>], parent: u64) -> Answer<Vec<SimBlock<CallRequest>>> {
    let (mut all, mut next) = (Vec::new(), parent + 1);
    for block in blocks {
        let number = number(block, next)?;
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
