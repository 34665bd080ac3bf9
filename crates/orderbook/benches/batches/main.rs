//! Orders a second through batches, in books of 1 k, 100 k and 1 M resting orders, beside the crate `matchcore`:
//! `cargo bench -p seiza-orderbook`.
//!
//! Both get the same events; ours in batches that are cleared and written to the book in memory, with owners, self-trade
//! prevention and a full account of what changed; `matchcore` one by one, as it is made for, with an outcome for each. So
//! this compares what an event costs, not the same result: a batch trades at one price, a sequential matcher at many.
//! Engines take turns, round by round; the figures are over all rounds.
//! Seconds are those that the thread was on a core, so that others at work on the machine matter less.

mod feed;
mod ours;
mod peer;

use std::hint::black_box;

use feed::{Event, feed, resting};
use seiza_orderbook::{Limits, clear};

const EVENTS: usize = 200_000;
const ROUNDS: usize = 10;

fn main() {
    println!("{EVENTS} events, 70 % limit, 20 % cancel, 10 % market; millions a second, {ROUNDS} rounds\n");
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
        let sum = (0..ROUNDS).map(|_| round(orders, markets, batch)).fold([0.0; 3], add);
        let [alone, whole, peer] = sum.map(|seconds| (EVENTS * ROUNDS) as f64 / seconds / 1e6);
        println!("{orders:>9} {markets:>8} {batch:>8} {alone:>14.2} {whole:>14.2} {peer:>10.2}   x{:.2}", whole / peer);
        rows.push(whole);
    }
    println!("\n1 M resting against 1 k: x{:.2}", rows[2] / rows[0]);
}

fn add(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

/// Seconds for clearing alone, for clearing and writing down, and for the peer.
fn round(orders: usize, markets: usize, batch: usize) -> [f64; 3] {
    let (first, events) = (resting(orders), feed(orders, EVENTS / markets));
    let (alone, whole) = ours(&first, &events, markets, batch);
    [alone, whole, peer(&first, &events, markets, batch)]
}

/// Seconds for clearing alone, and for clearing and writing down.
fn ours(first: &[Event], events: &[Event], markets: usize, batch: usize) -> (f64, f64) {
    let batches = ours::batches(first.len(), events, batch);
    let run = |clearings: usize| {
        let mut books = vec![ours::book(first); markets];
        let begun = on_core();
        for batch in &batches {
            for book in &mut books {
                for _ in 1..clearings {
                    let Ok(clearing) = clear(book, book.params(), Limits::default(), batch);
                    black_box(clearing);
                }
                black_box(book.clear(batch));
            }
        }
        on_core() - begun
    };
    let whole = run(1);
    (run(2) - whole, whole)
}

fn peer(first: &[Event], events: &[Event], markets: usize, batch: usize) -> f64 {
    let commands = peer::commands(first.len(), events);
    let mut books = vec![peer::book(first); markets];
    let begun = on_core();
    for commands in commands.chunks(batch) {
        for book in &mut books {
            for command in commands {
                black_box(book.execute(command));
            }
        }
    }
    on_core() - begun
}

/// Seconds that this thread has been on a core.
fn on_core() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux counts a thread's time");
    let nanoseconds = stat.split(' ').next().and_then(|first| first.parse::<f64>().ok());
    nanoseconds.expect("time on the core comes first") / 1e9
}
