//! What the machinery costs and gains: synthetic blocks of transfer-like jobs in every shape, every mode, interleaved.
//!
//! `cargo bench -p seiza-executor` prints nanoseconds a job of sequential execution and each mode's ratio to it (above 1 is
//! faster). A job reads three keys, changes its sender's nonce, moves an amount and credits the fee, as a transfer does;
//! `work` is what it computes beside, in nanoseconds: 0 shows the bare machinery, 300 is a plain transfer, 3,000 a token's.
//! What is measured is the processor time of all threads where `CPU=1` is set (for a busy machine), else the wall's.
//! Environment: `SHAPES=chain,hot`, `JOBS=20000`, `WORK=0,300`, `WORKERS=1,2`, `MODES=shipped`, `ROUNDS=9`, and `FORCED=1`
//! for parallel execution even where it does not gain.

#![allow(clippy::disallowed_types, reason = "a benchmark measures time")]

use std::collections::HashMap;
use std::hint::black_box;
use std::num::NonZeroUsize;
use std::sync::OnceLock;
use std::time::Instant;

use seiza_executor::{Cancel, Intent, Job, Mode, Options, Outcome, Tuning, run_with};
use seiza_state::{
    Access, Delta, Key, KeyRange, Premise, StateError, StateRead, StateWrite, StoreId, Value, Visit, WriteSet,
    amount_from_value, value_from_amount,
};
use seiza_types::U256;

/// A stored state as a hash map: about as fast as a base can be, so that the machinery is what shows.
struct Stored(HashMap<Key, Value, foldhash::fast::RandomState>);

impl StateRead for Stored {
    fn get(&self, key: &Key) -> Result<Option<Value>, StateError> {
        Ok(self.0.get(key).cloned())
    }
    fn scan(&self, _: &KeyRange, _: Visit<'_>) -> Result<(), StateError> {
        Ok(())
    }
}

/// A job of one shape: some reads, some keys changed, some paying by premise, some credited, some computing.
struct Transfer {
    reads: Vec<Key>,
    changes: Vec<Key>,
    payers: Vec<Key>,
    credits: Vec<Key>,
    work_ns: u32,
    claimed: Option<WriteSet>,
}

impl Job for Transfer {
    type Output = u64;

    fn run(&self, access: &mut Access<'_>) -> Result<u64, StateError> {
        let (mut seen, one) = (0, U256::from(1));
        for key in &self.reads {
            seen += access.get(key)?.map_or(0, |value| value.len() as u64);
        }
        compute(self.work_ns);
        for key in &self.changes {
            let amount = amount_from_value(key, access.get(key)?.as_deref())? + one;
            access.put(key.clone(), value_from_amount(amount).expect("one more is not zero"));
        }
        for key in &self.payers {
            if amount_from_value(key, access.peek(key)?.as_deref())? >= one {
                access.rely(key, Premise::covers(one))?;
                access.add(key.clone(), Delta::debit(one))?;
            }
        }
        for key in &self.credits {
            access.add(key.clone(), Delta::credit(one))?;
        }
        Ok(seen)
    }

    fn declare(&self, declare: &mut dyn FnMut(&Key, Intent)) {
        self.changes.iter().for_each(|key| declare(key, Intent::Change));
        self.payers.iter().for_each(|key| declare(key, Intent::Rely));
    }

    fn shipped(&self) -> Option<&WriteSet> {
        self.claimed.as_ref()
    }
}

/// Keeps a core busy for about that long (calibrated by steps, not by the clock).
fn compute(ns: u32) {
    let mut x = 1u64;
    for _ in 0..ns {
        x = black_box(x.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(7));
    }
}

