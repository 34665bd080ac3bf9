//! The scheduler and the multi-version memory under shuttle: the crate's own sources, compiled over primitives that hand
//! control to another thread wherever they can, under thousands of schedules.
//!
//! `EXECUTOR_SCHEDULES=100000 cargo test --release -p seiza-executor --test models` tries more than a normal run does.
#![allow(dead_code, unused_imports, reason = "each model uses a part of the sources")]

#[path = "../src/cancel.rs"]
mod cancel;
#[path = "../src/changes.rs"]
mod changes;
#[path = "../src/error.rs"]
mod error;
#[path = "../src/job.rs"]
mod job;
#[path = "../src/prefix.rs"]
mod prefix;
#[path = "../src/rest.rs"]
mod rest;
#[path = "../src/stats.rs"]
mod stats;
#[path = "../src/tuning.rs"]
mod tuning;

use cancel::Cancel;
use error::RunError;
use job::{Intent, Job};

/// What `src/sync.rs` is, over shuttle.
mod sync {
    pub(crate) use shuttle::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, AtomicUsize, Ordering};
    pub(crate) use shuttle::sync::{Mutex, MutexGuard, RwLock};
    pub(crate) use shuttle::thread::yield_now;

    pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
        mutex.lock().expect("no job runs under a lock")
    }
}

/// What `src/parallel/mod.rs` is, without the threads.
#[path = "../src/parallel"]
mod parallel {
    pub(crate) mod bench;
    pub(crate) mod cell;
    pub(crate) mod commit;
    pub(crate) mod declared;
    pub(crate) mod dependency;
    pub(crate) mod engine;
    pub(crate) mod filter;
    pub(crate) mod graph;
    pub(crate) mod index;
    pub(crate) mod leaving;
    pub(crate) mod log;
    pub(crate) mod memory;
    pub(crate) mod pace;
    pub(crate) mod scheduler;
    pub(crate) mod shard;
    pub(crate) mod status;
    pub(crate) mod view;
    pub(crate) mod worker;

    pub(crate) use shard::CellId;
}

use std::sync::Arc;

use changes::Changes;
use parallel::declared::{Declared, Spoken};
use parallel::engine::{Engine, Hints};
use parallel::graph::Graph;
use parallel::log::ReadLog;
use parallel::memory::Memory;
use parallel::shard::Apart;
use parallel::status::Standing;
use parallel::view::View;
use prefix::Prefix;
use seiza_state::{
    Access, Delta, Empty, Key, KeyRange, Premise, StateError, StateRead, StateWrite, StoreId, Value, Write, WriteSet,
    amount_from_value,
};
use seiza_types::U256;
use sync::Mutex;

fn schedules() -> usize {
    std::env::var("EXECUTOR_SCHEDULES").ok().and_then(|number| number.parse().ok()).unwrap_or(300)
}

/// Tries random schedules, and such with few, well-placed preemptions, which find other faults.
fn check(model: fn()) {
    shuttle::check_random(model, schedules());
    shuttle::check_pct(model, schedules(), 3);
}

fn key(n: u8) -> Key {
    Key::new(StoreId::Bank, &[&[n]])
}

const POT: u8 = 200;

#[derive(Clone, Copy)]
enum Step {
    /// Reads a key and sets it to one more.
    Raise(u8),
    /// Credits the pot.
    Credit,
    /// Reads the pot.
    Pot,
    /// Takes so much from the pot if it is there, relying on nothing else.
    Pay(u64),
    /// Counts keys in 0..100.
    Count,
    Delete(u8),
    /// Fails if there are two keys or more.
    FailIfTwo,
    Panic,
}

/// What it does, and what is claimed that it writes.
struct Steps(Vec<Step>, Option<WriteSet>);

fn steps(steps: impl Into<Vec<Step>>) -> Steps {
    Steps(steps.into(), None)
}

impl Job for Steps {
    type Output = Vec<u64>;

