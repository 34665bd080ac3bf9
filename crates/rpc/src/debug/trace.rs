//! Traces by geth's built-in tracers: of a transaction, of a block, of a call that was never sent.

use alloy_eips::{BlockId, BlockNumberOrTag};
use alloy_rpc_types_trace::geth::{
    GethDebugTracingCallOptions, GethDebugTracingOptions, GethDefaultTracingOptions, GethTrace, TraceResult,
};
use revm::context::{BlockEnv, TxEnv};
use revm::primitives::TxKind;
use revm_inspectors::tracing::{DebugInspector, TransactionContext};
use seiza_chain::evm::{self, BlockContext, CallEnv, Checks, Simulation, StateDb};
use seiza_chain::state::{Access, StateRead};
use seiza_types::Tx;
use seiza_types::tx::Body;
use serde_json::Value;

use super::guard::{Guard, Records};
use crate::args::Args;
use crate::backend::{Shown, State, View};
use crate::eth::{CallRequest, Overrides, refusal};
use crate::limits::TRACE_TIME_MAX;
use crate::methods::{Answer, Api, Registered, Table};
use crate::workers::{Deadline, Weight};
use crate::{B256, Failure, U256};

const MUX: &str = "muxTracer";
const WEIGHT: (Weight, std::time::Duration) = (Weight::Scan, TRACE_TIME_MAX);

pub(super) fn register(table: &mut Table) -> Registered {
    table.heavy("debug_traceTransaction", WEIGHT, transaction)?;
    table.heavy("debug_traceBlockByNumber", WEIGHT, |api, args, deadline| {
        let view = api.backend.view(args.required::<BlockNumberOrTag>(0)?.into())?;
        block(api, view, args, deadline)
    })?;
    table.heavy("debug_traceBlockByHash", WEIGHT, |api, args, deadline| {
        let view = api.backend.view_by_hash(args.required::<B256>(0)?)?;
        block(api, view, args, deadline)
    })?;
    table.heavy("debug_traceCall", WEIGHT, call)
}

/// How to trace, and until when.
struct Tracing<'a> {
    options: GethDebugTracingOptions,
    deadline: &'a Deadline,
}

impl Tracing<'_> {
    /// Runs a call under the tracer that the options name.
    fn run(
        &self,
        state: &dyn StateRead,
        context: &BlockContext,
        (env, checks): (CallEnv, Checks),
        about: TransactionContext,
    ) -> Answer<(GethTrace, Simulation)> {
        let tracer = inspector(self.options.clone())?;
        let mut inspector = (Guard::new(*self.deadline, records(&self.options)), tracer);
        let (tx, block) = (tx_env(&env), block_env(context));
        let (from, gas) = (env.from, env.gas);
        let simulation =
            evm::inspect(state, context, env, checks, &mut inspector).map_err(|error| refusal(error, from, gas))?;
        let (guard, mut tracer) = inspector;
        guard.verdict()?;
        let trace = tracer
            .get_result(Some(about), &tx, &block, &simulation.result, &mut StateDb(state))
            .map_err(|error| Failure::Internal(error.to_string()))?;
        Ok((trace, simulation))
    }

    /// Traces an included transaction on the state before it.
    fn included(
        &self,
        api: &Api,
        state: &dyn StateRead,
        context: &BlockContext,
        view: &View,
        shown: Shown<'_>,
    ) -> Answer<(GethTrace, Simulation)> {
        let hash = shown.receipt.tx_hash;
        let damaged = || Failure::Internal(format!("transaction {hash} does not verify"));
        let verified =
            Tx::decode(shown.raw).map_err(|_| damaged())?.verify(api.backend.rules()).map_err(|_| damaged())?;
        let Body::Evm(tx) = &verified.body else { return Err(damaged()) };
        let about = TransactionContext {
            block_hash: view.hash,
            tx_index: usize::try_from(shown.index).ok(),
            tx_hash: Some(hash),
        };
        self.run(state, context, (CallEnv::of(tx, &verified.signer), Checks::ALL), about)
    }
}

/// The tracer that the options name.
fn inspector(mut options: GethDebugTracingOptions) -> Answer<DebugInspector> {
    if options.tracer.as_ref().is_some_and(|tracer| tracer.as_str() == MUX) {
        configure(&mut options.tracer_config.0);
    }
    DebugInspector::new(options).map_err(|error| Failure::Rejected(error.to_string()))
}

/// Makes of a `muxTracer`'s configuration one that the library takes as geth does: a tracer that knows no options ignores
/// what stands there, another takes `null` for its defaults.
fn configure(mux: &mut Value) {
    for (name, config) in mux.as_object_mut().into_iter().flatten() {
        match name.as_str() {
            "4byteTracer" | "noopTracer" => *config = Value::Null,
            _ if config.is_null() => *config = Value::Object(Default::default()),
            _ => {}
        }
    }
}

/// What the options make the tracer keep of each step; `None` where it keeps no steps.
fn records(options: &GethDebugTracingOptions) -> Option<Records> {
    let named = options.tracer.as_ref().is_some_and(|tracer| !tracer.as_str().is_empty());
    let GethDefaultTracingOptions { enable_memory, disable_memory, disable_stack, .. } = options.config;
    let memory = enable_memory.unwrap_or_else(|| disable_memory.is_some_and(|disable| !disable));
    (!named).then_some(Records { stack: !disable_stack.unwrap_or(false), memory })
}

