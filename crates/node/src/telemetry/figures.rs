//! Figures for Prometheus: every name declared once with its unit and sentence.

mod endpoint;
mod names;

use metrics::{Unit, counter as count, describe_counter, describe_gauge, describe_histogram, gauge as level};
use seiza_mempool::Counts;
use seiza_storage::Head;

pub use endpoint::serve;
pub use names::*;

/// Of which kind a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Counter,
    Gauge,
    Seconds,
    /// Seconds in buckets, so that quantiles can be made of any time span and of many nodes together.
    Buckets,
}

impl Kind {
    /// As the reference calls it.
    fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Seconds => "summary, seconds",
            Self::Buckets => "histogram, seconds",
        }
    }
}

/// One figure.
struct Figure {
    name: &'static str,
    kind: Kind,
    says: &'static str,
}

const FIGURES: [Figure; 43] = [
    figure(HEIGHT, Kind::Gauge, "height of the published head"),
    figure(BLOCKS, Kind::Counter, "blocks committed since start"),
    figure(TXS, Kind::Counter, "transactions committed since start"),
    figure(GAS, Kind::Counter, "gas used since start"),
    figure(BLOCK_TXS, Kind::Gauge, "transactions of the newest block"),
    figure(BUILD_SECONDS, Kind::Seconds, "choosing transactions and making a header"),
    figure(EXECUTE_SECONDS, Kind::Buckets, "executing a block, by mode"),
    figure(HASH_SECONDS, Kind::Seconds, "hashing the state after a block"),
    figure(DECIDE_SECONDS, Kind::Seconds, "storing a decided block (fsync)"),
    figure(COMMIT_SECONDS, Kind::Seconds, "writing a block's state and publishing it"),
    figure(EXECUTION_TXS, Kind::Counter, "transactions executed, by mode; a block executed twice counts twice"),
    figure(
        EXECUTION_JOBS,
        Kind::Counter,
        "transactions executed, by the way that was found faster: parallel or sequential",
    ),
    figure(EXECUTION_LEARNED, Kind::Counter, "executed transactions whose keys had been learned at admission"),
    figure(
        EXECUTION_RE_EXECUTIONS,
        Kind::Counter,
        "runs of transactions thrown away at their end, as what they had read changed",
    ),
    figure(EXECUTION_EARLY_ABORTS, Kind::Counter, "runs of transactions stopped at a value that was about to change"),
    figure(EXECUTION_CONFLICTS, Kind::Counter, "re-executions and early aborts together"),
    figure(EXECUTION_VALIDATIONS, Kind::Counter, "looks at whether what a run read still holds"),
    figure(WORKER_RUNS, Kind::Counter, "runs of transactions by worker; 0 is the thread that decides"),
    figure(WORKER_IDLE, Kind::Counter, "times that a worker found nothing to do, by worker"),
    figure(BLOCK_PARALLEL, Kind::Gauge, "transactions of the newest block that were run in parallel"),
    figure(BLOCK_RE_EXECUTIONS, Kind::Gauge, "re-executions in the newest block"),
    figure(BLOCK_CONFLICTS, Kind::Gauge, "re-executions and early aborts in the newest block"),
    figure(POOL_READY, Kind::Gauge, "executable transactions in the pool"),
    figure(POOL_WAITING, Kind::Gauge, "transactions in the pool that wait for a nonce or for funds"),
    figure(POOL_BYTES, Kind::Gauge, "bytes of all transactions in the pool"),
    figure(CONSENSUS_HEIGHT, Kind::Gauge, "height that consensus is deciding"),
    figure(ROUND, Kind::Gauge, "round of that height"),
    figure(
        ROUNDS,
        Kind::Counter,
        "rounds begun: more than one a height where somebody did not propose, or not in time",
    ),
    figure(HEIGHT_SECONDS, Kind::Buckets, "from one commit to the next"),
    figure(
        STEP_SECONDS,
        Kind::Buckets,
        "from the start of a height to each step: proposal (complete here), decided, committed",
    ),
    figure(VALIDATORS, Kind::Gauge, "validators of the height being decided"),
    figure(MISSED_VOTES, Kind::Gauge, "precommits that the newest deciding certificate lacks"),
    figure(MISSING_TXS, Kind::Gauge, "transactions that the newest proposal named and the pool lacked"),
    figure(FETCH_SECONDS, Kind::Buckets, "from a compact proposal to its body"),
    figure(PROPAGATION_BYTES, Kind::Counter, "bytes between peers, by direction and kind"),
    figure(SPECULATION_STARTED, Kind::Counter, "executions begun beside voting"),
    figure(
        SPECULATION_ADOPTED,
        Kind::Counter,
        "executions that were ready, or under way, when their block was decided",
    ),
    figure(SPECULATION_CANCELLED, Kind::Counter, "executions beside voting that were ended or dropped"),
    figure(PEERS, Kind::Gauge, "connected peers"),
    figure(BANS, Kind::Counter, "peers banned since start"),
    figure("seiza_rpc_calls_total", Kind::Counter, "JSON-RPC calls by method"),
    figure("seiza_rpc_errors_total", Kind::Counter, "JSON-RPC calls that failed, by method"),
    figure("seiza_rpc_call_seconds", Kind::Seconds, "time of JSON-RPC calls by method"),
];

const fn figure(name: &'static str, kind: Kind, says: &'static str) -> Figure {
    Figure { name, kind, says }
}

/// Notes a committed block and what waits after it.
pub fn committed(head: &Head, waiting: Counts) {
    let Some(results) = head.block.as_ref().and_then(|block| block.results.as_ref()) else { return };
    let txs = results.receipts.len() as u64;
    count!(BLOCKS).increment(1);
    count!(TXS).increment(txs);
    count!(GAS).increment(results.gas_used);
    let levels = [
        (HEIGHT, head.height),
        (BLOCK_TXS, txs),
        (POOL_READY, waiting.pending as u64),
        (POOL_WAITING, waiting.queued as u64),
        (POOL_BYTES, waiting.bytes as u64),
    ];
    for (name, value) in levels {
        #[allow(clippy::cast_precision_loss)] // a gauge of Prometheus is a float
        level!(name).set(value as f64);
    }
}

/// Tells the recorder of every figure.
fn describe() {
    for Figure { name, kind, says } in FIGURES {
        match kind {
            Kind::Counter => describe_counter!(name, says),
            Kind::Gauge => describe_gauge!(name, says),
            Kind::Seconds | Kind::Buckets => describe_histogram!(name, Unit::Seconds, says),
        }
    }
}

/// The figures as a Markdown table.
pub fn reference() -> String {
    let row = |figure: &Figure| format!("| `{}` | {} | {} |\n", figure.name, figure.kind.name(), figure.says);
    let rows: String = FIGURES.iter().map(row).collect();
    format!("| name | kind | what it is |\n|---|---|---|\n{rows}")
}
