//! A whole block: parallel stretches, and sequential ones where jobs depend on each other one by one.
//!
//! A parallel stretch that turns out no faster than one worker gives up. Then a stretch runs sequentially, each four times
//! as long as the one before, and a short parallel one tries again: so no block loses much, and one that only begins as a
//! chain is not lost. Where stretches end depends on chance; what they leave does not.

use std::ops::Range;

use rayon::ThreadPool;
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use rayon::slice::ParallelSlice;
use seiza_state::{Changeset, Key, StateRead, Value, WriteSet};

use super::crew::{Called, Crew};
use super::declared::{Declared, Spoken};
use super::desk::Desk;
use super::engine::{Engine, Hints};
use super::graph::Graph;
use super::pace::Pace;
use super::rounds::Rounds;
use crate::job::{jobs_of, size};
use crate::prefix::Prefix;
use crate::rest::Looks;
use crate::sequential::Done;
use crate::stats::{Counts, Stats};
use crate::sync::{AtomicUsize, Mutex, Ordering, lock};
use crate::{Cancel, Job, RunError, Tuning, sequential};

/// Transactions of a parallel stretch that tries again after one gave up.
const TRIAL_TXS: usize = 256;
/// The same where they are short: fewer do not outweigh what waking the workers costs.
const TRIAL_TXS_IN_ROUNDS: usize = 3_072;
/// Transactions of the first sequential stretch after a parallel one gave up.
const SEQUENTIAL_TXS: usize = 256;
/// A sequential stretch is so many times as long as the one before.
const SEQUENTIAL_GROWTH: usize = 4;

/// In a block of at least so many transactions, some run sequentially first: they tell what several workers have to beat. The
/// very first only tell whether they are long beyond doubt, since memory is cold to them. Of both one in so many of the
/// block, within bounds.
const PROBED_TXS: usize = 64;
const COLD_ONE_IN: usize = 64;
const COLD_TXS: (usize, usize) = (2, 16);
const PROBED_ONE_IN: usize = 24;
const PROBE_TXS: (usize, usize) = (8, 128);
/// Transactions that take less are short: they are run in rounds, since multi-version memory would cost as much as they do.
const SHORT_NS: u64 = 4_000;
/// What several workers must be faster than one by, in percent.
const GAIN_PERCENT: u64 = 103;

/// Fewer jobs are not worth waking a worker for but to run them.
const SMALL: usize = 512;

/// Claims of so many jobs are put in place by one worker at a time.
const SHIPPED_AT_ONCE: usize = 16;

/// So many jobs are asked by one worker at a time what they declare.
const ASKED_AT_ONCE: usize = 256;

/// How much is known about the jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plan {
    /// Order work by what jobs declare.
    Declared,
    /// Run everything at once; declared writes are estimates.
    Optimistic,
}

/// How to run a block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manner {
    pub(crate) plan: Plan,
    pub(crate) workers: usize,
    /// Whether stretches may be run sequentially.
    pub(crate) gives_up: bool,
    /// Whether to begin with a short stretch, since the last block was better run sequentially.
    pub(crate) hesitates: bool,
    /// Whether to keep each job's writes.
    pub(crate) keeps_writes: bool,
    /// Whether to take all jobs for short ones.
    pub(crate) in_rounds: bool,
    /// What is remembered of the block, should it not gain.
    pub(crate) looks: Looks,
}

/// What was run so far.
struct Block<'a, J: Job> {
    base: &'a (dyn StateRead + Sync),
    jobs: &'a [J],
    cancel: &'a Cancel,
    manner: Manner,
    done: Done<J::Output>,
    /// What all stretches left, where it is not in `done`: after a long one nothing needs to be merged but what is small.
    whole: Vec<(Key, Option<Value>)>,
    stats: Stats,
    tuning: &'a Tuning,
    /// The other workers, as long as there is no work for them.
    called: Option<Called>,
    /// How long the first worker was at work, where there is a clock.
    working_ns: Option<u64>,
    /// What a short transaction took where jobs ran one after the other.
    alone_ns: Option<u64>,
    /// What the parallel stretches took, and what they would have taken one worker, where there is a clock.
    gain: Option<(u64, u64)>,
}

