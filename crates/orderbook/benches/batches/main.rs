//! Orders a second through batches, in books of 1 k and 1 M resting orders, in one market and in a hundred, beside the crate
//! `matchcore`: `cargo bench -p seiza-orderbook`, or `cargo xtask bench exchange`.
//!
//! Both get the same events in the same order, spread over the markets at random. Ours come in blocks, a batch a market, as a
//! chain hands them over; what is counted is everything from the batches to what is told: funds locked for each order, the
//! clearing, the book written, fills settled with fees, funds given back, a receipt for each fill, and the levels that
//! changed. `matchcore` takes commands one by one, as it is made for, and answers each with an outcome; it knows no owners,
//! funds or fees. So this compares what an event costs, not the same result: a batch trades at one price, a sequential matcher
//! at many.
//!
//! Engines take turns, round by round; the best round counts. Seconds are those that the thread was on a core, so that others
//! at work on the machine matter less; the gain from a second worker is of time that passed.

#![allow(clippy::disallowed_types, reason = "a benchmark measures time")]

mod feed;
mod ledger;
mod ours;
mod peer;

use std::hint::black_box;
use std::sync::Barrier;
use std::time::Instant;

use matchcore::Command;

use feed::{Event, feed, resting};
use ours::{Desk, Market};
use seiza_orderbook::Batch;

/// What is counted, after as much again that is not: by then memory is there, and books are as they stay.
const EVENTS: usize = 500_000;
const ROUNDS: usize = 6;

/// Resting orders of each market, markets, events in a block, accounts of each market.
const ROWS: [(usize, usize, usize, u64); 8] = [
    (1_000, 1, 1_000, 10_000),
    (1_000_000, 1, 1_000, 10_000),
    (1_000, 1, 10_000, 10_000),
    (1_000_000, 1, 10_000, 10_000),
    (10, 100, 10_000, 1_000),
    (10_000, 100, 10_000, 1_000),
    (10, 100, 50_000, 1_000),
    (10_000, 100, 50_000, 1_000),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let rounds = number(&arguments, "--rounds").unwrap_or(ROUNDS);
    let only = number(&arguments, "--row");
    let beside = !arguments.iter().any(|argument| argument == "--alone");
    println!("{EVENTS} events: 70 % limit, 20 % cancel, 10 % market; millions a second, best of {rounds} rounds\n");
    println!("| resting | markets | block | book only | all | matchcore | x | second worker |");
    println!("|---|---|---|---|---|---|---|---|");
    let wanted = |at: usize| only.is_none_or(|only| only == at);
    for (_, row) in ROWS.into_iter().enumerate().filter(|(at, _)| wanted(*at)) {
        println!("{}", Case::new(row).line(rounds, beside));
    }
}

/// The number behind an option.
fn number(arguments: &[String], option: &str) -> Option<usize> {
    let at = arguments.iter().position(|argument| argument == option)?;
    arguments.get(at + 1)?.parse().ok()
}

/// One row of the table.
struct Case {
    resting: usize,
    markets: usize,
    block: usize,
    first: Vec<Event>,
    feed: Vec<(usize, Event)>,
    market: Market,
    blocks: Vec<Vec<Batch>>,
}

impl Case {
    fn new((resting_each, markets, block, owners): (usize, usize, usize, u64)) -> Self {
        let first = resting(resting_each);
        let feed = feed(resting_each, markets, 2 * EVENTS);
        let market = ours::market(&first, owners);
        let blocks = ours::blocks(&first, owners, markets, &feed, block);
        Self { resting: resting_each * markets, markets, block, first, feed, market, blocks }
    }