fn key(kind: u8, number: usize) -> Key {
    let mut address = [0u8; 20];
    address[..8].copy_from_slice(&(number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
    Key::new(StoreId::Bank, &[&[kind], &address])
}

const BALANCE: u8 = 0;
const NONCE: u8 = 1;
const CODE: u8 = 2;
const PARAMS: u8 = 3;

/// How amounts are moved.
#[derive(Clone, Copy, PartialEq)]
enum Moves {
    /// Both balances are read and set.
    Set,
    /// The sender's is read and set, the recipient's is credited.
    Credit,
    /// The sender's is debited on the premise that it suffices, the recipient's is credited.
    Premise,
}

/// Who pays whom: the sender's nonce changes, an amount moves, the fee is credited.
fn transfer(from: usize, to: usize, moves: Moves, work_ns: u32) -> Transfer {
    let (payer, recipient) = (key(BALANCE, from), key(BALANCE, to));
    let (mut changes, mut payers, mut credits) = (vec![key(NONCE, from)], Vec::new(), vec![key(PARAMS, 7)]);
    if moves == Moves::Premise {
        payers.push(payer)
    } else {
        changes.push(payer)
    }
    if moves == Moves::Set {
        changes.push(recipient)
    } else {
        credits.push(recipient)
    }
    let reads = vec![key(PARAMS, 0), key(CODE, from), key(CODE, to)];
    Transfer { reads, changes, payers, credits, work_ns, claimed: None }
}

type Shape = (&'static str, fn(usize, usize) -> (usize, usize, Moves));

/// Name, and who pays whom in job `i` of `n`. One who pays all has a nonce that serialises them.
const SHAPES: [Shape; 9] = [
    ("independent", |i, n| (i, n + i, Moves::Premise)),
    ("chain", |i, _| (i, i + 1, Moves::Premise)),
    ("all to one", |i, n| (i, n, Moves::Premise)),
    ("one to all", |i, n| (0, n + i, Moves::Premise)),
    ("independent, set", |i, n| (i, n + i, Moves::Set)),
    ("chain, set", |i, _| (i, i + 1, Moves::Set)),
    ("chain, credit", |i, _| (i, i + 1, Moves::Credit)),
    ("all to one, set", |i, n| (i, n, Moves::Set)),
    ("clusters, set", |i, n| ((i * 37) % n, n + i % (n / 8), Moves::Set)),
];

fn block(shape: Shape, jobs: usize, work_ns: u32) -> (Stored, Vec<Transfer>) {
    let block: Vec<Transfer> = (0..jobs)
        .map(|i| {
            let (from, to, moves) = shape.1(i, jobs);
            transfer(from, to, moves, work_ns)
        })
        .collect();
    let touched = block.iter().flat_map(|job| job.reads.iter().chain(&job.changes).chain(&job.payers));
    let stored = touched.map(|key| (key.clone(), value_from_amount(U256::from(1_000_000)).expect("not zero")));
    (Stored(stored.collect()), block)
}

/// Nanoseconds since the first call.
fn clock() -> u64 {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    BEGAN.get_or_init(Instant::now).elapsed().as_nanos() as u64
}

/// Processor time of all threads of this process, where it is asked for; else the time.
fn measured() -> u64 {
    if std::env::var("CPU").is_err() {
        return clock();
    }
    let tasks = std::fs::read_dir("/proc/self/task").expect("a Linux");
    let spent = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
    let first = |line: String| line.split(' ').next().and_then(|number| number.parse::<u64>().ok()).unwrap_or(0);
    tasks.flatten().map(|task| first(spent(task))).sum()
}

/// A way to run a block, with averages of its own.
struct Way {
    name: String,
    mode: Mode,
    shipped: bool,
    tuning: Tuning,
    times: Vec<u64>,
    executions: usize,
}

impl Way {
    fn new(name: String, mode: Mode, shipped: bool) -> Self {
        let forced = std::env::var("FORCED").is_ok();
        let tuning = if forced { Tuning::always_parallel() } else { Tuning::new() };
        tuning.set_clock(clock);
        Self { name, mode, shipped, tuning, times: Vec::new(), executions: 0 }
    }

    fn run(&self, stored: &Stored, block: &[Transfer], keeps_writes: bool) -> Outcome<u64> {
        let options = Options { tuning: Some(&self.tuning), keeps_writes };
        run_with(stored, block, self.mode, &Cancel::default(), options).expect("nothing fails here")
    }
}

fn numbers(name: &str, default: &str) -> Vec<usize> {
    let list = std::env::var(name).unwrap_or(default.into());
    list.split(',').map(|number| number.parse().expect("numbers, by commas")).collect()
}

fn ways() -> Vec<Way> {
    let cores = std::thread::available_parallelism().map_or(2, NonZeroUsize::get);
    let mut ways = vec![Way::new("sequential".into(), Mode::Sequential, false)];
    for workers in numbers("WORKERS", &cores.to_string()) {
        let count = NonZeroUsize::new(workers).expect("at least one worker");
        let optimistic = Mode::Optimistic { workers: count };
        ways.push(Way::new(format!("declared/{workers}"), Mode::Declared { workers: count }, false));
        ways.push(Way::new(format!("optimistic/{workers}"), optimistic, false));
        ways.push(Way::new(format!("shipped/{workers}"), optimistic, true));
    }
    let only = std::env::var("MODES").unwrap_or_default();
    ways.retain(|way| way.mode == Mode::Sequential || only.split(',').any(|only| way.name.contains(only)));
    ways
}

fn main() {
    let (jobs, rounds) = (numbers("JOBS", "10000")[0], numbers("ROUNDS", "7")[0]);
    let only = std::env::var("SHAPES").unwrap_or_default();
    println!("{jobs} jobs; best of {rounds} interleaved rounds; ratio to sequential, above 1 is faster (runs a job)");
    for work in numbers("WORK", "0,300,1000,3000") {
        for shape in SHAPES.into_iter().filter(|shape| only.split(',').any(|only| shape.0.contains(only))) {
            report(shape, jobs, work as u32, rounds);
        }
    }
}

fn report(shape: Shape, jobs: usize, work_ns: u32, rounds: usize) {
    let (stored, plain) = block(shape, jobs, work_ns);
    let mut ways = ways();
    let mut claimed = block(shape, jobs, work_ns).1;
    let writes = ways[0].run(&stored, &plain, true).writes;
    claimed.iter_mut().zip(writes).for_each(|(job, writes)| job.claimed = Some(writes));
    for _ in 0..rounds {
        for way in &mut ways {
            let block = if way.shipped { &claimed } else { &plain };
            let began = measured();
            let outcome = way.run(&stored, block, false);
            way.times.push((measured() - began) / jobs as u64);
            way.executions = outcome.executions;
        }
    }
    let best: Vec<u64> = ways.iter().map(|way| *way.times.iter().min().expect("a round at least")).collect();
    print!("work {work_ns:>5}  {:<17} {:>5} ns/job", shape.0, best[0]);
    for (way, best_of_way) in ways.iter().zip(&best).skip(1) {
        let (ratio, runs) = (best[0] as f64 / *best_of_way as f64, way.executions as f64 / jobs as f64);
        print!("  {} {ratio:.2}x ({runs:.2})", way.name);
    }
    println!();
}
