//! Rounds: how short jobs are run in parallel. Multi-version memory costs more than a transfer does.
//!
//! In a round each worker runs a [`Batch`] of consecutive jobs over what was committed before. Then one thread commits the
//! batches in job order: a run that read or relied on nothing that changed since is taken as it is; any other is run again
//! on the spot, where all before it is final. So every committed run has seen what sequential execution would have shown it.

use std::hint::spin_loop;
use std::ops::Range;

use hashbrown::HashMap;
use rayon::ThreadPool;
use seiza_state::{Access, Key, Premise, StateRead, WriteBuffer, WriteSet};

use super::batch::{Batch, Run};
use super::touched::Touched;
use crate::prefix::{Changes, Prefix, Written};
use crate::sequential::Done;
use crate::stats::{Counts, Stats};
use crate::sync::{AtomicBool, AtomicUsize, Mutex, Ordering, RwLock, lock, yield_now};
use crate::{Cancel, Job, RunError, Tuning};

/// Jobs of a batch: many, so that jobs that follow each other and belong together lie in one; not too many, since a batch
/// sees nothing of those beside it.
const BATCH_JOBS: usize = 256;
/// A stretch has so many rounds at least, if it has the jobs.
const ROUNDS: usize = 4;
/// Rounds after which it is asked whether they gain anything.
const ROUNDS_BEFORE_JUDGED: usize = 3;
/// What rounds must be faster than one worker by, in percent.
const GAIN_PERCENT: u64 = 103;
/// Looks at the next round before the core is offered to others.
const SPINS: usize = 256;

/// Keys that conflicts were about, with how many.
type Conflicts = HashMap<Key, usize, foldhash::fast::RandomState>;

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
    /// What a job takes one worker; `None` where rounds go on whatever they gain.
    pub(crate) alone_ns: Option<u64>,
}

/// What the workers of a stretch share.
struct Shared<'a, J: Job> {
    rounds: &'a Rounds<'a, J>,
    changes: RwLock<Changes>,
    batches: Vec<Mutex<Batch<J::Output>>>,
    batch_jobs: usize,
    /// The first job of the round.
    at: AtomicUsize,
    /// Batches of all rounds are counted through: which is to be taken next, which are not to be taken yet, and how many of
    /// this round are done.
    next: AtomicUsize,
    limit: AtomicUsize,
    finished: AtomicUsize,
    stopped: AtomicBool,
}

/// Sends the workers home, also where a job panics.
struct StopOnDrop<'a>(&'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

impl<J: Job> Rounds<'_, J> {
    /// Runs the jobs, or some of them where rounds turn out to gain nothing; answers how many. Everything they did is added
    /// to `done`.
    ///
    /// # Errors
    /// As [`crate::run`].
    pub(crate) fn run(
        &self,
        done: &mut Done<J::Output>,
        stats: &mut Stats,
        pool: &ThreadPool,
    ) -> Result<usize, RunError> {
        let shared = Shared::new(self, std::mem::take(&mut done.changes));
        let counts: Vec<Mutex<Counts>> = (0..self.workers).map(|_| Mutex::default()).collect();
        let ran = pool.in_place_scope(|scope| {
            let shared = &shared;
            let _stop = StopOnDrop(&shared.stopped);
            for counts in &counts[1..] {
                scope.spawn(move |_| shared.work(counts));
            }
            shared.lead(done, &counts[0])
        });
        done.changes = shared.changes.into_inner().expect("who wrote last has not panicked");
        let counts = counts.into_iter().map(|counts| counts.into_inner().expect("no job runs under it")).collect();
        let (jobs, conflicts) = ran?;
        stats.add(counts, |_| unreachable!("rounds have no cells"));
        stats.add_conflicts(conflicts);
        stats.parallel += jobs;
        Ok(jobs)
    }
}

impl<'a, J: Job> Shared<'a, J> {
    fn new(rounds: &'a Rounds<'a, J>, changes: Changes) -> Self {
        let workers = rounds.workers.max(1);
        Self {
            rounds,
            changes: RwLock::new(changes),
            batches: (0..workers).map(|_| Mutex::default()).collect(),
            batch_jobs: (rounds.jobs.len() / (workers * ROUNDS)).clamp(1, BATCH_JOBS),
            at: AtomicUsize::new(0),
            next: AtomicUsize::new(0),
            limit: AtomicUsize::new(0),
            finished: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
        }
    }

