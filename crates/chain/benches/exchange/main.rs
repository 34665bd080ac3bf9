//! The exchange over a real storage: what a market's end of block takes by the size of its book, beside what placing takes:
//! `cargo bench -p seiza-chain --bench exchange`, or `cargo xtask bench exchange`.
//!
//! Books of 1 k, 100 k and 1 M resting orders are placed, cleared and stored as the chain does it. Then a block of orders
//! arrives, the same for all: 70 % limit, 20 % cancel, 10 % market, in messages of 50 by as many accounts. What is timed is the
//! module's own work on the state's overlay, by one worker: placing with its escrow, and [`end_market`]: arrivals read, cleared
//! against the book, settled, written. Decoding, signatures, commitment and disk are not part of it.

#![allow(clippy::disallowed_types, reason = "a benchmark measures time")]

mod world;

use std::time::Instant;

use world::World;

/// Orders and cancellations of the block.
const BLOCK: usize = 10_000;
const ROUNDS: usize = 5;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let most = arguments.iter().position(|argument| argument == "--most").and_then(|at| arguments.get(at + 1));
    let most = most.and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    println!("{BLOCK} orders arrive at one market: best of {ROUNDS}, one worker\n");
    println!("| resting in state | placing, ms | orders/s | end of block, ms | orders/s | fills |");
    println!("|---|---|---|---|---|---|");
    for resting in [1_000, 100_000, 1_000_000].into_iter().filter(|resting| *resting <= most) {
        println!("{}", line(resting));
    }
}

fn line(resting: usize) -> String {
    let world = World::with_book(resting);
    let (mut placing, mut ending, mut fills) = (f64::MAX, f64::MAX, 0);
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let arrived = world.place(BLOCK);
        placing = placing.min(began.elapsed().as_secs_f64());
        let began = Instant::now();
        let outcome = world.end(&arrived);
        ending = ending.min(began.elapsed().as_secs_f64());
        fills = outcome.fills.len();
    }
    let rate = |seconds: f64| BLOCK as f64 / seconds;
    format!(
        "| {resting} | {:.1} | {:.0} | {:.1} | {:.0} | {fills} |",
        placing * 1e3,
        rate(placing),
        ending * 1e3,
        rate(ending)
    )
}