    fn run(&self, access: &mut Access<'_>) -> Result<Vec<u64>, StateError> {
        let mut seen = Vec::new();
        let count = |access: &Access<'_>| -> Result<u64, StateError> {
            let mut count = 0;
            access.scan(&KeyRange { start: key(0), end: Some(key(100)) }, &mut |_, _| {
                count += 1;
                true
            })?;
            Ok(count)
        };
        for step in &self.0 {
            match step {
                Step::Raise(n) => {
                    let now = access.get(&key(*n))?.map_or(0, |value| value[0]);
                    seen.push(u64::from(now));
                    access.put(key(*n), vec![now + 1].into());
                }
                Step::Credit => access.add(key(POT), Delta::credit(U256::from(3)))?,
                Step::Pot => seen.push(amount_from_value(&key(POT), access.get(&key(POT))?.as_deref())?.to()),
                Step::Pay(wei) => {
                    let wei = U256::from(*wei);
                    let pays = amount_from_value(&key(POT), access.peek(&key(POT))?.as_deref())? >= wei;
                    if pays {
                        access.rely(&key(POT), Premise::covers(wei))?;
                        access.add(key(POT), Delta::debit(wei))?;
                    } else {
                        access.get(&key(POT))?;
                    }
                    seen.push(u64::from(pays));
                }
                Step::Count => seen.push(count(access)?),
                Step::Delete(n) => access.delete(key(*n)),
                Step::FailIfTwo if count(access)? >= 2 => return Err(StateError::Io("two".into())),
                Step::FailIfTwo => {}
                Step::Panic => panic!("a model wants it so"),
            }
        }
        Ok(seen)
    }

    fn declare(&self, declare: &mut dyn FnMut(&Key, Intent)) {
        for step in &self.0 {
            match step {
                Step::Raise(n) => declare(&key(*n), Intent::Change),
                Step::Credit => declare(&key(POT), Intent::Add),
                Step::Pot => declare(&key(POT), Intent::Read),
                Step::Pay(_) => declare(&key(POT), Intent::Rely),
                _ => {}
            }
        }
    }

    fn shipped(&self) -> Option<&WriteSet> {
        self.1.as_ref()
    }
}

type Left = (Vec<Vec<u64>>, Vec<(Key, Option<Value>)>);

/// Runs with so many workers, each a thread of shuttle's.
fn run(jobs: Vec<Steps>, workers: usize, declared: bool, cancel: &Cancel) -> Result<Left, RunError> {
    let changes = Changes::default();
    let below = Prefix { base: &Empty, changes: &changes };
    let mut memory = Memory::default();
    memory.reset(jobs.len());
    let standings: Vec<Apart<Mutex<Standing>>> = jobs.iter().map(|_| Apart::default()).collect();
    let spoken = Declared::new(&[Spoken::of(&jobs)]);
    let hints = if declared { Hints::Graph(Graph::new(&jobs, &spoken)) } else { Hints::Estimates(spoken) };
    let engine = Engine::new(&jobs, below, &memory, &standings, &hints, workers, cancel);
    (0..jobs.len() as u32).for_each(|job| engine.ship(job));
    shuttle::thread::scope(|scope| {
        for worker in 1..workers {
            let engine = &engine;
            scope.spawn(move || engine.work(worker));
        }
        engine.work(0);
    });
    let (end, mut left) = engine.end(0)?;
    left.sort_by(|(a, _), (b, _)| a.cmp(b));
    if (end as usize) < jobs.len() {
        return Err(RunError::Cancelled);
    }
    Ok((engine.into_outputs(end).collect(), left))
}

fn left(pairs: &[(u8, u8)], pot: u64) -> Vec<(Key, Option<Value>)> {
    let mut left: Vec<_> = pairs.iter().map(|(n, byte)| (key(*n), Some(vec![*byte].into()))).collect();
    left.extend((pot > 0).then(|| (key(POT), seiza_state::value_from_amount(U256::from(pot)))));
    left
}

fn a_chain_with_deltas() -> Vec<Steps> {
    vec![
        steps([Step::Raise(1), Step::Credit]),
        steps([Step::Raise(1), Step::Credit]),
        steps([Step::Pot, Step::Raise(2)]),
        steps([Step::Raise(1), Step::Pot]),
    ]
}

#[test]
fn every_schedule_of_a_chain_gives_the_sequential_result() {
    check(|| {
        for declared in [false, true] {
            let (outputs, changes) = run(a_chain_with_deltas(), 2, declared, &Cancel::default()).unwrap();
            assert_eq!(outputs, [vec![0], vec![1], vec![6, 0], vec![2, 6]]);
            assert_eq!(changes, left(&[(1, 3), (2, 1)], 6));
        }
    });
}

#[test]
fn every_schedule_of_three_workers_gives_the_sequential_result() {
    check(|| {
        let (outputs, _) = run(a_chain_with_deltas(), 3, false, &Cancel::default()).unwrap();
        assert_eq!(outputs, [vec![0], vec![1], vec![6, 0], vec![2, 6]]);
    });
}

