//! The load: transactions in batches over several connections, and when each was included.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use alloy_primitives::{B256, hex};
use serde_json::{Value, json};

use crate::http::{Connection, Prepared};
use crate::wallet::Signed;

/// Connections that send.
pub const CONNECTIONS: usize = 8;
/// Transactions of one request.
pub const BATCH: usize = 100;
/// Between two looks for a new block.
const LOOK_EVERY: Duration = Duration::from_millis(4);
/// A round that takes longer is given up.
const ROUND_MAX: Duration = Duration::from_secs(40);

/// One connection's requests, with the hashes each carries.
pub struct Lane(Vec<(Prepared, Vec<B256>)>);

/// What a round gave.
#[derive(Debug, Clone)]
pub struct Round {
    /// Transactions included.
    pub txs: usize,
    /// From the first byte sent to the last inclusion seen.
    pub took: Duration,
    /// From a transaction's request being sent to its block being seen, sorted.
    pub inclusion: Vec<Duration>,
    /// Blocks they went into.
    pub blocks: usize,
}

/// Splits transactions (each inner list in nonce order of its own senders) into requests.
pub fn lanes(by_connection: Vec<Vec<Signed>>) -> Vec<Lane> {
    let request = |batch: &[Signed]| {
        let calls: Vec<String> = batch.iter().enumerate().map(|(id, tx)| call(id, tx)).collect();
        (Prepared::of(&format!("[{}]", calls.join(","))), batch.iter().map(|tx| tx.hash).collect())
    };
    by_connection.into_iter().map(|txs| Lane(txs.chunks(BATCH).map(request).collect())).collect()
}

fn call(id: usize, tx: &Signed) -> String {
    let raw = hex::encode_prefixed(&tx.raw);
    format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"eth_sendRawTransaction","params":["{raw}"]}}"#)
}

/// The nodes of one chain that take part in a round.
pub struct Chain<'a> {
    /// What to call them.
    pub name: &'a str,
    /// Where they answer; lanes take turns, the first is watched.
    pub nodes: &'a [SocketAddr],
}

impl<'a> Chain<'a> {
    /// A chain of one node.
    pub fn of(name: &'a str, node: &'a SocketAddr) -> Self {
        Self { name, nodes: std::slice::from_ref(node) }
    }
}

/// Sends all lanes at once and waits until everything is included.
pub fn run(chain: &Chain<'_>, lanes: &[Lane]) -> io::Result<Round> {
    let total = lanes.iter().flat_map(|lane| &lane.0).map(|(_, hashes)| hashes.len()).sum();
    let first = height(&mut Connection::open(chain.nodes[0])?)? + 1;
    let failed = AtomicBool::new(false);
    let start = Instant::now();
    let (sent, seen) = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| watch(chain, first, total, &failed));
        let nodes = chain.nodes.iter().cycle();
        let send = |(lane, node)| send(chain.name, node, lane, &failed);
        let senders: Vec<_> = lanes.iter().zip(nodes).map(|to| scope.spawn(move || send(to))).collect();
        let sent: io::Result<Vec<_>> =
            senders.into_iter().map(|sender| sender.join().expect("no sender panics")).collect();
        (sent, watcher.join().expect("the watcher does not panic"))
    });
    let (seen, blocks) = seen?;
    let sent: HashMap<B256, Instant> = sent?.into_iter().flatten().collect();
    let mut inclusion: Vec<Duration> =
        seen.iter().filter_map(|(hash, at)| Some(at.saturating_duration_since(*sent.get(hash)?))).collect();
    inclusion.sort_unstable();
    let last = seen.iter().map(|(_, at)| *at).max().unwrap_or(start);
    Ok(Round { txs: inclusion.len(), took: last - start, inclusion, blocks })
}

fn send(name: &str, node: &SocketAddr, lane: &Lane, failed: &AtomicBool) -> io::Result<Vec<(B256, Instant)>> {
    let result = (|| {
        let mut connection = Connection::open(*node)?;
        let mut sent = Vec::new();
        for (request, hashes) in &lane.0 {
            let at = Instant::now();
            refuse_errors(name, &connection.exchange(request)?)?;
            sent.extend(hashes.iter().map(|hash| (*hash, at)));
        }
        Ok(sent)
    })();
    if result.is_err() {
        failed.store(true, Ordering::Relaxed);
    }
    result
}

fn refuse_errors(name: &str, body: &[u8]) -> io::Result<()> {
    let at = body.windows(9).position(|window| window == b"\"error\":{");
    at.map_or(Ok(()), |at| {
        let text = String::from_utf8_lossy(&body[at..body.len().min(at + 200)]).into_owned();
        Err(io::Error::other(format!("{name} refused a transaction: {text}")))
    })
}

type Seen = (Vec<(B256, Instant)>, usize);

/// Reads new blocks as they come, until `total` transactions were seen.
fn watch(chain: &Chain<'_>, first: u64, total: usize, failed: &AtomicBool) -> io::Result<Seen> {
    let mut connection = Connection::open(chain.nodes[0])?;
    let (mut next, mut seen, mut blocks) = (first, Vec::with_capacity(total), 0);
    let start = Instant::now();
    while seen.len() < total {
        let (head, at) = (height(&mut connection)?, Instant::now());
        while next <= head {
            let hashes = transactions(&mut connection, next)?;
            blocks += usize::from(!hashes.is_empty());
            seen.extend(hashes.into_iter().map(|hash| (hash, at)));
            next += 1;
        }
        if failed.load(Ordering::Relaxed) || start.elapsed() > ROUND_MAX {
            return Err(io::Error::other(format!("{}: {} of {total} included, given up", chain.name, seen.len())));
        }
        std::thread::sleep(LOOK_EVERY);
    }
    Ok((seen, blocks))
}

fn height(connection: &mut Connection) -> io::Result<u64> {
    let number = connection.ask("eth_blockNumber", &json!([]))?;
    let digits = number.as_str().unwrap_or_default().trim_start_matches("0x").to_owned();
    u64::from_str_radix(&digits, 16).map_err(io::Error::other)
}

fn transactions(connection: &mut Connection, number: u64) -> io::Result<Vec<B256>> {
    let block = connection.ask("eth_getBlockByNumber", &json!([format!("{number:#x}"), false]))?;
    let hashes = block["transactions"].as_array().map(Vec::as_slice).unwrap_or_default();
    hashes.iter().map(|hash: &Value| hash.as_str().unwrap_or_default().parse().map_err(io::Error::other)).collect()
}
