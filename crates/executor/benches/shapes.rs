//! What the machinery costs and gains: synthetic blocks of transfer-like jobs in every shape, every mode, interleaved.
//!
//! `cargo bench -p seiza-executor` prints nanoseconds a job of sequential execution and each mode's ratio to it (above 1 is
//! faster). A job reads about six keys and writes three, as a transfer does; `work` is what it computes beside, in
//! nanoseconds: 0 shows the bare machinery, 2,000 is a transfer in revm. `SHAPES=chain,hot` and `JOBS=20000` narrow it.

#![allow(clippy::disallowed_types, reason = "a benchmark measures time")]

use std::collections::HashMap;
use std::hint::black_box;
use std::num::NonZeroUsize;
use std::time::Instant;

use seiza_executor::{Cancel, Job, Mode, run};
use seiza_state::{
    Access, Delta, Key, KeyRange, StateError, StateRead, StateWrite, StoreId, Value, Visit, amount_from_value,
    value_from_amount,
};
use seiza_types::U256;

const ROUNDS: usize = 7;

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

/// A job of one shape: some reads, some keys changed, some credited, some computing.
struct Transfer {
    reads: Vec<Key>,
    changes: Vec<Key>,
    credits: Vec<Key>,
    declared: Vec<Key>,
    work_ns: u32,
}

impl Job for Transfer {
    type Output = u64;

    fn run(&self, access: &mut Access<'_>) -> Result<u64, StateError> {
        let mut seen = 0;
        for key in &self.reads {
            seen += access.get(key)?.map_or(0, |value| value.len() as u64);
        }
        compute(self.work_ns);
        for key in &self.changes {
            let amount = amount_from_value(key, access.get(key)?.as_deref())? + U256::from(1);
            access.put(key.clone(), value_from_amount(amount).expect("one more is not zero"));
        }
        for key in &self.credits {
            access.add(key.clone(), Delta::credit(U256::from(1)))?;
        }
        Ok(seen)
    }

    fn declared(&self) -> Option<&[Key]> {
        Some(&self.declared)
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

/// Who pays whom: the sender's nonce and balance change, the recipient is credited or changed, fees are credited.
fn transfer(from: usize, to: usize, commutes: bool, work_ns: u32) -> Transfer {
    let recipient = key(BALANCE, to);
    let mut changes = vec![key(NONCE, from), key(BALANCE, from)];
    let mut credits = vec![key(PARAMS, 7)];
    if commutes {
        credits.push(recipient.clone())
    } else {
        changes.push(recipient.clone())
    };
    // Credits are left undeclared: a declared key counts as changed.
    let declared = changes.clone();
    Transfer { reads: vec![key(PARAMS, 0), key(CODE, from), key(CODE, to)], changes, credits, declared, work_ns }
}

type Shape = (&'static str, fn(usize, usize) -> (usize, usize, bool));

/// Name, and who pays whom in job `i` of `n`.
const SHAPES: [Shape; 7] = [
    ("independent", |i, n| (i, n + i, false)),
    ("chain", |i, _| (i, i + 1, false)),
    ("chain by add", |i, _| (i, i + 1, true)),
    ("all to one by add", |i, n| (i, n, true)),
    ("all to one, hot", |i, n| (i, n, false)),
    ("one to all", |i, n| (0, n + i, false)),
    ("clusters of 8", |i, n| ((i * 37) % n, n + i % (n / 8), false)),
];

fn block(shape: Shape, jobs: usize, work_ns: u32) -> (Stored, Vec<Transfer>) {
    let block: Vec<Transfer> = (0..jobs)
        .map(|i| {
            let (from, to, commutes) = shape.1(i, jobs);
            transfer(from, to, commutes, work_ns)
        })
        .collect();
    let touched = block.iter().flat_map(|job| job.reads.iter().chain(&job.changes).chain(&job.credits));
    let stored = touched.map(|key| (key.clone(), value_from_amount(U256::from(1_000_000)).expect("not zero")));
    (Stored(stored.collect()), block)
}

fn main() {
    let jobs: usize = std::env::var("JOBS").ok().and_then(|n| n.parse().ok()).unwrap_or(10_000);
    let only = std::env::var("SHAPES").unwrap_or_default();
    let workers = std::thread::available_parallelism().map_or(2, NonZeroUsize::get);
    let count = |n| NonZeroUsize::new(n).expect("at least one");
    let modes = [
        ("sequential", Mode::Sequential),
        ("declared", Mode::Declared { workers: count(workers) }),
        ("optimistic", Mode::Optimistic { workers: count(workers) }),
    ];
    println!(
        "{jobs} jobs, {workers} workers; best of {ROUNDS} interleaved rounds; ratio to sequential, above 1 is faster"
    );
    let work = std::env::var("WORK").unwrap_or("0,2000,20000".into());
    for work_ns in work.split(',').map(|work| work.parse().expect("WORK is nanoseconds, by commas")) {
        for shape in SHAPES.into_iter().filter(|shape| only.is_empty() || only.split(',').any(|o| shape.0.contains(o)))
        {
            let jobs = if work_ns > 2_000 { jobs / 5 } else { jobs };
            report(shape, jobs, work_ns, &modes);
        }
    }
}

fn report(shape: Shape, jobs: usize, work_ns: u32, modes: &[(&str, Mode)]) {
    let (stored, block) = block(shape, jobs, work_ns);
    let mut times = vec![Vec::new(); modes.len()];
    let mut executions = vec![0; modes.len()];
    for _ in 0..ROUNDS {
        for (at, (_, mode)) in modes.iter().enumerate() {
            let started = Instant::now();
            let outcome = run(&stored, &block, *mode, &Cancel::default()).expect("nothing fails here");
            times[at].push(started.elapsed().as_nanos() as u64 / jobs as u64);
            executions[at] = outcome.executions;
        }
    }
    times.iter_mut().for_each(|times| times.sort_unstable());
    let best = |at: usize| times[at][0];
    print!("work {work_ns:>6} ns  {:<18} sequential {:>6} ns/job", shape.0, best(0));
    for (at, (name, _)) in modes.iter().enumerate().skip(1) {
        let ratio = best(0) as f64 / best(at) as f64;
        print!("   {name} {ratio:>5.2}x ({:.2} runs/job)", executions[at] as f64 / jobs as f64);
    }
    println!();
}