/// Outputs, changes, writes where they were kept, and figures of a block.
pub(crate) type Ran<T> = (Vec<T>, Changeset, Vec<WriteSet>, Stats);

/// Runs what is not done of a block with `crew`.
pub(crate) fn run<J: Job>(
    base: &(dyn StateRead + Sync),
    jobs: &[J],
    done: Done<J::Output>,
    manner: Manner,
    cancel: &Cancel,
    crew: &mut Crew,
    tuning: &Tuning,
) -> Result<Ran<J::Output>, RunError> {
    let began = tuning.now();
    let first = done.outputs.len();
    let (whole, stats) = (Vec::new(), Stats { sequential: size(&jobs[..first]), ..Stats::default() });
    let mut block = Block {
        base,
        jobs,
        cancel,
        manner,
        done,
        whole,
        stats,
        tuning,
        called: None,
        working_ns: Some(0),
        alone_ns: None,
        gain: None,
    };
    // The pool is taken out while the crew's memory is lent to the block.
    let pool = crew.pool.take();
    let ran = match &pool {
        Some(pool) => {
            block.called = Some(Called::of(pool, manner.workers.saturating_sub(1)));
            block.stretches(crew, pool)
        }
        None => block.sequential(first..jobs.len()),
    };
    crew.pool = pool;
    ran?;
    tuning.learn_gain(manner.looks, block.gained_anything());
    let Done { changes, outputs, writes } = block.done;
    let changes = if changes.is_empty() { Changeset::from_unordered(block.whole) } else { changes.into_changeset() };
    let beside = tuning.since(began).zip(block.working_ns).map(|(whole, working)| whole.saturating_sub(working));
    tuning.learn_start(beside);
    Ok((outputs, changes, writes.unwrap_or_default(), block.stats))
}

