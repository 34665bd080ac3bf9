//! Figures for Prometheus: every name declared once with its unit and sentence, and the endpoint that serves them.

use std::io;
use std::net::{SocketAddr, TcpListener};

use metrics::{Unit, counter as count, describe_counter, describe_gauge, describe_histogram, gauge as level};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use seiza_mempool::Counts;
use seiza_storage::Head;

use crate::failure::Failure;

/// Of which kind a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Counter,
    Gauge,
    Seconds,
    /// Seconds in buckets, so that quantiles can be made of any time span and of many nodes together.
    Buckets,
}

/// One figure.
struct Figure {
    name: &'static str,
    kind: Kind,
    says: &'static str,
}

/// Height of the published head.
pub const HEIGHT: &str = "seiza_height";
/// Blocks committed since start.
pub const BLOCKS: &str = "seiza_blocks_total";
/// Transactions committed since start.
pub const TXS: &str = "seiza_txs_total";
/// Gas used since start.
pub const GAS: &str = "seiza_gas_used_total";
/// Transactions of the newest block.
pub const BLOCK_TXS: &str = "seiza_block_txs";
/// Time to choose transactions and make a header.
pub const BUILD_SECONDS: &str = "seiza_block_build_seconds";
/// Time to execute, by mode.
pub const EXECUTE_SECONDS: &str = "seiza_block_execute_seconds";
/// Time to hash the state after a block.
pub const HASH_SECONDS: &str = "seiza_block_hash_seconds";
/// Time to store the decided block.
pub const DECIDE_SECONDS: &str = "seiza_block_decide_seconds";
/// Time to write the state and publish.
pub const COMMIT_SECONDS: &str = "seiza_block_commit_seconds";
/// Transactions executed, by mode.
pub const EXECUTION_TXS: &str = "seiza_execution_txs_total";
/// Transactions executed, by the way that was taken.
pub const EXECUTION_JOBS: &str = "seiza_execution_jobs_total";
/// Transactions of which something was learned.
pub const EXECUTION_LEARNED: &str = "seiza_execution_learned_total";
/// Runs thrown away at their end.
pub const EXECUTION_RE_EXECUTIONS: &str = "seiza_execution_re_executions_total";
/// Runs stopped early.
pub const EXECUTION_EARLY_ABORTS: &str = "seiza_execution_early_aborts_total";
/// Both of them.
pub const EXECUTION_CONFLICTS: &str = "seiza_execution_conflicts_total";
/// Looks at whether a run's reads still hold.
pub const EXECUTION_VALIDATIONS: &str = "seiza_execution_validations_total";
/// Runs of one worker.
pub const WORKER_RUNS: &str = "seiza_execution_worker_runs_total";
/// Times that one worker found nothing to do.
pub const WORKER_IDLE: &str = "seiza_execution_worker_idle_total";
/// Transactions of the newest block that were run in parallel.
pub const BLOCK_PARALLEL: &str = "seiza_block_parallel_txs";
/// Runs of the newest block that were thrown away.
pub const BLOCK_RE_EXECUTIONS: &str = "seiza_block_re_executions";
/// Conflicts in the newest block.
pub const BLOCK_CONFLICTS: &str = "seiza_block_conflicts";
/// Executable transactions.
pub const POOL_READY: &str = "seiza_mempool_ready";
/// Waiting transactions.
pub const POOL_WAITING: &str = "seiza_mempool_waiting";
/// Bytes in the pool.
pub const POOL_BYTES: &str = "seiza_mempool_bytes";

/// Height that consensus is deciding.
pub const CONSENSUS_HEIGHT: &str = "seiza_consensus_height";
/// Round of that height.
pub const ROUND: &str = "seiza_consensus_round";
/// Rounds after the first.
pub const ROUNDS: &str = "seiza_consensus_rounds_total";
/// From one commit to the next.
pub const HEIGHT_SECONDS: &str = "seiza_consensus_height_seconds";
/// Steps of a height.
pub const STEP_SECONDS: &str = "seiza_consensus_step_seconds";
/// Validators of the height.
pub const VALIDATORS: &str = "seiza_consensus_validators";
/// Validators without a precommit in certificates.
pub const MISSED_VOTES: &str = "seiza_consensus_missed_votes";
/// Transactions that a proposal named and the pool lacked.
pub const MISSING_TXS: &str = "seiza_propagation_missing_txs";
/// From a compact proposal to its body.
pub const FETCH_SECONDS: &str = "seiza_propagation_fetch_seconds";
/// Bytes between peers.
pub const PROPAGATION_BYTES: &str = "seiza_propagation_bytes_total";
/// Speculative executions begun.
pub const SPECULATION_STARTED: &str = "seiza_speculation_started_total";
/// Speculative executions that were committed.
pub const SPECULATION_ADOPTED: &str = "seiza_speculation_adopted_total";
/// Speculative executions ended or dropped.
pub const SPECULATION_CANCELLED: &str = "seiza_speculation_cancelled_total";
/// Connected peers.
pub const PEERS: &str = "seiza_p2p_peers";
/// Bans.
pub const BANS: &str = "seiza_p2p_bans_total";

/// Upper ends of the buckets of times between people: heights, steps, fetches.
const HEIGHT_BUCKETS: [f64; 14] = [0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 1.0, 2.0, 5.0, 10.0];
/// Upper ends of the buckets of execution times.
const EXECUTE_BUCKETS: [f64; 14] =
    [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.2, 0.5, 1.0, 5.0];

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

/// Opens the metrics port (0 takes a free one), installs the recorder, and serves on the current tokio runtime; gives the
/// address.
///
/// # Errors
/// The port is in use or not ours.
pub fn serve(address: SocketAddr) -> Result<SocketAddr, Failure> {
    let address = available(address)
        .map_err(|error| Failure::refused(crate::ports::cannot_listen("metrics", address, "--metrics-port", &error)))?;
    let failed =
        |error: &dyn std::fmt::Display| Failure::refused(format!("cannot serve metrics on {address}: {error}"));
    let builder = PrometheusBuilder::new().with_http_listener(address);
    let buckets = |builder: PrometheusBuilder, name: &str, bounds: &[f64]| {
        builder.set_buckets_for_metric(Matcher::Full(name.into()), bounds)
    };
    let builder = [HEIGHT_SECONDS, STEP_SECONDS, FETCH_SECONDS]
        .into_iter()
        .try_fold(builder, |builder, name| buckets(builder, name, &HEIGHT_BUCKETS))
        .and_then(|builder| buckets(builder, EXECUTE_SECONDS, &EXECUTE_BUCKETS));
    let (recorder, server) = builder.and_then(PrometheusBuilder::build).map_err(|error| failed(&error))?;
    metrics::set_global_recorder(recorder).map_err(|error| failed(&error))?;
    describe();
    tokio::spawn(async move {
        if server.await.is_err() {
            tracing::error!("the metrics server has stopped; the chain goes on");
        }
    });
    Ok(address)
}

/// Asks the system for the port, so that a busy one is told as what it is and port 0 becomes a number.
fn available(address: SocketAddr) -> io::Result<SocketAddr> {
    TcpListener::bind(address)?.local_addr()
}

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
    let row = |figure: &Figure| {
        let kind = match figure.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Seconds => "summary, seconds",
            Kind::Buckets => "histogram, seconds",
        };
        format!("| `{}` | {kind} | {} |\n", figure.name, figure.says)
    };
    let rows: String = FIGURES.iter().map(row).collect();
    format!("| name | kind | what it is |\n|---|---|---|\n{rows}")
}
