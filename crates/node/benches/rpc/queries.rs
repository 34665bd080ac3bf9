//! Latency of reads, on a connection of their own, one after the other.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use alloy_primitives::{Address, hex};
use serde_json::json;

use crate::http::Prepared;
use crate::target::Target;
use crate::token;

/// Sorted latencies of the two reads.
#[derive(Debug, Clone, Default)]
pub struct Latencies {
    /// `eth_call` of an ERC-20's `balanceOf`.
    pub call: Vec<Duration>,
    /// `eth_getBalance`.
    pub balance: Vec<Duration>,
}

/// Asks both by turns, `count` times each, or until told that it is over.
pub fn measure(
    target: &Target,
    token: Address,
    owners: &[Address],
    count: usize,
    over: &AtomicBool,
) -> io::Result<Latencies> {
    let mut connection = target.connect()?;
    let mut latencies = Latencies::default();
    for owner in owners.iter().cycle().take(count) {
        if over.load(Ordering::Relaxed) {
            break;
        }
        let data = hex::encode_prefixed(token::balance_of(*owner));
        let call = Prepared::call("eth_call", &json!([{"to": token, "data": data}, "latest"]));
        let balance = Prepared::call("eth_getBalance", &json!([owner, "latest"]));
        for (request, list) in [(call, &mut latencies.call), (balance, &mut latencies.balance)] {
            let start = Instant::now();
            let body = connection.exchange(&request)?;
            list.push(start.elapsed());
            if !body.windows(12).any(|window| window == b"\"result\":\"0x") {
                return Err(io::Error::other(format!("{}: {}", target.name, String::from_utf8_lossy(&body))));
            }
        }
    }
    latencies.call.sort_unstable();
    latencies.balance.sort_unstable();
    Ok(latencies)
}
