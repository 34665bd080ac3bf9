//! Rounds: how short jobs are run in parallel. Multi-version memory costs more than a transfer does.
//!
//! In a round the workers run batches of consecutive jobs over what was committed before. Then each batch is judged: a run
//! that read or relied on nothing that a batch before it changed is taken as it is. Batches without a stale run are
//! committed by key, all workers at once, each a part of the keys; in any other a [`Walk`] goes from job to job and runs the
//! stale ones again, where all before them is final. So every committed run has seen what sequential execution would have
//! shown it.

use rayon::ThreadPool;
use seiza_state::StateRead;

use super::desk::{Desk, Slot};
use super::floor::{Phase, Shared};
use super::gauge::AGAIN_PERCENT;
use super::tickets::pause;
use super::walk::{Conflicts, Walk, Way};
use crate::changes::{Changes, Ordered};
use crate::job::size;
use crate::sequential::Done;
use crate::stats::{Counts, Stats};
use crate::sync::{AtomicBool, Mutex, Ordering, lock};
use crate::{Cancel, Job, RunError, Tuning};

/// Rounds after which it is asked whether they gain anything.
const ROUNDS_BEFORE_JUDGED: usize = 3;

/// A stretch of short jobs.
pub(crate) struct Rounds<'a, J: Job> {
    pub(crate) base: &'a (dyn StateRead + Sync),
    /// The jobs of the stretch.
    pub(crate) jobs: &'a [J],
    /// The number in the block of the first of them.
    pub(crate) first: usize,
    pub(crate) cancel: &'a Cancel,
    pub(crate) workers: usize,
    pub(crate) tuning: &'a Tuning,
    /// What a transaction takes one worker; `None` where rounds go on whatever they gain.
    pub(crate) alone_ns: Option<u64>,
}

/// How many jobs were committed, and nanoseconds that a transaction takes one worker, if that is known.
pub(crate) type Ran = (usize, Option<u64>);

/// The worker who leads.
const LEADER: usize = 0;

/// Sends the workers home, also where a job panics.
struct StopOnDrop<'a>(&'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

impl<J: Job> Rounds<'_, J> {
    /// Runs the jobs, or some of them where rounds turn out to gain nothing; answers how many, and what one takes one worker.
    /// Everything they did is added to `done`.
    ///
    /// # Errors
    /// As [`crate::run`].
    pub(crate) fn run(
        &self,
        done: &mut Done<J::Output>,
        stats: &mut Stats,
        pool: &ThreadPool,
        desks: &mut Vec<Desk>,
    ) -> Result<Ran, RunError> {
        let shared = Shared::new(self, done, std::mem::take(desks));
        let counts: Vec<Mutex<Counts>> = (0..self.workers).map(|_| Mutex::default()).collect();
        let ran = pool.in_place_scope(|scope| {
            let shared = &shared;
            let _stop = StopOnDrop(&shared.stopped);
            for (worker, counts) in counts.iter().enumerate().skip(1) {
                scope.spawn(move |_| shared.work(worker, counts));
            }
            shared.lead(&counts[0])
        });
        let alone_ns = shared.alone_ns();
        *desks = shared.give_back(done);
        let counts = counts.into_iter().map(|counts| counts.into_inner().expect("no job runs under it")).collect();
        let (jobs, conflicts) = ran?;
        stats.add(counts);
        stats.add_conflicts(conflicts);
        stats.parallel += size(&self.jobs[..jobs]);
        Ok((jobs, alone_ns))
    }
}

impl<J: Job> Shared<'_, J> {
    /// Lets round follow round; answers how many jobs are committed, and what conflicts were about.
    fn lead(&self, counts: &Mutex<Counts>) -> Result<(usize, Conflicts), RunError> {
        let mut walk = Walk::new(self.rounds);
        let (mut began, mut round, mut at) = ((None, 0), 0, 0);
        while at < self.rounds.jobs.len() {
            self.at.store(at, Ordering::Release);
            self.play(Phase::Run, self.slots.len(), counts);
            self.play(Phase::Judge, self.slots.len(), counts);
            let before = walk.again;
            self.settle(&mut walk, counts)?;
            let (next, again) = (self.range(self.slots.len()).start, (walk.again - before) * 100);
            let txs = size(&self.rounds.jobs[at..next]);
            let is_hopeless = again > txs * AGAIN_PERCENT.2;
            self.resize(again, txs, self.rounds.jobs.len() - next);
            at = next;
            if is_hopeless && self.rounds.alone_ns.is_some() {
                break;
            }
            round += 1;
            if round == 1 {
                // The others have come only now.
                began = (self.rounds.tuning.now(), at);
            } else if round >= ROUNDS_BEFORE_JUDGED && !self.gains(began.0, size(&self.rounds.jobs[began.1..at])) {
                break;
            }
        }
        Ok((at, walk.conflicts))
    }

    /// Makes the round's batches final, in order.
    fn settle(&self, walk: &mut Walk<'_, J>, counts: &Mutex<Counts>) -> Result<(), RunError> {
        let mut from = 0;
        while from < self.slots.len() {
            if self.rounds.cancel.is_cancelled() {
                return Err(RunError::Cancelled);
            }
            let is_clean = |slot: &&Slot<J::Output>| {
                let batch = slot.read();
                lock(&slot.stale).is_empty() && !walk.concerns(&batch)
            };
            let to = from + self.slots[from..].iter().take_while(is_clean).count();
            if to > from {
                self.play(Phase::Commit { from, to }, self.parts.len() + 1, counts);
                self.check_failed()?;
            }
            if to < self.slots.len() {
                self.walk(walk, to, counts)?;
            }
            from = to + 1;
        }
        walk.differing.clear();
        Ok(())
    }

    fn check_failed(&self) -> Result<(), RunError> {
        let failed = lock(&self.failed).take();
        failed.map_or(Ok(()), |(job, _, error)| Err(RunError::State { job: self.rounds.first + job, error }))
    }

    fn walk(&self, walk: &mut Walk<'_, J>, number: usize, counts: &Mutex<Counts>) -> Result<(), RunError> {
        let slot = &self.slots[number];
        let taken =
            self.parts.iter().map(|part| std::mem::take(&mut *part.write().expect("nobody panics who commits")));
        let mut changes = Changes::ordered_as(taken.collect(), std::mem::take(&mut walk.ordered));
        let batch = slot.read();
        let (stale, mut outputs) = (std::mem::take(&mut *lock(&slot.stale)), lock(&slot.outputs));
        let mut done = lock(&self.outputs);
        let (jobs, changes_now) = (self.range(number), &mut changes);
        let way = Way { batch: &batch, jobs, ran: &mut outputs, done: &mut done, changes: changes_now };
        let walked = walk.batch(way, stale, &mut lock(counts));
        let (parts, ordered): (_, Ordered) = changes.into_parts();
        walk.ordered = ordered;
        self.changed.write().expect("nobody panics who commits").append(&mut walk.written);
        for (part, now) in self.parts.iter().zip(parts) {
            *part.write().expect("nobody panics who commits") = now;
        }
        walked
    }

    /// One phase: returns when all of its tasks are done.
    fn play(&self, phase: Phase, tasks: usize, counts: &Mutex<Counts>) {
        self.tickets.open(phase, tasks);
        while self.take_one(LEADER, counts) || self.tickets.are_left() {}
        let mut looked = 0;
        while !self.tickets.are_done() {
            pause(&mut looked);
        }
    }
}