impl<J: Job> Block<'_, J> {
    fn stretches(&mut self, crew: &mut Crew, pool: &ThreadPool) -> Result<(), RunError> {
        let mut at = self.probe()?;
        let (mut trial, mut length) = (self.manner.hesitates, self.jobs_of(SEQUENTIAL_TXS));
        while at < self.jobs.len() {
            if self.cancel.is_cancelled() {
                return Err(RunError::Cancelled);
            }
            let left = self.jobs.len() - at;
            let tried = self.jobs_of(if self.are_short() { TRIAL_TXS_IN_ROUNDS } else { TRIAL_TXS });
            let end = at + if trial { left.min(tried) } else { left };
            let before = self.gain.unwrap_or_default();
            at = if self.are_short() {
                self.rounds(at..end, pool, &mut crew.desks)?
            } else {
                self.parallel(at..end, crew, pool)?
            };
            trial = at < end || trial && !self.gained_since(before);
            if trial {
                let end = at + length.min(self.jobs.len() - at);
                self.sequential(at..end)?;
                (at, length) = (end, length * SEQUENTIAL_GROWTH);
            }
        }
        Ok(())
    }

    /// Runs the first jobs sequentially where there are many; answers where the rest begins.
    fn probe(&mut self) -> Result<usize, RunError> {
        let first = self.done.outputs.len();
        let txs = size(&self.jobs[first..]);
        if self.manner.gives_up && self.tuning.clock().is_some() && txs >= PROBED_TXS {
            let part = |one_in: usize, (least, most): (usize, usize)| (txs / one_in).clamp(least, most);
            if self.some(part(COLD_ONE_IN, COLD_TXS))?.is_none_or(|cold| cold < 4 * SHORT_NS) {
                let warm = self.some(part(PROBED_ONE_IN, PROBE_TXS))?;
                self.alone_ns = warm.filter(|alone| (1..SHORT_NS).contains(alone));
            }
        }
        Ok(self.done.outputs.len())
    }

    /// Runs the next few transactions sequentially; answers what one takes.
    fn some(&mut self, txs: usize) -> Result<Option<u64>, RunError> {
        let first = self.done.outputs.len();
        let took = sequential::run_some(self.base, self.jobs, txs, &mut self.done, self.cancel, self.tuning)?;
        let ran = size(&self.jobs[first..self.done.outputs.len()]);
        self.stats.sequential += ran;
        self.tuning.learn_jobs(took, ran);
        self.worked(took);
        Ok(took.and_then(|took| took.checked_div(ran as u64)))
    }

    fn sequential(&mut self, range: Range<usize>) -> Result<(), RunError> {
        let txs = size(&self.jobs[range.clone()]);
        self.stats.sequential += txs;
        self.merge_whole();
        let began = self.tuning.now();
        sequential::run(self.base, self.jobs, range, &mut self.done, self.cancel)?;
        let took = self.tuning.since(began);
        if txs >= PROBE_TXS.0 {
            self.tuning.learn_jobs(took, txs);
            self.alone_ns = took.map(|took| took / txs as u64).filter(|alone| (1..SHORT_NS).contains(alone));
        }
        self.worked(took);
        Ok(())
    }

    /// Whether what ran in parallel since was faster than one worker is, as far as is known.
    fn gained_since(&self, (took, alone): (u64, u64)) -> bool {
        self.gain.is_none_or(|(now, alone_now)| (now - took) * GAIN_PERCENT < (alone_now - alone) * 100)
    }

    fn merge_whole(&mut self) {
        for (key, value) in std::mem::take(&mut self.whole) {
            self.done.changes.insert(key, value);
        }
    }

    /// Takes in what a parallel stretch left.
    fn left(&mut self, changes: Vec<(Key, Option<Value>)>) {
        if self.done.changes.len() * 4 <= changes.len() {
            self.whole = std::mem::take(&mut self.done.changes).under(changes);
        } else {
            changes.into_iter().for_each(|(key, value)| self.done.changes.insert(key, value));
        }
    }

    fn worked(&mut self, took_ns: Option<u64>) {
        self.working_ns = self.working_ns.zip(took_ns).map(|(before, took)| before + took);
    }

    fn gained(&mut self, took_ns: Option<u64>, alone_ns: Option<u64>) {
        if let Some((took, alone)) = took_ns.zip(alone_ns) {
            let (before, alone_before) = self.gain.unwrap_or_default();
            self.gain = Some((before + took, alone_before + alone));
        }
    }

    /// What a short job of these took where jobs ran one after the other.
    fn job_alone_ns(&self, jobs: &[J]) -> Option<u64> {
        (self.alone_ns? * size(jobs) as u64).checked_div(jobs.len() as u64)
    }

    /// Whether the parallel stretches were faster than one worker is; without a clock, whether they were most of the block.
    fn gained_anything(&self) -> bool {
        let most = self.stats.parallel >= self.stats.sequential;
        if self.gain.is_some() { self.gained_since((0, 0)) } else { most }
    }

    /// How many jobs stand for so many transactions.
    fn jobs_of(&self, txs: usize) -> usize {
        jobs_of(self.jobs, txs)
    }

    fn hints(&self, jobs: &[J], pool: &ThreadPool) -> Hints {
        let spoken: Vec<Spoken> = if is_small(jobs.len()) {
            jobs.chunks(ASKED_AT_ONCE).map(Spoken::of).collect()
        } else {
            pool.install(|| jobs.par_chunks(ASKED_AT_ONCE).map(Spoken::of).collect())
        };
        let declared = Declared::new(&spoken);
        match self.manner.plan {
            Plan::Declared => Hints::Graph(Graph::new(jobs, &declared)),
            Plan::Optimistic => Hints::Estimates(declared),
        }
    }

    /// Whether the plan shows that jobs must run one after the other.
    fn is_chain(&self, hints: &Hints, jobs: usize) -> bool {
        matches!(hints, Hints::Graph(graph) if self.manner.gives_up && graph.longest * 3 > jobs * 2)
    }

    /// Whether jobs are so short that multi-version memory would cost more than they do.
    fn are_short(&self) -> bool {
        self.manner.in_rounds || self.manner.gives_up && self.alone_ns.is_some()
    }

    /// Runs a stretch of short jobs in parallel; answers where it ended, which is early where that gained nothing.
    fn rounds(&mut self, range: Range<usize>, pool: &ThreadPool, desks: &mut Vec<Desk>) -> Result<usize, RunError> {
        self.merge_whole();
        self.called.take();
        let began = self.tuning.now();
        let rounds = Rounds {
            base: self.base,
            jobs: &self.jobs[range.clone()],
            first: range.start,
            cancel: self.cancel,
            workers: self.manner.workers,
            tuning: self.tuning,
            alone_ns: self.alone_ns.filter(|_| self.manner.gives_up),
        };
        let (jobs, alone_ns) = rounds.run(&mut self.done, &mut self.stats, pool, desks)?;
        let took = self.tuning.since(began);
        self.worked(took);
        let end = range.start + jobs;
        self.gained(took, alone_ns.map(|alone| alone * size(&self.jobs[range.start..end]) as u64));
        Ok(end)
    }

    /// Runs a stretch in parallel; answers where it ended, which is early where it gave up.
    fn parallel(&mut self, range: Range<usize>, crew: &mut Crew, pool: &ThreadPool) -> Result<usize, RunError> {
        let whole = self.tuning.now();
        let jobs = &self.jobs[range.clone()];
        let hints = self.hints(jobs, pool);
        if self.is_chain(&hints, jobs.len()) {
            self.sequential(range.clone())?;
            return Ok(range.end);
        }
        self.merge_whole();
        crew.prepare(jobs.len());
        let below = Prefix { base: self.base, changes: &self.done.changes };
        let (memory, workers) = (&crew.memory, self.manner.workers);
        let engine = Engine::new(jobs, below, memory, &crew.standings, &hints, workers, self.cancel);
        let mut engine = engine
            .giving_up(self.manner.gives_up, Pace::of(jobs, self.tuning.clock(), self.job_alone_ns(jobs)))
            .keeping_writes(self.manner.keeps_writes);
        self.called.take();
        ship(&engine, pool);
        let began = self.tuning.now();
        let counts = work(&engine, pool);
        let worked = self.tuning.since(began);
        self.tuning.learn_jobs(engine.pace.alone(jobs.len() as u64), size(jobs));
        self.stats.add(counts);
        let (next, changes) = engine.end(range.start)?;
        self.stats.parallel += size(&jobs[..next as usize]);
        let alone = engine.pace.alone(u64::from(next));
        self.done.writes.iter_mut().for_each(|writes| writes.extend(engine.take_writes(next)));
        self.done.outputs.extend(engine.into_outputs(next));
        self.left(changes);
        self.worked(worked);
        self.gained(self.tuning.since(whole), alone);
        Ok(range.start + next as usize)
    }
}

