//! What the pool costs at the load it is sized for: `cargo bench -p seiza-mempool`.
//!
//! 1,000 senders, 65 transactions each; a pool that is full; blocks of 5,000. Prints microseconds a call.
#![allow(clippy::disallowed_types)] // the pool has no clock, its measurement needs one

#[path = "../src/tests/forge.rs"]
#[allow(dead_code)]
mod forge;

use std::hint::black_box;
use std::time::Instant;

use forge::{Forge, account};
use seiza_mempool::{Admission, LaneUpdate, Limits, Pool, SelectLimits};
use seiza_types::{U256, VerifiedTx};

const SENDERS: u16 = 1_000;
const NONCES: u64 = 65;
const BLOCK_TXS: usize = 5_000;

fn main() {
    let txs: Vec<VerifiedTx> = (0..NONCES).flat_map(|nonce| (0..SENDERS).map(move |s| sign(s, nonce))).collect();
    let mut pool = Pool::new(Limits::default());
    measure("insert, nonces in order", txs.len(), || insert_all(&mut pool, &txs));
    let mut reversed = Pool::new(Limits::default());
    let backwards: Vec<_> = txs.iter().rev().cloned().collect();
    measure("insert, nonces backwards", txs.len(), || insert_all(&mut reversed, &backwards));
    let mut full = Pool::new(Limits { txs: 30_000, ..Limits::default() });
    measure("insert into a full pool", txs.len(), || insert_all(&mut full, &txs));
    let limits = SelectLimits { count: BLOCK_TXS, gas: u64::MAX, ..SelectLimits::default() };
    let mut block = Vec::new();
    measure("select 5,000 of 65,000", 1, || block = black_box(pool.select(1, limits)));
    let updates: Vec<LaneUpdate> = (0..SENDERS)
        .map(|sender| {
            let lane = account(sender);
            let taken = block.iter().filter(|tx| tx.signer.address == lane).count();
            LaneUpdate { lane, nonce: taken as u64, balance: U256::MAX }
        })
        .collect();
    let hashes: Vec<_> = block.iter().map(|tx| tx.hash).collect();
    measure("take in a block of 5,000", 1, || drop(black_box(pool.included(&updates, &hashes))));
    measure("expire the rest", 1, || drop(black_box(pool.expire(u64::MAX))));
    assert_eq!(pool.counts().txs(), 0);
}

fn sign(sender: u16, nonce: u64) -> VerifiedTx {
    Forge::of(sender, nonce).price(1_000 + u128::from(sender) * 7 % 501).sign()
}

fn insert_all(pool: &mut Pool, txs: &[VerifiedTx]) {
    for (at, tx) in txs.iter().enumerate() {
        let admission = Admission { lane: tx.signer.address, state_nonce: 0, balance: U256::MAX };
        let _ = black_box(pool.insert(tx.clone(), admission, 1, at as u64));
    }
}

fn measure(what: &str, calls: usize, run: impl FnOnce()) {
    let begun = Instant::now();
    run();
    println!("{what:<28} {:>10.2} us", begun.elapsed().as_secs_f64() * 1e6 / calls as f64);
}
