//! Transactions for the scenarios, and the sustained rate of transfers through four validators beside anvil alone.

use std::time::{Duration, Instant};

use alloy_primitives::{Address, Bytes, U256};
use serde_json::{Value, json};

use crate::cluster::{Cluster, Plan};
use crate::http::{Connection, Prepared};
use crate::wallet::{Act, Signed, Wallet};

/// Funded accounts of the network, as every devnet has them.
const WORDS: &str = "test test test test test test test test test test test junk";
/// Transactions of one request.
const BATCH: usize = 100;
const TRANSFER_GAS: u64 = 21_000;

/// Flags of a chain with funded accounts and that much gas a block.
pub fn chain(gas: &str) -> Vec<String> {
    ["--accounts", "10", "--mnemonic", WORDS, "--balance", "1000000000", "--gas-limit", gas].map(str::to_owned).to_vec()
}

/// Sends transactions to a validator, from within its namespace where it has one; gives how many it took.
pub fn submit(cluster: &Cluster, index: usize, txs: Vec<Signed>) -> std::thread::JoinHandle<Result<usize, String>> {
    let address = cluster.http(index);
    let work = move || {
        let mut connection = Connection::open(address).map_err(|error| error.to_string())?;
        let mut taken = 0;
        for batch in txs.chunks(BATCH) {
            let call = |(id, tx): (usize, &Signed)| {
                json!({"jsonrpc": "2.0", "id": id, "method": "eth_sendRawTransaction", "params": [tx.raw]}).to_string()
            };
            let calls: Vec<String> = batch.iter().enumerate().map(call).collect();
            let body = connection.exchange(&Prepared::of(&format!("[{}]", calls.join(","))));
            let answers: Value = serde_json::from_slice(&body.map_err(|error| error.to_string())?).unwrap();
            let answers = answers.as_array().cloned().unwrap_or_default();
            // What gossip brought first is known already: that is no failure.
            let fine = |answer: &&Value| answer["result"].is_string() || answer.to_string().contains("already known");
            taken += answers.iter().filter(fine).count();
            if let Some(refused) = answers.iter().find(|answer| !fine(answer)) {
                return Err(format!("refused: {refused}"));
            }
        }
        Ok(taken)
    };
    match cluster.namespace(index) {
        Some(namespace) => namespace.inside(work),
        None => std::thread::spawn(work),
    }
}

/// Funds numbered wallets and waits until they are.
pub fn fund(cluster: &mut Cluster, count: u32, sei: u64) -> Result<Vec<Wallet>, String> {
    let wallets: Vec<Wallet> = (100..100 + count).map(Wallet::numbered).collect();
    let value = U256::from(sei) * U256::from(1_000_000_000_000_000_000_u64);
    let act = |to: Address| Act { to: Some(to), value, input: Bytes::new(), gas: TRANSFER_GAS };
    let rich = Wallet::rich();
    let txs = wallets.iter().enumerate().map(|(nonce, wallet)| rich.sign(nonce as u64, act(wallet.address))).collect();
    let before = included(cluster);
    submit(cluster, 0, txs).join().unwrap()?;
    await_included(cluster, before + u64::from(count))?;
    Ok(wallets)
}

/// Transactions that validator 0 has committed.
pub fn included(cluster: &Cluster) -> u64 {
    cluster.blocks(0).iter().map(|block| block.txs).sum()
}

/// Waits until validator 0 has committed so many transactions.
pub fn await_included(cluster: &mut Cluster, count: u64) -> Result<(), String> {
    let start = Instant::now();
    while included(cluster) < count {
        cluster.check()?;
        if start.elapsed() > Duration::from_secs(60) {
            return Err(format!("{} of {count} transactions included within a minute", included(cluster)));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

pub fn run(seconds: u64) -> Result<(), String> {
    let plan = Plan { chain: chain("200000000"), ..Plan::new(&["--block-time", "1s", "--log", "info"]) };
    let mut cluster = Cluster::start(plan)?;
    let wallets = fund(&mut cluster, 1_000, 1_000)?;
    let rounds = seconds.clamp(2, 10);
    let act = |to: Address| Act { to: Some(to), value: U256::from(1), input: Bytes::new(), gas: TRANSFER_GAS };
    let each = 5;
    let start = Instant::now();
    let (mut sent, before) = (0, included(&cluster));
    let mut took = Duration::ZERO;
    for round in 0..rounds {
        let lanes: Vec<Vec<Signed>> = (0..4)
            .map(|lane| {
                let own = wallets.iter().skip(lane * 250).take(250);
                let txs = |wallet: &Wallet| {
                    let wallet = wallet.clone();
                    let to = wallet.address;
                    (0..each).map(move |nonce| wallet.sign(round * each + nonce, act(to))).collect::<Vec<_>>()
                };
                own.flat_map(txs).collect()
            })
            .collect();
        let begun = Instant::now();
        let threads: Vec<_> = lanes.into_iter().enumerate().map(|(index, txs)| submit(&cluster, index, txs)).collect();
        for thread in threads {
            sent += thread.join().unwrap()? as u64;
        }
        await_included(&mut cluster, before + sent)?;
        took += begun.elapsed();
    }
    let rate = sent as f64 / took.as_secs_f64();
    println!(
        "load: {sent} transfers through 4 validators, each verifies every signature; {:.0} s",
        start.elapsed().as_secs_f64()
    );
    println!("| included per second through 4 validators |");
    println!("|---|");
    println!("| {rate:.0} |");
    println!("beside anvil alone: `cargo xtask bench rpc` on the same machine gives its rate\n");
    Ok(())
}
