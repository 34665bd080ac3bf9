//! Whether a block is worth running in parallel: from what jobs and the start of a run cost of late.
//!
//! Nothing here changes a result. This crate has no clock: whoever has one lends it ([`Tuning::set_clock`]); without one,
//! the costs are guessed.

use std::num::NonZeroUsize;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

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

/// After so many blocks in a row that did not gain, the next ones are not even tried, twice as many each time.
const PATIENCE: u32 = 2;
/// Most blocks that are run sequentially before one is tried again.
const RESTS: u32 = 8;

/// Jobs that take so many times as long as those of a block that did not gain may gain all the same, if they take this long
/// at least: what runs first finds memory cold.
const UNLIKE: u64 = 4;
const UNLIKE_NS: u64 = 10_000;
/// Jobs that take so long are tried whatever was before: beside them a parallel run that does not gain costs little, and
/// gives up.
const LONG_NS: u64 = 16_000;

/// Nanoseconds from some point in the past on.
pub type Clock = fn() -> u64;

/// Running averages that choose between sequential and parallel.
#[derive(Debug)]
pub struct Tuning {
    clock: OnceLock<Clock>,
    job_ns: AtomicU64,
    start_ns: AtomicU64,
    /// Blocks in a row that were better run sequentially, and how many since were not tried at all.
    serial: AtomicU32,
    rested: AtomicU32,
    /// What a job took of the last block that did not gain.
    serial_job_ns: AtomicU64,
    /// What each of the first jobs took of the last block that was to rest; 0 where the last one gained.
    first_jobs_ns: AtomicU64,
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
            serial: AtomicU32::new(0),
            rested: AtomicU32::new(0),
            serial_job_ns: AtomicU64::new(0),
            first_jobs_ns: AtomicU64::new(0),
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

    /// Whether `jobs` are worth waking `workers` for, if they cost what jobs did of late.
    pub(crate) fn is_worth(&self, jobs: usize, workers: usize) -> bool {
        self.would_be_worth(jobs, workers, self.job_ns.load(Ordering::Relaxed))
    }

    /// Whether `jobs` that take so long each are worth waking `workers` for: what is saved must be twice what the start
    /// costs.
    pub(crate) fn would_be_worth(&self, jobs: usize, workers: usize, job_ns: u64) -> bool {
        let (jobs, workers) = (jobs as u64, workers as u64);
        let saved = jobs.saturating_mul(job_ns) / workers * (workers - 1);
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

    /// Whether to expect a block that is better run sequentially.
    pub(crate) fn hesitates(&self) -> bool {
        self.serial.load(Ordering::Relaxed) > 0 && !self.always_parallel
    }

    /// Whether to run a block sequentially without trying, since several before it did not gain.
    pub(crate) fn rests(&self) -> bool {
        let doubled = self.serial.load(Ordering::Relaxed).checked_sub(PATIENCE);
        let wanted = doubled.map_or(0, |doubled| 1 << doubled.min(RESTS.ilog2()));
        !self.always_parallel && self.rested.fetch_add(1, Ordering::Relaxed) < wanted
    }

    /// Whether first jobs that take so long are quite unlike those that did not gain: a block of them need not rest for the
    /// others. Blocks often begin with their longest jobs, so first ones are compared with first ones, too.
    pub(crate) fn are_unlike(&self, job_ns: u64) -> bool {
        let first = self.first_jobs_ns.swap(job_ns, Ordering::Relaxed);
        let like = first.max(self.serial_job_ns.load(Ordering::Relaxed));
        job_ns > LONG_NS || job_ns > UNLIKE_NS.max(like.saturating_mul(UNLIKE))
    }

    /// Learns whether the last block that was tried gained anything, and what its jobs took one worker.
    pub(crate) fn learn_gain(&self, gained: bool, job_ns: Option<u64>) {
        if let Some(job_ns) = job_ns.filter(|_| !gained) {
            self.serial_job_ns.store(job_ns, Ordering::Relaxed);
        }
        if gained {
            self.first_jobs_ns.store(0, Ordering::Relaxed);
        }
        let serial = if gained { 0 } else { self.serial.load(Ordering::Relaxed).saturating_add(1) };
        self.serial.store(serial, Ordering::Relaxed);
        self.rested.store(0, Ordering::Relaxed);
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

    /// Learns that `runs` of jobs took so long on one worker.
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
    fn blocks_that_do_not_gain_are_tried_less_and_less_often_and_one_that_does_ends_that() {
        let tuning = Tuning::new();
        let rests = |gained| {
            let rested = (0..).take_while(|_| tuning.rests()).count();
            tuning.learn_gain(gained, None);
            rested
        };
        let rested: Vec<usize> = (0..8).map(|_| rests(false)).collect();
        assert_eq!(rested, [0, 0, 1, 2, 4, 8, 8, 8]);
        assert_eq!((rests(true), rests(true)), (8, 0));
    }

    #[test]
    fn long_jobs_do_not_rest_for_short_ones() {
        let tuning = Tuning::new();
        tuning.learn_gain(false, Some(3_000));
        assert!(tuning.are_unlike(13_000) && !tuning.are_unlike(11_000));
        assert!(!tuning.are_unlike(15_000), "blocks that begin like the one before rest");
        assert!(tuning.are_unlike(17_000) && tuning.are_unlike(17_000), "but not where jobs are long");
        assert!(!tuning.are_unlike(1_000));
        tuning.learn_gain(false, Some(1_000));
        assert!(!tuning.are_unlike(9_000), "the first jobs of a block of transfers seem long");
        tuning.learn_gain(true, Some(1_000_000));
        assert!(tuning.are_unlike(11_000), "what gained is no matter");
    }

    #[test]
    fn without_a_clock_nothing_is_learnt() {
        let tuning = Tuning::new();
        tuning.learn_jobs(tuning.since(tuning.now()), 1);
        assert!(!tuning.is_worth(10, 2) && tuning.is_worth(200, 2));
    }
}