/// What tracers ask of the transaction.
fn tx_env(env: &CallEnv) -> TxEnv {
    TxEnv {
        caller: env.from,
        gas_limit: env.gas,
        gas_price: env.gas_price,
        kind: env.to.map_or(TxKind::Create, TxKind::Call),
        value: env.value,
        data: env.input.clone(),
        nonce: env.nonce,
        chain_id: env.chain_id,
        gas_priority_fee: env.priority_fee,
        ..TxEnv::default()
    }
}

/// What tracers ask of the block.
fn block_env(context: &BlockContext) -> BlockEnv {
    BlockEnv {
        number: U256::from(context.number),
        beneficiary: context.coinbase,
        timestamp: U256::from(context.timestamp),
        gas_limit: context.gas_limit,
        basefee: context.base_fee,
        prevrandao: Some(context.prevrandao),
        ..BlockEnv::default()
    }
}

fn transaction(api: &Api, args: &Args<'_>, deadline: &Deadline) -> Answer<GethTrace> {
    let hash: B256 = args.required(0)?;
    let tracing = Tracing { options: args.optional(1)?.unwrap_or_default(), deadline };
    let (view, place) = api.backend.transaction(&hash)?.ok_or(Failure::TransactionNotFound)?;
    let shown = view.shown().find(|shown| shown.place == place).ok_or(Failure::TransactionNotFound)?;
    let State { overlay, context } = api.backend.before(view.number, place)?;
    Ok(tracing.included(api, &overlay, &context, &view, shown)?.0)
}

type BlockTrace = Vec<TraceResult>;

fn block(api: &Api, view: Option<View>, args: &Args<'_>, deadline: &Deadline) -> Answer<BlockTrace> {
    let tracing = Tracing { options: args.optional(1)?.unwrap_or_default(), deadline };
    let view = view.ok_or(Failure::UnknownBlock)?;
    if view.hash.is_none() {
        return Err(Failure::Rejected("tracing on top of pending is not supported".into()));
    }
    let mut traces = Vec::new();
    let mut all = view.shown().peekable();
    // A run of shown transactions is traced in one go; what is not shown in between is replayed by the chain.
    while let Some(first) = all.peek().map(|shown| shown.place) {
        let State { overlay, context } = api.backend.before(view.number, first)?;
        let mut access = Access::unrecorded(&overlay);
        let mut place = first;
        while let Some(shown) = all.next_if(|shown| shown.place == place) {
            let (result, simulation) = tracing.included(api, &access, &context, &view, shown)?;
            simulation.commit(&mut access)?;
            traces.push(TraceResult::Success { result, tx_hash: Some(shown.receipt.tx_hash) });
            place += 1;
        }
    }
    Ok(traces)
}

fn call(api: &Api, args: &Args<'_>, deadline: &Deadline) -> Answer<GethTrace> {
    let request: CallRequest = args.required(0)?;
    let moment = api.backend.moment(args.optional::<BlockId>(1)?)?;
    let options: GethDebugTracingCallOptions = args.optional(2)?.unwrap_or_default();
    let overrides = Overrides { state: options.state_overrides, block: options.block_overrides };
    let state = overrides.apply(api.backend.state(moment)?)?;
    let tracing = Tracing { options: options.tracing_options, deadline };
    let about = TransactionContext::default();
    Ok(tracing.run(&state.overlay, &state.context, request.env(&state)?, about)?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_struct_logger_records_steps() {
        let options = |json: &str| serde_json::from_str::<GethDebugTracingOptions>(json).unwrap();
        assert!(records(&options(r#"{"tracer":"callTracer"}"#)).is_none());
        let table = [
            ("{}", (true, false)),
            (r#"{"disableStack":true,"enableMemory":true}"#, (false, true)),
            (r#"{"disableMemory":false}"#, (true, true)),
        ];
        for (json, expected) in table {
            let records = records(&options(json)).unwrap();
            assert_eq!((records.stack, records.memory), expected, "{json}");
        }
    }

    #[test]
    fn all_of_geths_tracers_are_there() {
        for name in ["callTracer", "prestateTracer", "flatCallTracer", "4byteTracer", "noopTracer"] {
            let options = serde_json::from_value(serde_json::json!({ "tracer": name })).unwrap();
            assert!(inspector(options).is_ok(), "{name}");
        }
    }

    #[test]
    fn many_tracers_at_once_take_any_empty_configuration() {
        let mux = |config: &str| {
            inspector(serde_json::from_str(&format!(r#"{{"tracer":"muxTracer","tracerConfig":{config}}}"#)).unwrap())
        };
        for name in ["callTracer", "prestateTracer", "flatCallTracer", "4byteTracer", "noopTracer"] {
            for config in ["{}", "null"] {
                mux(&format!(r#"{{"{name}":{config}}}"#)).unwrap_or_else(|error| panic!("{name}: {config}: {error}"));
            }
        }
        assert!(mux(r#"{"callTracer":{"withLog":true},"4byteTracer":{}}"#).is_ok());
        for config in [r#"{"noSuchTracer":{}}"#, r#"{"callTracer":7}"#, "7", "[]"] {
            assert!(mux(config).is_err(), "{config}");
        }
    }
}