    /// One line of the table; not `beside` the peer for whoever looks where our time goes.
    fn line(&self, rounds: usize, beside: bool) -> String {
        let mut best = [f64::INFINITY; 5];
        for _ in 0..rounds {
            let (all, alone) = self.all();
            let together = if self.markets > 1 { self.together() } else { f64::NAN };
            let peer = if beside { self.peer() } else { f64::NAN };
            for (best, seconds) in best.iter_mut().zip([self.book_only(), all, peer, alone, together]) {
                *best = best.min(seconds);
            }
        }
        let [book, all, peer, alone, together] = best;
        let rate = |seconds: f64| EVENTS as f64 / seconds / 1e6;
        let second = if self.markets > 1 { format!("x{:.2}", alone / together) } else { "-".to_owned() };
        let Self { resting, markets, block, .. } = self;
        let (book, all, peer, ratio) = (rate(book), rate(all), rate(peer), peer / all);
        format!("| {resting} | {markets} | {block} | {book:.2} | {all:.2} | {peer:.2} | {ratio:.2} | {second} |")
    }

    fn halves(&self) -> (&[Vec<Batch>], &[Vec<Batch>]) {
        self.blocks.split_at(self.blocks.len() / 2)
    }

    fn books(&self) -> Vec<Market> {
        vec![self.market.clone(); self.markets]
    }

    /// Seconds for clearing and writing the books.
    fn book_only(&self) -> f64 {
        let (mut markets, mut desk) = (self.books(), Desk::default());
        let mut clear = |blocks: &[Vec<Batch>]| {
            for (market, batch) in blocks.iter().flat_map(|block| (0..).zip(block)) {
                black_box(desk.clear(&mut markets[market], batch));
            }
        };
        let (before, counted) = self.halves();
        clear(before);
        let begun = on_core();
        clear(counted);
        on_core() - begun
    }

    /// Seconds for everything: on a core, and that passed.
    fn all(&self) -> (f64, f64) {
        let (mut markets, mut desk) = (self.books(), Desk::default());
        let total = markets[0].ledger.total();
        let (before, counted) = self.halves();
        before.iter().for_each(|block| work(&mut desk, &mut markets, block));
        let (begun, since) = (on_core(), Instant::now());
        counted.iter().for_each(|block| work(&mut desk, &mut markets, block));
        let seconds = (on_core() - begun, since.elapsed().as_secs_f64());
        assert!(desk.is_sound(), "receipts are sound");
        assert!(markets.iter().all(|market| market.ledger.total() == total), "nothing is made or lost");
        seconds
    }

    /// Seconds that pass for everything by two workers, who wait for each other after each block.
    fn together(&self) -> f64 {
        let mut markets = self.books();
        let half = self.markets / 2;
        let (left, right) = markets.split_at_mut(half);
        let barrier = Barrier::new(2);
        let run = |markets: &mut [Market], from: usize| {
            let mut desk = Desk::default();
            let mut run = |blocks: &[Vec<Batch>]| {
                for block in blocks {
                    work(&mut desk, markets, &block[from..]);
                    barrier.wait();
                }
            };
            let (before, counted) = self.halves();
            run(before);
            let since = Instant::now();
            run(counted);
            since.elapsed().as_secs_f64()
        };
        std::thread::scope(|scope| {
            let other = scope.spawn(|| run(right, half));
            let ours = run(left, 0);
            ours.max(other.join().expect("the other worker is done"))
        })
    }

    fn peer(&self) -> f64 {
        let commands = peer::commands(self.first.len(), self.markets, &self.feed);
        let mut books = vec![peer::book(&self.first); self.markets];
        let mut execute = |commands: &[(usize, Command)]| {
            for (market, command) in commands {
                black_box(books[*market].execute(command));
            }
        };
        let (before, counted) = commands.split_at(commands.len() / 2);
        execute(before);
        let begun = on_core();
        execute(counted);
        on_core() - begun
    }
}

fn work(desk: &mut Desk, markets: &mut [Market], block: &[Batch]) {
    for (market, batch) in markets.iter_mut().zip(block) {
        let events = desk.process(market, batch);
        black_box((events.clearing, events.receipts, events.levels));
    }
}

/// Seconds that this thread has been on a core.
fn on_core() -> f64 {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    spent.tv_sec as f64 + spent.tv_nsec as f64 / 1e9
}
