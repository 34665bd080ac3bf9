//! What optimistic processing gains: blocks whose execution takes about as long as the votes on them travel, executed beside
//! voting and after it.

use std::time::Duration;

use alloy_primitives::{U256, bytes};

use crate::cluster::{Cluster, Logged, Plan};
use crate::heights::{quantile, sorted};
use crate::line::Wire;
use crate::load::{chain, fund, submit};
use crate::wallet::Act;

/// Gas of one transaction: a loop of real instructions until it is used up.
const GAS: u64 = 24_000_000;
const SENDERS: u32 = 8;

pub fn run(seconds: u64) -> Result<(), String> {
    println!("optimistic processing: full blocks of computing transactions, 4 validators, one worker each");
    println!("| one-way delay | execution | off | on | off / on |");
    println!("|---|---|---|---|---|");
    for ms in [50, 100] {
        let off = measure(ms, "false", seconds)?;
        let on = measure(ms, "true", seconds)?;
        let (slow, fast) = (quantile(&sorted(&off.0), 0.5), quantile(&sorted(&on.0), 0.5));
        println!("| {ms} ms | {:.0} ms | {slow:.1} ms | {fast:.1} ms | {:.2} |", on.1, slow / fast);
    }
    println!();
    Ok(())
}

/// Median-worthy full blocks, and milliseconds that executing one took.
fn measure(ms: u64, optimistic: &str, seconds: u64) -> Result<(Vec<Logged>, f64), String> {
    let flags =
        ["--block-time", "1s", "--optimistic-processing", optimistic, "--execution-workers", "1", "--log", "info"];
    let wire = Wire { delay: Duration::from_millis(ms), loss_permille: 0, uplink_bits: 0 };
    let plan = Plan { chain: chain("100000000"), ..Plan::new(&flags).over(wire) };
    let mut cluster = Cluster::start(plan)?;
    let wallets = fund(&mut cluster, SENDERS, 10_000)?;
    // JUMPDEST PUSH0 JUMP as creation code: computes until its gas is gone.
    let act = || Act { to: None, value: U256::ZERO, input: bytes!("5b5f56"), gas: GAS };
    let each = seconds * 5 * 4 / u64::from(SENDERS);
    let txs = (0..each).flat_map(|nonce| wallets.iter().map(move |wallet| wallet.sign(nonce, act()))).collect();
    submit(&cluster, 0, txs).join().unwrap()?;
    std::thread::sleep(Duration::from_secs(seconds));
    cluster.check()?;
    let full: Vec<Logged> = cluster.blocks(0).into_iter().filter(|block| block.txs >= 4).collect();
    if full.len() < 5 {
        return Err(format!("only {} full blocks", full.len()));
    }
    let mut execution: Vec<f64> = full.iter().map(|block| block.execute_ms).collect();
    execution.sort_by(f64::total_cmp);
    Ok((full, quantile(&execution, 0.5)))
}