#[test]
fn every_schedule_of_scans_and_insertions_gives_the_sequential_result() {
    check(|| {
        let jobs = vec![
            steps([Step::Raise(1)]),
            steps([Step::Count, Step::Raise(2)]),
            steps([Step::Delete(1), Step::Count]),
            steps([Step::Count, Step::Raise(3)]),
        ];
        let (outputs, _) = run(jobs, 2, false, &Cancel::default()).unwrap();
        assert_eq!(outputs, [vec![0], vec![1, 0], vec![1], vec![1, 0]]);
    });
}

/// The pot holds 3, 6, 2, 5, 1: one payer is too poor where it stands, whatever it may have seen elsewhere.
fn payers() -> Vec<Steps> {
    vec![
        steps([Step::Credit]),
        steps([Step::Credit, Step::Raise(1)]),
        steps([Step::Pay(4)]),
        steps([Step::Pay(3), Step::Credit]),
        steps([Step::Pay(4), Step::Pot]),
    ]
}

#[test]
fn every_schedule_of_payers_gives_the_sequential_result() {
    check(|| {
        for declared in [false, true] {
            let (outputs, changes) = run(payers(), 2, declared, &Cancel::default()).unwrap();
            assert_eq!(outputs, [vec![], vec![0], vec![1], vec![0], vec![1, 1]]);
            assert_eq!(changes, left(&[(1, 1)], 1));
        }
    });
}

#[test]
fn every_schedule_of_claims_gives_the_sequential_result() {
    check(|| {
        let put = |n: u8, byte: u8| (key(n), Write::Put(vec![byte].into()));
        let mut jobs = a_chain_with_deltas();
        // One is right, one wrong, one of nothing it writes; the last has none.
        jobs[0].1 = Some([put(1, 1), (key(POT), Write::Add(Delta::credit(U256::from(3))))].into_iter().collect());
        jobs[1].1 = Some([put(1, 7), (key(POT), Write::Add(Delta::debit(U256::from(9))))].into_iter().collect());
        jobs[2].1 = Some([put(1, 9), put(3, 9)].into_iter().collect());
        let (outputs, changes) = run(jobs, 2, false, &Cancel::default()).unwrap();
        assert_eq!(outputs, [vec![0], vec![1], vec![6, 0], vec![2, 6]]);
        assert_eq!(changes, left(&[(1, 3), (2, 1)], 6));
    });
}

#[test]
fn every_schedule_fails_with_the_first_error() {
    check(|| {
        let jobs = vec![
            steps([Step::Raise(1)]),
            steps([Step::Raise(2)]),
            steps([Step::FailIfTwo, Step::Raise(1)]),
            steps([Step::FailIfTwo]),
        ];
        let error = run(jobs, 2, false, &Cancel::default()).unwrap_err();
        assert_eq!(error, RunError::State { job: 2, error: StateError::Io("two".into()) });
    });
}

#[test]
fn every_schedule_of_a_cancelled_run_ends() {
    check(|| {
        let cancel = Cancel::default();
        let other = cancel.clone();
        let canceller = shuttle::thread::spawn(move || {
            shuttle::thread::yield_now();
            other.cancel();
        });
        match run(a_chain_with_deltas(), 2, false, &cancel) {
            Ok((outputs, _)) => assert_eq!(outputs.len(), 4),
            Err(error) => assert_eq!(error, RunError::Cancelled),
        }
        canceller.join().unwrap();
    });
}

/// A scan that begins while a key is inserted either sees it or is told by validation that it did not.
#[test]
fn no_insertion_slips_past_a_scan() {
    check(|| {
        let mut memory = Memory::default();
        memory.reset(2);
        let memory = Arc::new(memory);
        let writer = Arc::clone(&memory);
        let writing = shuttle::thread::spawn(move || {
            writer.write(0, 0, key(5), Write::Put(vec![1].into()));
        });
        let changes = Changes::default();
        let below = Prefix { base: &Empty, changes: &changes };
        let view = View::new(&memory, below, 1, 0, ReadLog::default());
        let mut seen = 0;
        view.scan(&KeyRange::prefix(key(5)), &mut |_, _| {
            seen += 1;
            true
        })
        .unwrap();
        let (log, _) = view.into_parts();
        writing.join().unwrap();
        assert_eq!(log.validate(&memory, below, 1, 0).is_ok(), seen == 1);
    });
}
