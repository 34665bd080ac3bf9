//! Whether several workers are any faster than one, found out as they go.
//!
//! By the clock, where one is lent: runs are timed, which tells what they would have taken one after the other, less those
//! that were thrown away. Without a clock, by how many jobs ran only when all below them were final.

use super::shard::Apart;
use crate::Job;
use crate::job::jobs_of;
use crate::sync::{AtomicBool, AtomicU64, Ordering};
use crate::tuning::Clock;

/// One in so many short runs is timed, and counts for all of them.
const TIMED: usize = 8;
/// Once a run took so long, all are timed: a few long ones may be most of a block, and the clock costs little beside them.
const LONG_NS: u64 = 1_500;
/// Transactions, and jobs, that are judged together, at least.
const WINDOW_TXS: usize = 32;
const WINDOW_JOBS: u32 = 8;
/// A window takes no less time: the clock, and when threads wake, are no finer.
const WINDOW_NS: u64 = 100_000;
/// A worker that has not come after this is not worth waiting for.
const COMPANY_NS: u64 = 1_000_000;
/// Unless runs take so long.
const WORTH_WAITING_NS: u64 = 30_000;
/// What reading through multi-version memory adds to a run, about: as far as that, runs look longer than they are alone.
const SLOWER_NS: u64 = 250;
/// Windows in a row that must show no gain: one alone may be the doing of whatever else the machine does.
const PATIENCE: u32 = 2;

/// What jobs took one after the other tells what others of the block take, unless those run so many times as long.
const ALIKE: u64 = 4;

/// What runs of jobs take.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    clock: Option<Clock>,
    /// What a short job of the block took where jobs ran one after the other, if any did.
    alone_ns: Option<u64>,
    /// Jobs that are judged together, at least.
    window: u32,
    /// What runs took, and how many they were.
    ran_ns: Apart<AtomicU64>,
    runs: Apart<AtomicU64>,
    /// Runs that were thrown away.
    dropped: AtomicU64,
    has_long: AtomicBool,
}

/// Commits that are judged together.
#[derive(Debug, Default)]
pub(crate) struct Window {
    commits: u32,
    /// Jobs that ran only when all below were final: one after the other, therefore.
    at_front: u32,
    began: Option<u64>,
    /// Windows in a row that showed no gain.
    bad: u32,
    /// What had been counted when it began.
    before: Counted,
}

#[derive(Debug, Clone, Copy, Default)]
struct Counted {
    ran_ns: u64,
    runs: u64,
    dropped: u64,
}

impl Pace {
    /// One of `jobs` that looks at `clock`, and is told what a short one took where jobs ran one after the other.
    pub(crate) fn of<J: Job>(jobs: &[J], clock: Option<Clock>, alone_ns: Option<u64>) -> Self {
        let window = (jobs_of(jobs, WINDOW_TXS) as u32).max(WINDOW_JOBS);
        Self { clock, alone_ns, window, ..Self::default() }
    }

    fn now(&self) -> Option<u64> {
        self.clock.map(|clock| clock())
    }

    /// A worker begins its run number `run`: when, and for how many runs it counts, if it is timed.
    pub(crate) fn begin(&self, run: usize) -> Option<(u64, u64)> {
        let clock = self.clock?;
        if self.has_long.load(Ordering::Relaxed) {
            return Some((clock(), 1));
        }
        run.is_multiple_of(TIMED).then(|| (clock(), TIMED as u64))
    }

    /// The run that was begun has ended.
    pub(crate) fn end(&self, began: Option<(u64, u64)>) {
        let Some(((began, counts_for), now)) = began.zip(self.now()) else { return };
        let took = now.saturating_sub(began);
        self.ran_ns.0.fetch_add(took * counts_for, Ordering::Relaxed);
        self.runs.0.fetch_add(counts_for, Ordering::Relaxed);
        if took > LONG_NS && !self.has_long.load(Ordering::Relaxed) {
            self.has_long.store(true, Ordering::Relaxed);
        }
    }

    /// A run is thrown away.
    pub(crate) fn drop_run(&self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }

    fn counted(&self) -> Counted {
        Counted {
            ran_ns: self.ran_ns.0.load(Ordering::Relaxed),
            runs: self.runs.0.load(Ordering::Relaxed),
            dropped: self.dropped.load(Ordering::Relaxed),
        }
    }

    /// What so many jobs take one after the other, as far as that is known.
    pub(crate) fn alone(&self, jobs: u64) -> Option<u64> {
        let counted = self.counted();
        let timed = counted.ran_ns.checked_div(counted.runs)?.saturating_sub(SLOWER_NS);
        Some(self.measured(timed).unwrap_or(timed) * jobs)
    }

    /// What a job takes alone by what others of the block did, if they are like those that were timed at `timed`.
    fn measured(&self, timed: u64) -> Option<u64> {
        self.alone_ns.filter(|alone| timed < alone * ALIKE)
    }
}

impl Counted {
    /// What was done since `before` would take one worker, if anything is known: each job, and the runs that count.
    fn since(self, before: Self) -> Option<(u64, u64)> {
        let ran_ns = self.ran_ns.saturating_sub(before.ran_ns);
        let runs = self.runs.saturating_sub(before.runs);
        let kept = runs.saturating_sub(self.dropped.saturating_sub(before.dropped));
        Some((ran_ns.checked_div(runs)?.saturating_sub(SLOWER_NS), kept))
    }
}

impl Window {
    /// Takes in a commit.
    pub(crate) fn commit(&mut self, at_front: bool, pace: &Pace) {
        if self.began.is_none() {
            self.began = pace.now();
        }
        self.commits += 1;
        self.at_front += u32::from(at_front);
    }

    /// Whether this window is over and shows that `workers` are no faster than one. Before a second worker has come that
    /// says nothing about the jobs.
    pub(crate) fn is_serial(&mut self, pace: &Pace, workers: u32, has_company: bool) -> bool {
        if !self.commits.is_multiple_of(pace.window.max(WINDOW_JOBS)) {
            return false;
        }
        let Some(now) = pace.now() else { return self.seems_serial(workers) && has_company };
        let took = now.saturating_sub(self.began.unwrap_or(now));
        let counted = pace.counted();
        // Beside long runs the machinery is no matter: who has not come yet may still.
        let may_wait = took < COMPANY_NS || counted.ran_ns > counted.runs * WORTH_WAITING_NS;
        if took < WINDOW_NS || !has_company && may_wait {
            return false;
        }
        let gains = counted.since(self.before).is_none_or(|(timed, kept)| match pace.measured(timed) {
            // The end of the stretch is to come yet, which is no small part of short jobs.
            Some(alone) => alone * u64::from(self.commits) * 100 > took * 120,
            None => timed * kept * 100 > took * 103,
        });
        let bad = if gains { 0 } else { self.bad + 1 };
        *self = Self { began: Some(now), before: counted, bad, ..Self::default() };
        bad >= PATIENCE
    }

    fn seems_serial(&mut self, workers: u32) -> bool {
        let (commits, at_front) = (self.commits, self.at_front);
        *self = Self::default();
        // What machinery and re-execution cost is a quarter at most.
        (at_front * workers + (commits - at_front)) * 5 > commits * workers * 4
    }
}