/// Puts what is claimed of the jobs in place, on all workers. About in job order, so that a popular key's entries are added
/// at its end.
fn ship<J: Job>(engine: &Engine<'_, J>, pool: &ThreadPool) {
    if engine.jobs.iter().all(|job| job.shipped().is_none()) {
        return;
    }
    if is_small(engine.jobs.len()) {
        return (0..engine.jobs.len()).for_each(|job| engine.ship(job as u32));
    }
    pool.install(|| ship_on_all(engine));
}

fn ship_on_all<J: Job>(engine: &Engine<'_, J>) {
    let (jobs, next) = (engine.jobs.len(), AtomicUsize::new(0));
    (0..engine.workers).into_par_iter().with_max_len(1).for_each(|_| {
        let part = || Some(next.fetch_add(SHIPPED_AT_ONCE, Ordering::Relaxed)).filter(|at| *at < jobs);
        std::iter::from_fn(part).for_each(|at| {
            (at..jobs.min(at + SHIPPED_AT_ONCE)).for_each(|job| engine.ship(job as u32));
        });
    });
}

/// Lets all workers work to the end of the run.
fn work<J: Job>(engine: &Engine<'_, J>, pool: &ThreadPool) -> Vec<Counts> {
    let counts: Vec<Mutex<Counts>> = (0..engine.workers).map(|_| Mutex::default()).collect();
    pool.in_place_scope(|scope| {
        for (worker, counts) in counts.iter().enumerate().skip(1) {
            scope.spawn(move |_| *lock(counts) = engine.work(worker));
        }
        *lock(&counts[0]) = engine.work(0);
    });
    counts.into_iter().map(|counts| counts.into_inner().expect("no job runs under a lock")).collect()
}

/// Whether a stretch is so small that its begin and end are better done by one worker than begun by waking another.
fn is_small(jobs: usize) -> bool {
    jobs < SMALL
}
