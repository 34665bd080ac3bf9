//! Transactions for the scenarios, and the sustained rate of transfers through four validators beside anvil alone.

use std::time::{Duration, Instant};

use alloy_primitives::{Address, Bytes, U256};
use seiza_types::{Rules, Tx};
use serde_json::{Value, json};

use crate::cluster::{Cluster, Plan};
use crate::http::{Connection, Prepared};
use crate::rounds::{self, Chain};
use crate::target::{Target, anvil_binary};
use crate::wallet::{Act, CHAIN_ID, Signed, Wallet};

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
    let before = included(cluster);
    submit(cluster, 0, funding(&wallets, sei)).join().unwrap()?;
    await_included(cluster, before + u64::from(count))?;
    Ok(wallets)
}

fn funding(wallets: &[Wallet], sei: u64) -> Vec<Signed> {
    let value = U256::from(sei) * U256::from(1_000_000_000_000_000_000_u64);
    let act = |to: Address| Act { to: Some(to), value, input: Bytes::new(), gas: TRANSFER_GAS };
    let rich = Wallet::rich();
    wallets.iter().enumerate().map(|(nonce, wallet)| rich.sign(nonce as u64, act(wallet.address))).collect()
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

/// Accounts that send, and what each sends in a round.
const SENDERS: u32 = 1_000;
const EACH: u64 = 20;
/// Each has so much: anvil's rich account can give no more than 10,000 in all.
const SEI: u64 = 5;
/// Rounds; the four and anvil take turns.
const ROUNDS: u64 = 3;

pub fn run(seconds: u64) -> Result<(), String> {
    let rounds = (seconds / 4).clamp(1, ROUNDS);
    let txs = u64::from(SENDERS) * EACH;
    println!(
        "load: {rounds} times {txs} transfers through 4 validators, each verifies every signature, and through anvil alone"
    );
    let plan = Plan { chain: chain("200000000"), ..Plan::new(&["--block-time", "1s"]) };
    let mut cluster = Cluster::start(plan)?;
    let wallets = fund(&mut cluster, SENDERS, SEI)?;
    let anvil = anvil_binary().map(|binary| Target::anvil(&binary, None)).transpose();
    let anvil = anvil.map_err(|error| format!("anvil: {error}"))?;
    let nodes: Vec<_> = (0..4).map(|index| cluster.http(index)).collect();
    let four = Chain { name: "four validators", nodes: &nodes };
    let alone = anvil.as_ref().map(|anvil| Chain::of(anvil.name, &anvil.address));
    alone.iter().try_for_each(|anvil| rate(anvil, vec![funding(&wallets, SEI)]).map(drop))?;
    let limit = checked_per_second(&lanes_of(&wallets, 0));
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let lanes = lanes_of(&wallets, round);
        ours.push(rate(&four, lanes.clone())?);
        theirs.extend(alone.as_ref().map(|anvil| rate(anvil, lanes)).transpose()?);
    }
    println!("all cores check {limit:.0} signatures a second: at most {:.0} for each of four", limit / 4.0);
    println!("| round | 4 validators, included/s | anvil alone, included/s | ratio |");
    println!("|---|---|---|---|");
    for (round, ours) in ours.iter().enumerate() {
        let beside = theirs.get(round).map(|theirs| format!("{theirs:.0} | {:.2}", ours / theirs));
        println!("| {} | {ours:.0} | {} |", round + 1, beside.unwrap_or_else(|| "not found | ".into()));
    }
    println!();
    Ok(())
}

/// A round's transfers: two lanes a validator, each account's in order.
fn lanes_of(wallets: &[Wallet], round: u64) -> Vec<Vec<Signed>> {
    let act = |to: Address| Act { to: Some(to), value: U256::from(1), input: Bytes::new(), gas: TRANSFER_GAS };
    let lane = |own: &[Wallet]| {
        let of = |nonce: u64| own.iter().map(move |wallet| wallet.sign(round * EACH + nonce, act(wallet.address)));
        (0..EACH).flat_map(of).collect()
    };
    wallets.chunks(wallets.len() / 8).map(lane).collect()
}

/// Sends and waits until all is included; transactions a second, from the first byte sent to the last inclusion seen.
fn rate(chain: &Chain<'_>, lanes: Vec<Vec<Signed>>) -> Result<f64, String> {
    let round = rounds::run(chain, &rounds::lanes(lanes)).map_err(|error| format!("{}: {error}", chain.name))?;
    Ok(round.txs as f64 / round.took.as_secs_f64())
}

/// Transactions that all cores together decode and verify in a second, as admission does it.
fn checked_per_second(lanes: &[Vec<Signed>]) -> f64 {
    let rules = Rules::new(CHAIN_ID, "bench");
    let txs: Vec<&Signed> = lanes.iter().flatten().collect();
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for share in txs.chunks(txs.len().div_ceil(threads)) {
            let check = |tx: &&Signed| Tx::decode(&tx.raw).unwrap().verify(&rules).unwrap();
            scope.spawn(move || share.iter().for_each(|tx| drop(std::hint::black_box(check(tx)))));
        }
    });
    txs.len() as f64 / begun.elapsed().as_secs_f64()
}
