//! Where the workers of a stretch of rounds meet: the batches, the parts of the changes, and the tasks of each phase.

use std::ops::Range;

use seiza_state::{Part, WriteSet};

use super::desk::{Desk, Slot};
use super::gauge;
use super::merge::Failed;
use super::rounds::Rounds;
use super::tickets::{Tickets, pause};
use super::touched::Changed;
use crate::Job;
use crate::changes::Changes;
use crate::job::size;
use crate::sequential::Done;
use crate::stats::Counts;
use crate::sync::{AtomicBool, AtomicU64, AtomicUsize, Mutex, Ordering, RwLock, lock};

/// What is done in step.
#[derive(Debug, Clone, Copy)]
pub(super) enum Phase {
    /// The batches of the round are run.
    Run,
    /// They are judged.
    Judge,
    /// So many of them, from that one on, are committed part by part; the last task is their outputs.
    Commit { from: usize, to: usize },
}

/// Outputs of jobs, and their writes where those are wanted.
type Kept<T> = (Vec<T>, Option<Vec<WriteSet>>);

/// What the workers of a stretch share.
pub(super) struct Shared<'a, J: Job> {
    pub(super) rounds: &'a Rounds<'a, J>,
    pub(super) parts: Vec<RwLock<Part>>,
    pub(super) slots: Vec<Slot<J::Output>>,
    /// Jobs of a batch of the round, and what they are at least and at most.
    pub(super) batch_jobs: AtomicUsize,
    pub(super) batch_bounds: (usize, usize),
    /// Hashes of the keys that changed in the block before the round, and what each worker knows of them.
    pub(super) changed: RwLock<Vec<u64>>,
    pub(super) known: Vec<Mutex<Changed>>,
    /// Outputs and, where they are wanted, writes of committed jobs.
    pub(super) outputs: Mutex<Kept<J::Output>>,
    /// The write that does not come out, of the first job that has one.
    pub(super) failed: Mutex<Option<Failed>>,
    pub(super) tickets: Tickets<Phase>,
    /// The round's first job.
    pub(super) at: AtomicUsize,
    pub(super) stopped: AtomicBool,
    /// What batches took, and how many transactions they were.
    pub(super) ran_ns: AtomicU64,
    pub(super) ran: AtomicUsize,
}

impl<'a, J: Job> Shared<'a, J> {
    pub(super) fn new(rounds: &'a Rounds<'a, J>, done: &mut Done<J::Output>, mut desks: Vec<Desk>) -> Self {
        let workers = rounds.workers.max(1);
        let (parts, batches) = (gauge::parts(workers), gauge::batches(workers));
        let changes = std::mem::take(&mut done.changes).in_parts(parts, size(rounds.jobs));
        desks.resize_with(batches, Desk::default);
        let (mut slots, mut known) = (Vec::new(), Vec::new());
        for Desk { batch, changed } in desks {
            known.push(Mutex::new(changed));
            slots.push(Slot { batch: RwLock::new(batch), outputs: Mutex::default(), stale: Mutex::default() });
        }
        let changed = changes.hashes().collect();
        Self {
            rounds,
            parts: changes.into_parts().0.into_iter().map(RwLock::new).collect(),
            slots,
            changed: RwLock::new(changed),
            known,
            batch_jobs: AtomicUsize::new(gauge::first_batch_jobs(rounds.jobs, batches)),
            batch_bounds: gauge::batch_bounds(rounds.jobs),
            outputs: Mutex::new((std::mem::take(&mut done.outputs), done.writes.take())),
            failed: Mutex::new(None),
            tickets: Tickets::new(Phase::Judge, batches.max(parts + 1), workers),
            at: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
            ran_ns: AtomicU64::new(0),
            ran: AtomicUsize::new(0),
        }
    }

    pub(super) fn give_back(self, done: &mut Done<J::Output>) -> Vec<Desk> {
        let parts = self.parts.into_iter().map(|part| part.into_inner().expect("nobody panics who commits"));
        done.changes = Changes::of(parts.collect());
        (done.outputs, done.writes) = self.outputs.into_inner().expect("nobody panics who commits");
        let batches =
            self.slots.into_iter().map(|slot| slot.batch.into_inner().expect("no job's panic leaves its batch"));
        let hashes = self.changed.into_inner().expect("nobody panics who commits");
        let known = self.known.into_iter().map(|known| {
            let mut known = known.into_inner().expect("nobody panics who looks");
            known.forget(&hashes);
            known
        });
        let desks = batches.zip(known).filter(|(batch, _)| batch.is_kept());
        desks.map(|(batch, changed)| Desk { batch, changed }).collect()
    }

    /// The jobs of a batch of the round.
    pub(super) fn range(&self, batch: usize) -> Range<usize> {
        let (jobs, batch_jobs) = (self.rounds.jobs.len(), self.batch_jobs.load(Ordering::Acquire));
        let first = self.at.load(Ordering::Acquire) + batch * batch_jobs;
        first.min(jobs)..(first + batch_jobs).min(jobs)
    }

    /// Takes tasks as they come until the stretch is over.
    pub(super) fn work(&self, worker: usize, counts: &Mutex<Counts>) {
        let mut looked = 0;
        while !self.stopped.load(Ordering::Acquire) {
            if self.take_one(worker, counts) {
                looked = 0;
                continue;
            }
            pause(&mut looked);
        }
        lock(counts).idle += usize::from(looked > 0);
    }

    /// Does a task of the phase, if there is one left.
    pub(super) fn take_one(&self, worker: usize, counts: &Mutex<Counts>) -> bool {
        let Some((phase, number)) = self.tickets.take(worker) else { return false };
        match phase {
            Phase::Run => self.run_batch(number, worker, counts),
            Phase::Judge => self.judge(number, counts),
            Phase::Commit { from, to } if number < self.parts.len() => self.commit(from..to, number),
            Phase::Commit { from, to } => (from..to).for_each(|slot| self.keep_outputs(slot)),
        }
        self.tickets.finish();
        true
    }
}
