//! What smart propagation gains: blocks of 1 MB over uplinks of 25 Mbit/s, as hashes and whole, with all transactions in
//! every pool and with some that only the proposer has.

use std::time::Duration;

use alloy_primitives::{Bytes, U256};

use crate::cluster::{Cluster, Plan};
use crate::heights::quantile;
use crate::line::Wire;
use crate::load::{await_included, chain, fund, included, submit};
use crate::wallet::{Act, Signed, Wallet};

const TXS: usize = 5_000;
/// Transactions of an account in a block.
const EACH: usize = 10;
/// A twenty-fifth, 4 %, that only one validator has.
const MISSING: usize = TXS / 25;
const SENDERS: usize = TXS / EACH;
const GAS: u64 = 22_000;
const UPLINK_BITS: u64 = 25_000_000;

/// One way to propagate, measured.
struct Measured {
    /// Milliseconds from the proposal to its decision, ascending.
    times: Vec<f64>,
    /// Bytes that a validator sent for a block, on average.
    bytes: f64,
}

pub fn run(seconds: u64) -> Result<(), String> {
    println!("smart propagation: blocks of 1 MB ({TXS} transactions), 50 ms one way, 25 Mbit/s uplinks, 4 validators");
    println!("| way | missing | proposal to decision | bytes sent per validator and block |");
    println!("|---|---|---|---|");
    let rounds = (seconds / 5).clamp(3, 8);
    for missing in [0, MISSING] {
        let (whole, smart) = (measure("false", missing, rounds)?, measure("true", missing, rounds)?);
        row("whole blocks", missing, &whole);
        row("hashes", missing, &smart);
        let (time, bytes) = (quantile(&whole.times, 0.5) / quantile(&smart.times, 0.5), smart.bytes / whole.bytes);
        let percent = 100 * missing / TXS;
        println!("| whole / hashes | {percent} % | {time:.2} | {:.0} % fewer bytes |", 100.0 * (1.0 - bytes));
    }
    println!();
    Ok(())
}

fn row(way: &str, missing: usize, measured: &Measured) {
    let (median, percent) = (quantile(&measured.times, 0.5), 100 * missing / TXS);
    println!("| {way} | {percent} % | {median:.0} ms | {:.0} kB |", measured.bytes / 1000.0);
}

/// Pools tell each other nothing: clients tell every validator, but of what is to be missing each a part of its own, which
/// is therefore missing everywhere else when it is proposed.
fn measure(smart: &str, missing: usize, rounds: u64) -> Result<Measured, String> {
    let flags = ["--block-time", "5s", "--gather", "4s", "--smart-propagation", smart, "--log", "info"];
    let wire = Wire { delay: Duration::from_millis(50), loss_permille: 0, uplink_bits: UPLINK_BITS };
    let plan = Plan { chain: chain("200000000"), broadcast: false, ..Plan::new(&flags).over(wire) };
    let mut cluster = Cluster::start(plan)?;
    let own = missing / EACH;
    let wallets = fund(&mut cluster, (SENDERS + 4 * own) as u32, 100)?;
    let (shared, rest) = wallets.split_at(SENDERS - own);
    let (mut times, mut bytes) = (Vec::new(), 0);
    for round in 0..rounds {
        let before = included(&cluster);
        let txs = signed(shared, round);
        let lanes = (0..4).map(|index| [txs.clone(), signed(&rest[index * own..][..own], round)].concat());
        let lanes: Vec<Vec<Signed>> = lanes.collect();
        let sent = cluster.line.as_ref().map_or(0, |line| line.sent().iter().sum::<u64>());
        let threads: Vec<_> = lanes.into_iter().enumerate().map(|(index, txs)| submit(&cluster, index, txs)).collect();
        for thread in threads {
            thread.join().unwrap()?;
        }
        await_included(&mut cluster, before + TXS as u64)?;
        bytes += cluster.line.as_ref().map_or(0, |line| line.sent().iter().sum::<u64>()) - sent;
        // A round whose transactions fell into two blocks says nothing.
        let blocks = cluster.blocks(0);
        times.extend(
            blocks
                .iter()
                .rev()
                .find(|block| block.txs > 0)
                .filter(|block| block.txs as usize == TXS)
                .map(|block| block.decide_ms),
        );
        // What the other three have of their own comes with their next proposals.
        await_included(&mut cluster, before + (TXS + 3 * missing) as u64)?;
    }
    if times.is_empty() {
        return Err(format!("no round made one block of {TXS} transactions"));
    }
    times.sort_by(f64::total_cmp);
    Ok(Measured { times, bytes: bytes as f64 / 4.0 / rounds as f64 })
}

fn signed(wallets: &[Wallet], round: u64) -> Vec<Signed> {
    let input = Bytes::from(vec![0; 90]);
    let act = |wallet: &Wallet| Act { to: Some(wallet.address), value: U256::from(1), input: input.clone(), gas: GAS };
    let nonces = round * EACH as u64..(round + 1) * EACH as u64;
    nonces
        .flat_map(|nonce| wallets.iter().map(move |wallet| (wallet, nonce)))
        .map(|(wallet, nonce)| wallet.sign(nonce, act(wallet)))
        .collect()
}