    /// The jobs of a batch of the round that begins at `at`.
    fn range(&self, at: usize, batch: usize) -> Range<usize> {
        let (jobs, first) = (self.rounds.jobs.len(), at + batch * self.batch_jobs);
        first.min(jobs)..(first + self.batch_jobs).min(jobs)
    }

    /// Takes batches as they come until the stretch is over.
    fn work(&self, counts: &Mutex<Counts>) {
        let mut looked = 0;
        while !self.stopped.load(Ordering::Acquire) {
            if self.take_one(counts) {
                looked = 0;
                continue;
            }
            looked += 1;
            if looked < SPINS { spin_loop() } else { yield_now() }
        }
        lock(counts).idle += usize::from(looked > 0);
    }

    /// Runs a batch of the round, if there is one left.
    fn take_one(&self, counts: &Mutex<Counts>) -> bool {
        let next = self.next.load(Ordering::Acquire);
        let taken = next < self.limit.load(Ordering::Acquire)
            && self.next.compare_exchange(next, next + 1, Ordering::AcqRel, Ordering::Relaxed).is_ok();
        if taken {
            // The round cannot end before this batch has.
            let number = next % self.batches.len();
            let range = self.range(self.at.load(Ordering::Acquire), number);
            lock(counts).executions += range.len();
            let changes = self.changes.read().expect("nobody panics who writes while others read");
            let below = Prefix { base: self.rounds.base, changes: &changes };
            lock(&self.batches[number]).run(&self.rounds.jobs[range], below, self.rounds.cancel);
            drop(changes);
            self.finished.fetch_add(1, Ordering::AcqRel);
        }
        taken
    }

    /// Lets round follow round; answers how many jobs are committed, and what conflicts were about.
    fn lead(&self, done: &mut Done<J::Output>, counts: &Mutex<Counts>) -> Result<(usize, Conflicts), RunError> {
        let mut commit = Commit::new(self.rounds, done, self.batches.len());
        let (mut began, mut at, mut round) = ((None, 0), 0, 0);
        while at < self.rounds.jobs.len() {
            self.play(at, counts);
            let mut changes = self.changes.write().expect("nobody panics who reads");
            for (number, batch) in self.batches.iter().enumerate() {
                commit.batch(&mut lock(batch), self.range(at, number), &mut changes, &mut lock(counts))?;
            }
            commit.touched.clear();
            at = self.range(at, self.batches.len()).start;
            round += 1;
            if round == 1 {
                // The others have come only now.
                began = (self.rounds.tuning.now(), at);
            } else if round >= ROUNDS_BEFORE_JUDGED && !self.gains(began.0, at - began.1) {
                break;
            }
        }
        Ok((at, commit.conflicts))
    }

    /// One round: returns when all of its batches are run.
    fn play(&self, at: usize, counts: &Mutex<Counts>) {
        let batches = self.batches.len();
        self.at.store(at, Ordering::Release);
        self.finished.store(0, Ordering::Release);
        self.limit.fetch_add(batches, Ordering::AcqRel);
        while self.take_one(counts) || self.next.load(Ordering::Acquire) < self.limit.load(Ordering::Acquire) {}
        let mut looked = 0;
        while self.finished.load(Ordering::Acquire) < batches {
            looked += 1;
            if looked < SPINS { spin_loop() } else { yield_now() }
        }
    }

    fn gains(&self, began: Option<u64>, jobs: usize) -> bool {
        let took = self.rounds.tuning.since(began);
        took.zip(self.rounds.alone_ns).is_none_or(|(took, alone)| took * GAIN_PERCENT < alone * jobs as u64 * 100)
    }
}

/// The walk over finished batches, in job order.
struct Commit<'a, J: Job> {
    rounds: &'a Rounds<'a, J>,
    outputs: &'a mut Vec<J::Output>,
    kept: Option<&'a mut Vec<WriteSet>>,
    /// What changed in this round beside what a batch has seen itself.
    touched: Touched,
    buffer: WriteBuffer,
    conflicts: Conflicts,
}

impl<'a, J: Job> Commit<'a, J> {
    fn new(rounds: &'a Rounds<'a, J>, done: &'a mut Done<J::Output>, batches: usize) -> Self {
        let touched = Touched::for_batches(batches);
        let (outputs, kept, buffer) = (&mut done.outputs, done.writes.as_mut(), WriteBuffer::default());
        Self { rounds, outputs, kept, touched, buffer, conflicts: Conflicts::default() }
    }

