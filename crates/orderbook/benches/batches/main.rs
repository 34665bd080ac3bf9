//! Orders a second through batches, in books of 1 k, 100 k and 1 M resting orders, beside the crate `matchcore`:
//! `cargo bench -p seiza-orderbook`.
//!
//! Both get the same events; ours in batches that are cleared and written to the book in memory, with owners, self-trade
//! prevention and a full account of what changed; `matchcore` one by one, as it is made for, with an outcome for each. So
//! this compares what an event costs, not the same result: a batch trades at one price, a sequential matcher at many.
//! Engines take turns within each round; the best of the rounds counts.
#![allow(clippy::disallowed_types, reason = "clearing has no clock, its measurement needs one")]

mod feed;
mod ours;
mod peer;

use std::hint::black_box;
use std::time::Instant;

use feed::{Event, feed, resting};
use seiza_orderbook::{Limits, clear};

const EVENTS: usize = 200_000;
const ROUNDS: usize = 5;

fn main() {
    println!("{EVENTS} events, 70 % limit, 20 % cancel, 10 % market; millions a second, best of {ROUNDS}\n");
    println!(
        "{:>9} {:>8} {:>8} {:>14} {:>14} {:>10}",
        "resting", "markets", "batch", "ours (alone)", "ours (+ book)", "matchcore"
    );
    let mut rows = Vec::new();
    for (orders, markets, batch) in [
        (1_000, 1, 1_000),
        (100_000, 1, 1_000),
        (1_000_000, 1, 1_000),
        (100_000, 1, 50),
        (100_000, 1, 10_000),
        (1_000, 100, 50),
    ] {
        let best = (0..ROUNDS).map(|_| round(orders, markets, batch)).reduce(faster).expect("a round at least");
        let [alone, whole, peer] = best.map(|seconds| EVENTS as f64 / seconds / 1e6);
        println!("{orders:>9} {markets:>8} {batch:>8} {alone:>14.2} {whole:>14.2} {peer:>10.2}   x{:.2}", whole / peer);
        rows.push(whole);
    }
    println!("\n1 M resting against 1 k: x{:.2}", rows[2] / rows[0]);
}

fn faster(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].min(b[2])]
}

/// Seconds for clearing alone, for clearing and writing down, and for the peer.
fn round(orders: usize, markets: usize, batch: usize) -> [f64; 3] {
    let (first, events) = (resting(orders), feed(orders, EVENTS / markets));
    let (alone, whole) = ours(&first, &events, markets, batch);
    [alone, whole, peer(&first, &events, markets, batch)]
}

fn ours(first: &[Event], events: &[Event], markets: usize, batch: usize) -> (f64, f64) {
    let batches = ours::batches(first.len(), events, batch);
    let mut books = vec![ours::book(first); markets];
    let (mut alone, begun) = (0.0, Instant::now());
    for batch in &batches {
        for book in &mut books {
            let begun = Instant::now();
            let Ok(clearing) = clear(book, book.params(), Limits::default(), batch);
            alone += begun.elapsed().as_secs_f64();
            book.apply(&clearing);
            black_box(clearing);
        }
    }
    (alone, begun.elapsed().as_secs_f64())
}

fn peer(first: &[Event], events: &[Event], markets: usize, batch: usize) -> f64 {
    let commands = peer::commands(first.len(), events);
    let mut books = vec![peer::book(first); markets];
    let begun = Instant::now();
    for commands in commands.chunks(batch) {
        for book in &mut books {
            for command in commands {
                black_box(book.execute(command));
            }
        }
    }
    begun.elapsed().as_secs_f64()
}
