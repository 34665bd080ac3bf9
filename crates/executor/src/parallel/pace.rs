//! Whether several workers are any faster than one, found out as they go.
//!
//! By the clock, where one is lent: some runs are timed, which tells what the committed jobs would have taken one after the
//! other. Without a clock, by how many jobs ran only when all below them were final.

use super::shard::Apart;
use crate::sync::{AtomicU64, Ordering};
use crate::tuning::Clock;

/// One in so many runs is timed.
const TIMED: usize = 8;
/// So many commits are judged together, at least.
const WINDOW: u32 = 32;
/// A window takes no less time: the clock, and when threads wake, are no finer.
const WINDOW_NS: u64 = 100_000;
/// A worker that has not come after this is not worth waiting for.
const COMPANY_NS: u64 = 1_000_000;

/// What runs of jobs take.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    clock: Option<Clock>,
    timed_ns: Apart<AtomicU64>,
    timed: Apart<AtomicU64>,
}

/// Commits that are judged together.
#[derive(Debug, Default)]
pub(crate) struct Window {
    commits: u32,
    /// Jobs that ran only when all below were final: one after the other, therefore.
    at_front: u32,
    began: Option<u64>,
    /// What had been timed when it began.
    before: (u64, u64),
}

impl Pace {
    /// One that looks at `clock`.
    pub(crate) fn by(clock: Option<Clock>) -> Self {
        Self { clock, ..Self::default() }
    }

    fn now(&self) -> Option<u64> {
        self.clock.map(|clock| clock())
    }

    /// A worker begins its run number `run`.
    pub(crate) fn begin(&self, run: usize) -> Option<u64> {
        if run.is_multiple_of(TIMED) { self.now() } else { None }
    }

    /// The run that was begun has ended.
    pub(crate) fn end(&self, began: Option<u64>) {
        if let Some((began, now)) = began.zip(self.now()) {
            self.timed_ns.0.fetch_add(now.saturating_sub(began), Ordering::Relaxed);
            self.timed.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn timed(&self) -> (u64, u64) {
        (self.timed_ns.0.load(Ordering::Relaxed), self.timed.0.load(Ordering::Relaxed))
    }

    /// What so many jobs take one after the other, as far as that is known.
    pub(crate) fn alone(&self, jobs: u64) -> Option<u64> {
        let (ns, timed) = self.timed();
        Some(ns.checked_div(timed)? * jobs)
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
        if !self.commits.is_multiple_of(WINDOW) {
            return false;
        }
        let Some(now) = pace.now() else { return self.seems_serial(workers) && has_company };
        let took = now.saturating_sub(self.began.unwrap_or(now));
        if took < WINDOW_NS || !has_company && took < COMPANY_NS {
            return false;
        }
        let (ns, timed) = pace.timed();
        let alone = ns.saturating_sub(self.before.0).checked_div(timed.saturating_sub(self.before.1));
        let commits = u64::from(self.commits);
        *self = Self { began: Some(now), before: (ns, timed), ..Self::default() };
        // A twentieth is what it must gain at least.
        alone.is_some_and(|alone| alone * commits * 20 < took * 21)
    }

    fn seems_serial(&mut self, workers: u32) -> bool {
        let (commits, at_front) = (self.commits, self.at_front);
        *self = Self::default();
        // What machinery and re-execution cost is a quarter at most.
        (at_front * workers + (commits - at_front)) * 5 > commits * workers * 4
    }
}
