//! Figures for Prometheus: every name declared once with its unit and sentence, and the endpoint that serves them.

use std::io;
use std::net::{SocketAddr, TcpListener};

use metrics::{Unit, counter as count, describe_counter, describe_gauge, describe_histogram, gauge as level};
use metrics_exporter_prometheus::PrometheusBuilder;
use seiza_mempool::Counts;
use seiza_storage::Head;

use crate::failure::Failure;

/// Of which kind a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Counter,
    Gauge,
    Seconds,
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
/// Time to execute and hash.
pub const EXECUTE_SECONDS: &str = "seiza_block_execute_seconds";
/// Time to store the decided block.
pub const DECIDE_SECONDS: &str = "seiza_block_decide_seconds";
/// Time to write the state and publish.
pub const COMMIT_SECONDS: &str = "seiza_block_commit_seconds";
/// Executable transactions.
pub const POOL_READY: &str = "seiza_mempool_ready";
/// Waiting transactions.
pub const POOL_WAITING: &str = "seiza_mempool_waiting";
/// Bytes in the pool.
pub const POOL_BYTES: &str = "seiza_mempool_bytes";

const FIGURES: [Figure; 15] = [
    gauge(HEIGHT, "height of the published head"),
    counter(BLOCKS, "blocks committed since start"),
    counter(TXS, "transactions committed since start"),
    counter(GAS, "gas used since start"),
    gauge(BLOCK_TXS, "transactions of the newest block"),
    seconds(BUILD_SECONDS, "choosing transactions and making a header"),
    seconds(EXECUTE_SECONDS, "executing a block and hashing its state"),
    seconds(DECIDE_SECONDS, "storing a decided block (fsync)"),
    seconds(COMMIT_SECONDS, "writing a block's state and publishing it"),
    gauge(POOL_READY, "executable transactions in the pool"),
    gauge(POOL_WAITING, "transactions in the pool that wait for a nonce or for funds"),
    gauge(POOL_BYTES, "bytes of all transactions in the pool"),
    counter("seiza_rpc_calls_total", "JSON-RPC calls by method"),
    counter("seiza_rpc_errors_total", "JSON-RPC calls that failed, by method"),
    seconds("seiza_rpc_call_seconds", "time of JSON-RPC calls by method"),
];

const fn gauge(name: &'static str, says: &'static str) -> Figure {
    Figure { name, kind: Kind::Gauge, says }
}

const fn counter(name: &'static str, says: &'static str) -> Figure {
    Figure { name, kind: Kind::Counter, says }
}

const fn seconds(name: &'static str, says: &'static str) -> Figure {
    Figure { name, kind: Kind::Seconds, says }
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
    let (recorder, server) =
        PrometheusBuilder::new().with_http_listener(address).build().map_err(|error| failed(&error))?;
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
            Kind::Seconds => describe_histogram!(name, Unit::Seconds, says),
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
        };
        format!("| `{}` | {kind} | {} |\n", figure.name, figure.says)
    };
    let rows: String = FIGURES.iter().map(row).collect();
    format!("| name | kind | what it is |\n|---|---|---|\n{rows}")
}
