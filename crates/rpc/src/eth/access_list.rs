//! `eth_createAccessList`: what a call touches, as an EIP-2930 list, and the gas it uses with that list.

use alloy_eips::BlockId;
use alloy_eips::eip2930::AccessList;
use alloy_primitives::U64;
use revm::context::result::ExecutionResult;
use revm_inspectors::access_list::AccessListInspector;
use seiza_chain::evm;
use serde::Serialize;

use super::call::{halt_text, refusal};
use super::{CallRequest, Overrides};
use crate::args::Args;
use crate::backend::State;
use crate::limits::CALL_TIME_MAX;
use crate::methods::{Answer, Api, Registered, Table};
use crate::revert;
use crate::workers::{Deadline, Weight};

/// Rounds after which a list that still grows is taken as it is: each may open a path that reads more.
const ROUNDS_MAX: usize = 16;

/// The answer.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    access_list: AccessList,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    gas_used: U64,
}

pub(super) fn register(table: &mut Table) -> Registered {
    table.heavy("eth_createAccessList", (Weight::Scan, CALL_TIME_MAX), create)
}

fn create(api: &Api, args: &Args<'_>, deadline: &Deadline) -> Answer<Created> {
    let mut request: CallRequest = args.required(0)?;
    let moment = api.backend.moment(args.optional::<BlockId>(1)?)?;
    let state = Overrides { state: args.optional(2)?, block: None }.apply(api.backend.state(moment)?)?;
    let mut round = 0;
    loop {
        deadline.check()?;
        let before = request.access_list.clone().unwrap_or_default();
        let (after, result) = touch(&request, before.clone(), &state)?;
        round += 1;
        if after == before || round == ROUNDS_MAX {
            return Ok(Created {
                access_list: after,
                error: error(&result),
                gas_used: U64::from(result.tx_gas_used()),
            });
        }
        request.access_list = Some(after);
    }
}

fn touch(request: &CallRequest, list: AccessList, state: &State) -> Answer<(AccessList, ExecutionResult)> {
    let (env, checks) = request.env(state)?;
    let (from, gas) = (env.from, env.gas);
    let mut inspector = AccessListInspector::new(list);
    let simulation = evm::inspect(&state.overlay, &state.context, env, checks, &mut inspector)
        .map_err(|error| refusal(error, from, gas))?;
    Ok((inspector.into_access_list(), simulation.result.result))
}

fn error(result: &ExecutionResult) -> Option<String> {
    match result {
        ExecutionResult::Success { .. } => None,
        ExecutionResult::Revert { output, .. } => Some(revert::message(output)),
        ExecutionResult::Halt { reason, .. } => Some(halt_text(reason)),
    }
}
