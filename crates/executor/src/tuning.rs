//! Whether a block is worth running in parallel: from what transactions and the start of a run cost of late. Where a job
//! stands for several (`Job::size`), costs are of one of them.
//!
//! Nothing here changes a result. This crate has no clock: whoever has one lends it ([`Tuning::set_clock`]); without one,
//! the costs are guessed.

use std::num::NonZeroUsize;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::rest::{Looks, Rest};

/// Transactions that take so long are long: what the machinery of running them side by side costs is no matter.
pub(crate) const LONG_NS: u64 = 16_000;

/// What a transaction costs as long as nobody has measured: a transfer in the EVM.
const JOB_NS_GUESSED: u64 = 2_000;
/// What beginning and ending a parallel run costs as long as nobody has measured: waking threads, mostly.
const START_NS_GUESSED: u64 = 30_000;
/// A start that seems to take longer was held up by something else, or is of a block so large that it is no matter.
const START_NS_MAX: u64 = 100_000;
/// A new measurement counts for one part in so many.
const MEMORY: u64 = 8;
/// Fewer jobs a worker are never worth a start, nor do they tell what jobs cost: what is done once a block.
const JOBS_PER_WORKER_MIN: usize = 4;

/// Nanoseconds from some point in the past on.
pub type Clock = fn() -> u64;

/// Running averages that choose between sequential and parallel.
#[derive(Debug)]
pub struct Tuning {
    clock: OnceLock<Clock>,
    job_ns: AtomicU64,
    start_ns: AtomicU64,
    rest: Rest,
    always_parallel: bool,
    always_in_rounds: bool,
}

impl Default for Tuning {
    fn default() -> Self {
        Self::new()
    }
}

impl Tuning {
    /// Nothing measured yet.
    #[must_use]
    pub const fn new() -> Self {
        Self::with(false, false)
    }

    /// Runs everything in parallel, whatever it costs: for tests and for measuring the machinery.
    #[must_use]
    pub const fn always_parallel() -> Self {
        Self::with(true, false)
    }

    /// As [`Tuning::always_parallel`], and takes all jobs for short ones, which are run in rounds.
    #[must_use]
    pub const fn always_in_rounds() -> Self {
        Self::with(true, true)
    }

    const fn with(always_parallel: bool, always_in_rounds: bool) -> Self {
        Self {
            clock: OnceLock::new(),
            job_ns: AtomicU64::new(JOB_NS_GUESSED),
            start_ns: AtomicU64::new(START_NS_GUESSED),
            rest: Rest::new(),
            always_parallel,
            always_in_rounds,
        }
    }

    /// Lends a clock to measure with. The first one stays.
    pub fn set_clock(&self, clock: Clock) {
        let _ = self.clock.set(clock);
    }

    /// Whether `jobs` are so few that they are run sequentially, whatever they cost.
    pub(crate) fn are_few(&self, jobs: usize, workers: usize) -> bool {
        jobs == 0 || workers < 2 && !self.always_parallel || jobs < workers * JOBS_PER_WORKER_MIN && self.gives_up()
    }

    /// Whether `txs` are worth waking `workers` for, if they cost what others did of late.
    pub(crate) fn is_worth(&self, txs: usize, workers: usize) -> bool {
        self.would_be_worth(txs, workers, self.job_ns.load(Ordering::Relaxed))
    }

    /// Whether `txs` that take so long each are worth waking `workers` for: what is saved must be twice what the start
    /// costs.
    pub(crate) fn would_be_worth(&self, txs: usize, workers: usize, tx_ns: u64) -> bool {
        let (txs, workers) = (txs as u64, workers as u64);
        let saved = txs.saturating_mul(tx_ns) / workers * (workers - 1);
        self.always_parallel || saved > 2 * self.start_ns.load(Ordering::Relaxed)
    }

    /// Whether a block may be run sequentially in part.
    pub(crate) fn gives_up(&self) -> bool {
        !self.always_parallel
    }

    /// Whether jobs are taken for short ones without a look at what they take.
    pub(crate) fn takes_all_for_short(&self) -> bool {
        self.always_in_rounds
    }

    /// Whether to expect that a block is better run sequentially.
    pub(crate) fn hesitates(&self, looks: Looks) -> bool {
        !self.always_parallel && self.rest.hesitates(looks)
    }

    /// Whether to run a block sequentially without trying, since several like it did not gain.
    pub(crate) fn rests(&self, looks: Looks) -> bool {
        !self.always_parallel && self.rest.rests(looks)
    }

    /// Learns whether a block that was tried gained anything.
    pub(crate) fn learn_gain(&self, looks: Looks, gained: bool) {
        self.rest.learn(looks, gained);
    }

    /// The clock, where there is one.
    pub(crate) fn clock(&self) -> Option<Clock> {
        self.clock.get().copied()
    }

    /// How many of `workers` have a core to run on.
    pub(crate) fn at_work(&self, workers: usize) -> usize {
        static CORES: OnceLock<usize> = OnceLock::new();
        let cores = || std::thread::available_parallelism().map_or(usize::MAX, NonZeroUsize::get);
        if self.always_parallel { workers } else { workers.min(*CORES.get_or_init(cores)) }
    }

    /// The time, where there is a clock.
    pub(crate) fn now(&self) -> Option<u64> {
        self.clock.get().map(|clock| clock())
    }

    /// Nanoseconds since `began`, where there is a clock.
    pub(crate) fn since(&self, began: Option<u64>) -> Option<u64> {
        Some(self.now()?.saturating_sub(began?))
    }

    /// Learns that so many `runs` of transactions took so long on one worker.
    pub(crate) fn learn_jobs(&self, took: Option<u64>, runs: usize) {
        if let Some(took) = took.filter(|_| runs > 0) {
            learn(&self.job_ns, took / runs as u64);
        }
    }

    /// Learns that a parallel run took so long beside running jobs.
    pub(crate) fn learn_start(&self, took: Option<u64>) {
        if let Some(took) = took {
            learn(&self.start_ns, took.min(START_NS_MAX));
        }
    }
}

fn learn(average: &AtomicU64, measured: u64) {
    let before = average.load(Ordering::Relaxed);
    average.store((before * (MEMORY - 1) + measured) / MEMORY, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_blocks_run_sequentially_and_what_is_small_is_learnt() {
        let tuning = Tuning::new();
        assert!(!tuning.is_worth(10, 2) && tuning.is_worth(200, 2), "as guessed");
        assert!(!tuning.is_worth(10_000, 1), "one worker gains nothing");
        (0..50).for_each(|_| tuning.learn_jobs(Some(100_000), 1));
        assert!(tuning.is_worth(10, 2), "jobs turned out long");
        (0..50).for_each(|_| tuning.learn_jobs(Some(10_000), 1));
        (0..50).for_each(|_| tuning.learn_start(Some(10_000_000)));
        assert!(!tuning.is_worth(10, 2), "starting turned out to take long");
        assert!(tuning.is_worth(100, 2), "but never so long that a whole block is not worth it");
        assert!(Tuning::always_parallel().is_worth(1, 1));
    }

    #[test]
    fn without_a_clock_nothing_is_learnt() {
        let tuning = Tuning::new();
        tuning.learn_jobs(tuning.since(tuning.now()), 1);
        assert!(!tuning.is_worth(10, 2) && tuning.is_worth(200, 2));
    }
}
