//! The rolling commit: jobs become final in order, each as soon as all below it are and its reads are known to hold.
//!
//! A job whose last run began when all below it were final needs no further look. Every other is validated here, once,
//! against memory that can no longer change under it. So correctness rests on this walk alone; the validation wave only
//! finds stale jobs earlier.
//!
//! Workers that are busy commit what they ran themselves, whose logs lie in their own cache; idle ones commit anything.

use super::bench::Bench;
use super::engine::Engine;
use super::pace::Window;
use super::shard::CellId;
use super::status::{Standing, Status};
use crate::Job;

/// How far the walk is.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// Jobs below are committed.
    pub(crate) next: u32,
    /// Whether the last committed job ended in an error or a panic.
    pub(crate) failed: bool,
    /// Whether nothing more is to be committed.
    ended: bool,
    window: Window,
}

impl Progress {
    fn commit(&mut self, standing: &mut Standing) {
        standing.status = Status::Committed;
        self.failed = standing.failed;
        self.next += 1;
    }
}

impl<J: Job> Engine<'_, J> {
    /// Commits all that can be, or all up to the first job that `only` did not run, unless somebody else is at it. Answers
    /// the job at the front if its reads turned out stale; who gets it runs it, and it will be final.
    pub(crate) fn commit(&self, only: Option<usize>, bench: &mut Bench) -> Option<u32> {
        let mut progress = self.progress.try_lock().ok()?;
        let stale = self.walk(only, &mut progress, bench);
        self.scheduler.set_committed(progress.next);
        if progress.next as usize == self.scheduler.len() || progress.ended {
            self.scheduler.halt();
        }
        stale
    }

    fn walk(&self, only: Option<usize>, progress: &mut Progress, bench: &mut Bench) -> Option<u32> {
        while (progress.next as usize) < self.scheduler.len() && !progress.ended {
            let job = progress.next;
            let mut standing = self.scheduler.standing(job);
            if standing.status != Status::Executed || only.is_some_and(|worker| worker != standing.worker) {
                return None;
            }
            if !standing.at_front && !self.is_final(job, &mut standing, bench) {
                return Some(job);
            }
            progress.commit(&mut standing);
            if self.gives_up {
                progress.window.commit(standing.at_front, &self.pace);
            }
            bench.recycle(std::mem::take(&mut standing.log));
            progress.ended = progress.failed || self.turns_serial(progress);
        }
        None
    }

    /// Judges an executed job below which all is final. A failure counts only of a run at the front: before, a job may have
    /// failed for what it only peeked at, which no log tells.
    fn is_final(&self, job: u32, standing: &mut Standing, bench: &mut Bench) -> bool {
        if standing.failed {
            self.drop_run(job, None, standing, bench);
            return false;
        }
        self.still_holds(job, job, standing, bench)
    }

    fn turns_serial(&self, progress: &mut Progress) -> bool {
        self.gives_up && progress.window.is_serial(&self.pace, self.workers as u32, self.leaving.has_company())
    }

    /// Validates an executed job's reads; what fails becomes estimates, and the job is ready to run again.
    pub(crate) fn still_holds(&self, job: u32, committed: u32, standing: &mut Standing, bench: &mut Bench) -> bool {
        bench.counts.validations += 1;
        let Err(conflict) = standing.log.validate(self.memory, self.below, job, committed) else {
            return true;
        };
        self.drop_run(job, conflict.cell, standing, bench);
        false
    }

    fn drop_run(&self, job: u32, cell: Option<CellId>, standing: &mut Standing, bench: &mut Bench) {
        bench.counts.conflict(cell, self.jobs[job as usize].size());
        self.pace.drop_run();
        self.memory.mark_estimates(job, &standing.written);
        standing.incarnation += 1;
        standing.status = Status::Ready;
    }
}
