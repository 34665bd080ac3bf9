//! Who does what next: Block-STM's collaborative scheduler, without barriers. Lower jobs come first.
//!
//! Three sources of work: jobs that are to run again (a heap), jobs that were never run (a counter), and a validation wave
//! (a counter that falls back to just above whoever ran again and wrote something new). Nobody waits for anybody: a worker
//! that finds nothing tries to commit and looks again.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

use super::cell::Incarnation;
use super::shard::Apart;
use super::status::{Standing, Status};
use crate::sync::{AtomicBool, AtomicUsize, Mutex, MutexGuard, Ordering, lock};

/// First runs go no further ahead of the last committed job; bounds what one late write can spoil.
const RUN_AHEAD: usize = 4_096;
/// Most jobs that a worker takes at once.
const CLAIMED: usize = 8;
/// A validation wave goes no further ahead of the last committed job than this many jobs a worker.
const WAVE_AHEAD_PER_WORKER: usize = 16;
/// No wave is under way.
const STILL: usize = usize::MAX;

/// Something to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// Run the job; its status is `Executing` already.
    Execute(u32, Incarnation),
    /// Validate the job's last run.
    Validate(u32),
    /// Nothing right now.
    Idle,
    /// All is committed, or the run was halted.
    Done,
}

/// The standing of all jobs, and the counters that hand them out.
#[derive(Debug)]
pub(crate) struct Scheduler<'a> {
    jobs: &'a [Apart<Mutex<Standing>>],
    workers: usize,
    /// Next job that was never run.
    execution: Apart<AtomicUsize>,
    /// Next job to validate.
    validation: Apart<AtomicUsize>,
    /// Jobs below are final.
    committed: Apart<AtomicUsize>,
    again: Mutex<BinaryHeap<Reverse<u32>>>,
    /// Length of `again`, to be looked at without its lock.
    again_len: Apart<AtomicUsize>,
    halted: AtomicBool,
}

impl<'a> Scheduler<'a> {
    /// All jobs not yet run. Their standings were reset, and may wait for each other already.
    pub(crate) fn new(jobs: &'a [Apart<Mutex<Standing>>], workers: usize) -> Self {
        Self {
            jobs,
            workers,
            execution: Apart::default(),
            validation: Apart(AtomicUsize::new(STILL)),
            committed: Apart::default(),
            again: Mutex::default(),
            again_len: Apart::default(),
            halted: AtomicBool::new(false),
        }
    }

    /// How many jobs there are.
    pub(crate) fn len(&self) -> usize {
        self.jobs.len()
    }

    /// A job's standing, locked.
    pub(crate) fn standing(&self, job: u32) -> MutexGuard<'_, Standing> {
        lock(&self.jobs[job as usize].0)
    }

    /// Jobs below this one are final.
    pub(crate) fn committed(&self) -> u32 {
        self.committed.0.load(Ordering::Acquire) as u32
    }

    /// Jobs from this one on were never taken by anybody.
    pub(crate) fn begun(&self) -> usize {
        self.execution.0.load(Ordering::SeqCst)
    }

    /// Makes jobs below `next` final.
    pub(crate) fn set_committed(&self, next: u32) {
        self.committed.0.store(next as usize, Ordering::Release);
    }

    /// Ends the run for all workers.
    pub(crate) fn halt(&self) {
        self.halted.store(true, Ordering::SeqCst);
    }

    /// Whether the run has ended.
    pub(crate) fn is_halted(&self) -> bool {
        self.halted.load(Ordering::SeqCst)
    }

    /// The next task, lowest first among those of a kind; `claim` holds what the worker has taken for itself.
    pub(crate) fn next(&self, claim: &mut Range<usize>) -> Task {
        if self.is_halted() {
            return Task::Done;
        }
        self.run_again().or_else(|| self.validate_next()).or_else(|| self.run_first(claim)).unwrap_or(Task::Idle)
    }

    fn run_again(&self) -> Option<Task> {
        while self.again_len.0.load(Ordering::Acquire) > 0 {
            let Reverse(job) = self.pop_again()?;
            if let Some(task) = self.begin(job) {
                return Some(task);
            }
        }
        None
    }

    fn pop_again(&self) -> Option<Reverse<u32>> {
        let mut again = lock(&self.again);
        let job = again.pop();
        self.again_len.0.store(again.len(), Ordering::Release);
        job
    }

    fn validate_next(&self) -> Option<Task> {
        let next = self.validation.0.load(Ordering::Acquire);
        if next == STILL {
            return None;
        }
        let executed = self.execution.0.load(Ordering::Acquire).min(self.len());
        if next >= executed {
            // The wave has caught up: what runs from here on reads what set it off. Another may have begun meanwhile.
            let _ = self.validation.0.compare_exchange(next, STILL, Ordering::AcqRel, Ordering::Relaxed);
            return None;
        }
        let ahead = self.committed() as usize + self.workers * WAVE_AHEAD_PER_WORKER;
        let taken = next < ahead
            && self.validation.0.compare_exchange(next, next + 1, Ordering::AcqRel, Ordering::Relaxed).is_ok();
        taken.then_some(Task::Validate(next as u32))
    }

    fn run_first(&self, claim: &mut Range<usize>) -> Option<Task> {
        loop {
            if let Some(task) = claim.find_map(|job| self.begin(job as u32)) {
                return Some(task);
            }
            *claim = self.claim()?;
        }
    }

    /// The next jobs that were never run. Several at once, so that neighbours, and what is kept about them, stay with one
    /// core; towards the end one by one, so that no core is left with the rest.
    fn claim(&self) -> Option<Range<usize>> {
        let next = self.execution.0.load(Ordering::Acquire);
        if next >= self.len().min(self.committed() as usize + RUN_AHEAD) {
            return None;
        }
        let wanted = ((self.len() - next) / (self.workers * 4)).clamp(1, CLAIMED);
        let first = self.execution.0.fetch_add(wanted, Ordering::AcqRel);
        (first < self.len()).then(|| first..(first + wanted).min(self.len()))
    }

    /// Begins a run of `job`, if it may be run.
    pub(crate) fn begin(&self, job: u32) -> Option<Task> {
        let mut standing = self.standing(job);
        if standing.status != Status::Ready {
            return None;
        }
        standing.status = Status::Executing;
        Some(Task::Execute(job, standing.incarnation))
    }

    /// Sets off a validation wave from `job`.
    pub(crate) fn validate_from(&self, job: u32) {
        self.validation.0.fetch_min(job as usize, Ordering::AcqRel);
    }

    /// Lets `jobs`, which are ready, be run before any that never were.
    pub(crate) fn push_again(&self, jobs: &[u32]) {
        if jobs.is_empty() {
            return;
        }
        let mut again = lock(&self.again);
        again.extend(jobs.iter().map(|job| Reverse(*job)));
        self.again_len.0.store(again.len(), Ordering::Release);
    }
}