    /// Takes in one batch, when all before it are.
    fn batch(
        &mut self,
        batch: &mut Batch<J::Output>,
        range: Range<usize>,
        changes: &mut Changes,
        counts: &mut Counts,
    ) -> Result<(), RunError> {
        let hashes: Vec<u64> = batch.writes.iter().map(|written| written.key.hash64()).collect();
        let reads = batch.reads.get_mut();
        let (mut read, mut relied, mut wrote) = (0, 0, 0);
        let mut writes = batch.writes.drain(..);
        for (job, run) in range.zip(batch.runs.drain(..)) {
            if self.rounds.cancel.is_cancelled() {
                return Err(RunError::Cancelled);
            }
            counts.validations += 1;
            let Run { output, reads: read_to, premises: relied_to, writes: wrote_to } = run;
            let premises = &reads.premises[relied..relied_to];
            let stale = self.stale(&reads.points[read..read_to], premises, changes);
            self.note(stale.and_then(|hash| changes.key_of(hash)));
            let fresh = output.filter(|_| stale.is_none());
            let written = writes.by_ref().take(wrote_to - wrote);
            match fresh {
                Some(output) => self.accept(job, output, written, changes)?,
                None => {
                    counts.executions += 1;
                    counts.conflict(None);
                    self.again(job, written.collect(), changes)?;
                }
            }
            (read, relied, wrote) = (read_to, relied_to, wrote_to);
        }
        hashes.into_iter().for_each(|hash| self.touched.insert(hash));
        Ok(())
    }

    /// The hash of what a run depends on and may have changed under it, if there is such a thing.
    fn stale(&self, points: &[u64], premises: &[(Key, Premise)], changes: &Changes) -> Option<u64> {
        let now = Prefix { base: self.rounds.base, changes };
        let broken = |(key, premise): &&(Key, Premise)| {
            self.touched.may_hold(key.hash64())
                && !now.get(key).and_then(|now| premise.holds(key, now.as_deref())).unwrap_or(false)
        };
        let changed = points.iter().find(|hash| self.touched.may_hold(**hash)).copied();
        changed.or_else(|| premises.iter().find(broken).map(|(key, _)| key.hash64()))
    }

    fn note(&mut self, conflict: Option<&Key>) {
        if let Some(key) = conflict {
            *self.conflicts.entry(key.clone()).or_default() += 1;
        }
    }

    /// Makes a run final.
    fn accept(
        &mut self,
        job: usize,
        output: J::Output,
        written: impl Iterator<Item = Written>,
        changes: &mut Changes,
    ) -> Result<(), RunError> {
        let base = self.rounds.base;
        let absorbed = match &mut self.kept {
            None => changes.absorb_written(written, base),
            Some(kept) => {
                let written: Vec<Written> = written.collect();
                kept.push(written.iter().map(|written| (written.key.clone(), written.write.clone())).collect());
                changes.absorb_written(written, base)
            }
        };
        absorbed.map_err(|error| RunError::State { job: self.rounds.first + job, error })?;
        self.outputs.push(output);
        Ok(())
    }

    /// Runs a job again, where all before it is final. What it now writes otherwise than before, later jobs of its batch
    /// have not seen.
    fn again(&mut self, job: usize, before: Vec<Written>, changes: &mut Changes) -> Result<(), RunError> {
        let failed = |error| RunError::State { job: self.rounds.first + job, error };
        let now = Prefix { base: self.rounds.base, changes };
        let mut access = Access::reusing(&now, std::mem::take(&mut self.buffer));
        let output = self.rounds.jobs[job].run(&mut access).map_err(failed)?;
        let mut buffer = access.into_buffer();
        let written: Vec<Written> = buffer.drain().map(|(key, write)| Written { key, write, base: None }).collect();
        self.buffer = buffer;
        self.differ(&before, &written);
        self.differ(&written, &before);
        self.accept(job, output, written.into_iter(), changes)
    }

    fn differ(&mut self, these: &[Written], those: &[Written]) {
        for Written { key, write, .. } in these {
            if !those.iter().any(|other| other.key == *key && other.write == *write) {
                self.touched.insert(key.hash64());
            }
        }
    }
}
