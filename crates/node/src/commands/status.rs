//! `seiza status`: asks a running node on this machine what it is doing.

use seiza_types::Time;
use serde::Serialize;
use serde_json::{Value, json};

use super::print_json;
use crate::args::StatusArgs;
use crate::client::Client;
use crate::clock;
use crate::failure::Failure;

/// What a node says of itself.
#[derive(Debug, Serialize, PartialEq, Eq)]
struct Status {
    url: String,
    client: String,
    chain_id: Option<u64>,
    height: Option<u64>,
    block_hash: Option<String>,
    block_time: Option<u64>,
    block_txs: Option<usize>,
    block_gas_used: Option<u64>,
    base_fee_wei: Option<u64>,
    syncing: bool,
    peers: Option<u64>,
    pool_ready: Option<u64>,
    pool_waiting: Option<u64>,
}

/// Prints a node's status.
///
/// # Errors
/// Nobody answers.
pub fn run(args: &StatusArgs) -> Result<(), Failure> {
    let none = || json!([]);
    let answers = Client::of(&args.url)?.ask(&[
        ("web3_clientVersion", none()),
        ("eth_chainId", none()),
        ("eth_getBlockByNumber", json!(["latest", false])),
        ("eth_syncing", none()),
        ("net_peerCount", none()),
        ("txpool_status", none()),
    ])?;
    let status = status(&args.url, &answers);
    if args.json {
        print_json(&status);
    } else {
        print!("{}", table(&status, clock::now()));
    }
    Ok(())
}

fn status(url: &str, answers: &[Value]) -> Status {
    let block = &answers[2];
    Status {
        url: url.to_owned(),
        client: answers[0].as_str().unwrap_or("unknown").to_owned(),
        chain_id: number(&answers[1]),
        height: number(&block["number"]),
        block_hash: block["hash"].as_str().map(str::to_owned),
        block_time: number(&block["timestamp"]),
        block_txs: block["transactions"].as_array().map(Vec::len),
        block_gas_used: number(&block["gasUsed"]),
        base_fee_wei: number(&block["baseFeePerGas"]),
        syncing: !matches!(answers[3], Value::Bool(false) | Value::Null),
        peers: number(&answers[4]),
        pool_ready: number(&answers[5]["pending"]),
        pool_waiting: number(&answers[5]["queued"]),
    }
}

fn number(value: &Value) -> Option<u64> {
    u64::from_str_radix(value.as_str()?.strip_prefix("0x")?, 16).ok()
}

/// A block's time, and how long ago that is: `2026-01-02T03:04:05Z (7 s ago)`.
fn time_and_age(seconds: Option<u64>, now: Time) -> String {
    let time = seconds.and_then(|seconds| Time::from_unix_timestamp(i64::try_from(seconds).ok()?, 0).ok());
    let Some(time) = time else { return "unknown".into() };
    let age = match now.duration_since(time) {
        Ok(since) => format!("{} ago", length(since.as_secs())),
        Err(_) => "ahead of this machine's clock".into(),
    };
    format!("{} ({age})", time.to_rfc3339())
}

/// Seconds in the largest unit that leaves at least two of it.
fn length(seconds: u64) -> String {
    let units = [(86_400, "days"), (3600, "h"), (60, "min")];
    let fitting = units.iter().find(|(unit, _)| seconds >= 2 * unit);
    fitting.map_or_else(|| format!("{seconds} s"), |(unit, name)| format!("{} {name}", seconds / unit))
}

fn table(status: &Status, now: Time) -> String {
    let shown = |value: Option<u64>| value.map_or_else(|| "unknown".to_owned(), |value| value.to_string());
    let rows = [
        ("node", format!("{} at {}", status.client, status.url)),
        ("chain id", shown(status.chain_id)),
        ("height", shown(status.height)),
        ("block", status.block_hash.clone().unwrap_or_else(|| "unknown".into())),
        ("time", time_and_age(status.block_time, now)),
        ("transactions", shown(status.block_txs.map(|txs| txs as u64))),
        ("gas used", shown(status.block_gas_used)),
        ("base fee", format!("{} wei", shown(status.base_fee_wei))),
        ("syncing", if status.syncing { "yes" } else { "no" }.to_owned()),
        ("peers", shown(status.peers)),
        ("pool", format!("{} ready, {} waiting", shown(status.pool_ready), shown(status.pool_waiting))),
    ];
    rows.iter().map(|(name, value)| format!("{name:<13} {value}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_node_does_not_say_is_unknown() {
        let status = status("u", &vec![Value::Null; 6]);
        assert_eq!((status.height, status.syncing), (None, false));
        let table = table(&status, clock::now());
        assert!(table.contains("height        unknown\n") && table.contains("time          unknown\n"), "{table}");
    }

    #[test]
    fn times_have_an_age() {
        let now = Time::from_unix_timestamp(1_700_000_000, 5).unwrap();
        let table = [
            (1_700_000_000, "2023-11-14T22:13:20Z (0 s ago)"),
            (1_699_999_900, "2023-11-14T22:11:40Z (100 s ago)"),
            (1_699_999_880, "2023-11-14T22:11:20Z (2 min ago)"),
            (1_699_992_000, "2023-11-14T20:00:00Z (2 h ago)"),
            (1_699_740_800, "2023-11-11T22:13:20Z (3 days ago)"),
            (1_700_000_001, "2023-11-14T22:13:21Z (ahead of this machine's clock)"),
        ];
        for (seconds, expected) in table {
            assert_eq!(time_and_age(Some(seconds), now), expected);
        }
    }

    #[test]
    fn quantities_are_hex() {
        let block = json!({"number": "0x10", "transactions": ["0x", "0x"]});
        let answers = [json!("seiza"), json!("0xae3f2"), block, json!(false), json!("0x0"), json!({"pending": "0x2"})];
        let status = status("u", &answers);
        assert_eq!((status.chain_id, status.height, status.block_txs), (Some(713_714), Some(16), Some(2)));
        assert_eq!((status.pool_ready, status.pool_waiting), (Some(2), None));
    }
}
