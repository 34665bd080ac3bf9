//! Runs a block's jobs: sequentially, by declared keys, or optimistically; the result is the same.
//!
//! Sequential execution is the specification: job `i` sees the state that jobs `0..i` left, and nothing of later ones. A
//! mode is a way of being faster about it, chosen per call and invisible in the outcome.
#![deny(clippy::iter_over_hash_type, clippy::float_arithmetic)]

mod cancel;
mod changes;
mod error;
mod job;
mod parallel;
mod prefix;
mod rest;
mod sequential;
mod stats;
mod sync;
#[cfg(test)]
mod tests;
mod tuning;

use std::num::NonZeroUsize;

use seiza_state::{Changeset, StateRead, WriteSet};

pub use cancel::Cancel;
pub use error::RunError;
pub use job::{Intent, Job};
pub use stats::{Stats, WorkerStats};
pub use tuning::{Clock, Tuning};

use crate::job::size;
use crate::parallel::block::{Manner, Plan};
use crate::parallel::{block, crew};
use crate::rest::Looks;
use crate::sequential::Done;

/// How to run a block. A block that is too small to gain, and stretches of jobs that depend on each other one by one, run
/// sequentially in any mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// One after the other, on the calling thread.
    Sequential,
    /// By a dependency graph of declared keys. Jobs that declare nothing run at once.
    Declared {
        /// Threads that run jobs.
        workers: NonZeroUsize,
    },
    /// All at once, re-executing those that read what an earlier one wrote (Block-STM, arXiv 2203.06871). Declared writes
    /// are waited for.
    Optimistic {
        /// Threads that run jobs.
        workers: NonZeroUsize,
    },
}

/// What the jobs of a block did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome<T> {
    /// Each job's output, in job order.
    pub outputs: Vec<T>,
    /// All their writes, resolved.
    pub changes: Changeset,
    /// What each job wrote, in job order, where that was asked for ([`Options::keeps_writes`]); else empty.
    pub writes: Vec<WriteSet>,
    /// Runs of transactions, re-executions included.
    pub executions: usize,
    /// How it went: for operators, no part of the result.
    pub stats: Stats,
}

/// How [`run_with`] differs from [`run`].
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// Averages of one's own, in place of the process's.
    pub tuning: Option<&'a Tuning>,
    /// Whether to keep each job's writes, for whoever ships them ([`Job::shipped`]).
    pub keeps_writes: bool,
}

/// Transactions that are run before a block is judged by them that seems too small to gain.
const TRIED_TXS: usize = 8;

/// What [`run`] has learnt of this machine's costs.
static TUNING: Tuning = Tuning::new();

/// Lends [`run`] a clock, so that it measures what jobs cost instead of guessing. It decides how a block is run, never what
/// comes out.
pub fn measure_with(clock: Clock) {
    TUNING.set_clock(clock);
}

/// Runs `jobs` over `base`, as if one after the other.
///
/// # Errors
/// [`RunError::Cancelled`] soon after `cancel` is set; [`RunError::State`] of the first job that state failed under.
pub fn run<J: Job>(
    base: &(dyn StateRead + Sync),
    jobs: &[J],
    mode: Mode,
    cancel: &Cancel,
) -> Result<Outcome<J::Output>, RunError> {
    run_tuned(base, jobs, mode, cancel, &TUNING)
}

/// As [`run`], with averages of one's own.
///
/// # Errors
/// As [`run`].
pub fn run_tuned<J: Job>(
    base: &(dyn StateRead + Sync),
    jobs: &[J],
    mode: Mode,
    cancel: &Cancel,
    tuning: &Tuning,
) -> Result<Outcome<J::Output>, RunError> {
    run_with(base, jobs, mode, cancel, Options { tuning: Some(tuning), keeps_writes: false })
}

/// As [`run`], with options.
///
/// # Errors
/// As [`run`].
pub fn run_with<J: Job>(
    base: &(dyn StateRead + Sync),
    jobs: &[J],
    mode: Mode,
    cancel: &Cancel,
    options: Options<'_>,
) -> Result<Outcome<J::Output>, RunError> {
    let (tuning, keeps_writes) = (options.tuning.unwrap_or(&TUNING), options.keeps_writes);
    let mut done = Done::nothing(jobs, keeps_writes);
    let (plan, workers) = match mode {
        Mode::Sequential => return run_rest(base, jobs, done, cancel, tuning),
        Mode::Declared { workers } => (Plan::Declared, workers.get()),
        Mode::Optimistic { workers } => (Plan::Optimistic, workers.get()),
    };
    let workers = tuning.at_work(workers);
    if tuning.are_few(jobs.len(), workers) {
        sequential::run(base, jobs, 0..jobs.len(), &mut done, cancel)?;
        return Ok(outcome(done, jobs));
    }
    let is_worth = tuning.is_worth(size(jobs), workers) || {
        let job_ns = try_some(base, jobs, &mut done, cancel, tuning)?;
        let left = size(&jobs[done.outputs.len()..]);
        job_ns.is_some_and(|job_ns| tuning.would_be_worth(left, workers, job_ns))
    };
    let looks = Looks::of(jobs);
    if !is_worth || tuning.rests(looks) {
        return run_rest(base, jobs, done, cancel, tuning);
    }
    let (gives_up, hesitates, in_rounds) = (tuning.gives_up(), tuning.hesitates(looks), tuning.takes_all_for_short());
    let manner = Manner { plan, workers, gives_up, hesitates, keeps_writes, in_rounds, looks };
    let (outputs, changes, writes, stats) =
        crew::with(workers, |crew| block::run(base, jobs, done, manner, cancel, crew, tuning))?;
    Ok(Outcome { outputs, changes, writes, executions: stats.executions(), stats })
}

/// Runs the first few jobs of a block that is not known to be worth several workers, and answers what one transaction of
/// theirs takes: a block may be of quite others than those before it.
fn try_some<J: Job>(
    base: &(dyn StateRead + Sync),
    jobs: &[J],
    done: &mut Done<J::Output>,
    cancel: &Cancel,
    tuning: &Tuning,
) -> Result<Option<u64>, RunError> {
    let first = done.outputs.len();
    let took = sequential::run_some(base, jobs, TRIED_TXS, done, cancel, tuning)?;
    Ok(took.and_then(|took| took.checked_div(size(&jobs[first..done.outputs.len()]) as u64)))
}

/// Runs the jobs that are not done, one after the other.
fn run_rest<J: Job>(
    base: &(dyn StateRead + Sync),
    jobs: &[J],
    mut done: Done<J::Output>,
    cancel: &Cancel,
    tuning: &Tuning,
) -> Result<Outcome<J::Output>, RunError> {
    let (began, rest) = (tuning.now(), done.outputs.len()..jobs.len());
    sequential::run(base, jobs, rest.clone(), &mut done, cancel)?;
    tuning.learn_jobs(tuning.since(began), size(&jobs[rest]));
    Ok(outcome(done, jobs))
}

/// What jobs did that all ran sequentially.
fn outcome<J: Job>(done: Done<J::Output>, jobs: &[J]) -> Outcome<J::Output> {
    let Done { changes, outputs, writes } = done;
    let executions = size(jobs);
    let stats = Stats { sequential: executions, ..Stats::default() };
    Outcome { outputs, changes: changes.into_changeset(), writes: writes.unwrap_or_default(), executions, stats }
}
