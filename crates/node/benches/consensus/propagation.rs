//! What smart propagation gains: blocks of 1 MB over uplinks of 25 Mbit/s, as hashes and whole.

use std::time::Duration;

use alloy_primitives::{Bytes, U256};

use crate::cluster::{Cluster, Plan};
use crate::heights::quantile;
use crate::line::Wire;
use crate::load::{await_included, chain, fund, included, submit};
use crate::wallet::{Act, Signed, Wallet};

const TXS: usize = 5_000;
const SENDERS: u32 = 500;
const GAS: u64 = 22_000;
const UPLINK_BITS: u64 = 25_000_000;

/// One way to propagate, measured.
struct Measured {
    /// Milliseconds from the proposal to its decision, ascending.
    times: Vec<f64>,
    /// Bytes that a validator sent for a block, on average, transactions in advance not counted.
    bytes: f64,
}

pub fn run(seconds: u64) -> Result<(), String> {
    println!("smart propagation: blocks of 1 MB ({TXS} transactions), 50 ms one way, 25 Mbit/s uplinks, 4 validators");
    println!("| way | sent last | proposal to decision | bytes sent per validator and block |");
    println!("|---|---|---|---|");
    let rounds = (seconds / 5).clamp(3, 8);
    let whole = measure("false", 0, rounds)?;
    row("whole blocks", 0, &whole);
    for missing in [0, 4] {
        let smart = measure("true", missing, rounds)?;
        row("hashes", missing, &smart);
        let (time, bytes) = (quantile(&whole.times, 0.5) / quantile(&smart.times, 0.5), smart.bytes / whole.bytes);
        println!("| whole / hashes | {missing} % | {time:.2} | {:.0} % fewer bytes |", 100.0 * (1.0 - bytes));
    }
    println!();
    Ok(())
}

fn row(way: &str, missing: usize, measured: &Measured) {
    let median = quantile(&measured.times, 0.5);
    println!("| {way} | {missing} % | {median:.0} ms | {:.0} kB |", measured.bytes / 1000.0);
}

fn measure(smart: &str, missing_percent: usize, rounds: u64) -> Result<Measured, String> {
    let flags = ["--block-time", "5s", "--gather", "4s", "--smart-propagation", smart, "--log", "info"];
    let wire = Wire { delay: Duration::from_millis(50), loss_permille: 0, uplink_bits: UPLINK_BITS };
    let plan = Plan { chain: chain("200000000"), ..Plan::new(&flags).over(wire) };
    let mut cluster = Cluster::start(plan)?;
    let wallets = fund(&mut cluster, SENDERS, 100)?;
    let (mut times, mut bytes) = (Vec::new(), 0.0);
    for round in 0..rounds {
        let txs = signed(&wallets, round);
        let before = included(&cluster);
        // Clients told every validator; of what is to be missing only one, and so late that it has not spread.
        let known = txs.len() - txs.len() * missing_percent / 100;
        let threads: Vec<_> = (0..4).map(|index| submit(&cluster, index, txs[..known].to_vec())).collect();
        for thread in threads {
            thread.join().unwrap()?;
        }
        let sent = wait_for_gossip(&cluster);
        if known < txs.len() {
            for index in 0..4 {
                // Whoever proposes has them; the others hear of it with the proposal.
                submit(&cluster, index, txs[known..].iter().skip(index).step_by(4).cloned().collect())
                    .join()
                    .unwrap()?;
            }
        }
        await_included(&mut cluster, before + txs.len() as u64)?;
        let after: u64 = cluster.line.as_ref().map_or(0, |line| line.sent().iter().sum());
        bytes += (after - sent) as f64 / 4.0;
        let blocks = cluster.blocks(0);
        times.extend(blocks.iter().rev().find(|block| block.txs as usize >= TXS / 2).map(|block| block.decide_ms));
    }
    times.sort_by(f64::total_cmp);
    Ok(Measured { times, bytes: bytes / rounds as f64 })
}

fn signed(wallets: &[Wallet], round: u64) -> Vec<Signed> {
    let each = (TXS / wallets.len()) as u64;
    let input = Bytes::from(vec![0; 90]);
    let act = |wallet: &Wallet| Act { to: Some(wallet.address), value: U256::from(1), input: input.clone(), gas: GAS };
    let of = |nonce: u64| wallets.iter().map(move |wallet| wallet.sign(round * each + nonce, act(wallet)));
    (0..each).flat_map(of).collect()
}

/// Until nothing is sent any more but keep-alives; gives what was sent in all.
fn wait_for_gossip(cluster: &Cluster) -> u64 {
    let sent = || cluster.line.as_ref().map_or(0, |line| line.sent().iter().sum::<u64>());
    for _ in 0..30 {
        let before = sent();
        std::thread::sleep(Duration::from_millis(100));
        if sent() - before < 20_000 {
            break;
        }
    }
    sent()
}
