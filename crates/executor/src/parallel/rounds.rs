//! Rounds: how short jobs are run in parallel. Multi-version memory costs more than a transfer does.
//!
//! In a round each worker runs a [`Batch`] of consecutive jobs over what was committed before. Then one thread commits the
//! batches in job order: a run that read or relied on nothing that changed since is taken as it is; any other is run again
//! on the spot, where all before it is final. So every committed run has seen what sequential execution would have shown it.

use std::ops::Range;

use rayon::ThreadPool;
use seiza_state::StateRead;

use super::batch::Batch;
use super::tickets::{Tickets, pause};
use super::walk::{Conflicts, Walk};
use crate::prefix::{Changes, Prefix};
use crate::sequential::Done;
use crate::stats::{Counts, Stats};
use crate::sync::{AtomicBool, AtomicU64, AtomicUsize, Mutex, Ordering, RwLock, lock};
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

/// How many jobs were committed, and nanoseconds that one takes one worker, if that is known.
pub(crate) type Ran = (usize, Option<u64>);

/// What the workers of a stretch share.
struct Shared<'a, J: Job> {
    rounds: &'a Rounds<'a, J>,
    changes: RwLock<Changes>,
    batches: Vec<Mutex<Batch<J::Output>>>,
    batch_jobs: usize,
    tickets: Tickets,
    stopped: AtomicBool,
    /// What batches took, and how many jobs they were.
    ran_ns: AtomicU64,
    ran: AtomicUsize,
}

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
    ) -> Result<Ran, RunError> {
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
        let alone_ns = shared.alone_ns();
        done.changes = shared.changes.into_inner().expect("who wrote last has not panicked");
        let counts = counts.into_iter().map(|counts| counts.into_inner().expect("no job runs under it")).collect();
        let (jobs, conflicts) = ran?;
        stats.add(counts, |_| unreachable!("rounds have no cells"));
        stats.add_conflicts(conflicts);
        stats.parallel += jobs;
        Ok((jobs, alone_ns))
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
            tickets: Tickets::new(workers),
            stopped: AtomicBool::new(false),
            ran_ns: AtomicU64::new(0),
            ran: AtomicUsize::new(0),
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
            pause(&mut looked);
        }
        lock(counts).idle += usize::from(looked > 0);
    }

    /// Runs a batch of the round, if there is one left.
    fn take_one(&self, counts: &Mutex<Counts>) -> bool {
        let taken = self.tickets.take();
        if let Some((number, at)) = taken {
            let range = self.range(at, number);
            let (jobs, began) = (range.len(), self.rounds.tuning.now());
            lock(counts).executions += jobs;
            let changes = self.changes.read().expect("nobody panics who writes while others read");
            let below = Prefix { base: self.rounds.base, changes: &changes };
            lock(&self.batches[number]).run(&self.rounds.jobs[range], below, self.rounds.cancel);
            drop(changes);
            self.ran_ns.fetch_add(self.rounds.tuning.since(began).unwrap_or_default(), Ordering::Relaxed);
            self.ran.fetch_add(jobs, Ordering::Relaxed);
            self.tickets.finish();
        }
        taken.is_some()
    }

    /// Lets round follow round; answers how many jobs are committed, and what conflicts were about.
    fn lead(&self, done: &mut Done<J::Output>, counts: &Mutex<Counts>) -> Result<(usize, Conflicts), RunError> {
        let mut walk = Walk::new(self.rounds, done, self.batches.len());
        let (mut began, mut at, mut round) = ((None, 0), 0, 0);
        while at < self.rounds.jobs.len() {
            self.play(at, counts);
            let mut changes = self.changes.write().expect("nobody panics who reads");
            for (number, batch) in self.batches.iter().enumerate() {
                walk.batch(&mut lock(batch), self.range(at, number), &mut changes, &mut lock(counts))?;
            }
            walk.touched.clear();
            at = self.range(at, self.batches.len()).start;
            round += 1;
            if round == 1 {
                // The others have come only now.
                began = (self.rounds.tuning.now(), at);
            } else if round >= ROUNDS_BEFORE_JUDGED && !self.gains(began.0, at - began.1) {
                break;
            }
        }
        Ok((at, walk.conflicts))
    }

    /// One round: returns when all of its batches are run.
    fn play(&self, at: usize, counts: &Mutex<Counts>) {
        self.tickets.open(at);
        while self.take_one(counts) || self.tickets.are_left() {}
        let mut looked = 0;
        while !self.tickets.are_done() {
            pause(&mut looked);
        }
    }

    fn gains(&self, began: Option<u64>, jobs: usize) -> bool {
        let took = self.rounds.tuning.since(began);
        took.zip(self.alone_ns()).is_none_or(|(took, alone)| took * GAIN_PERCENT < alone * jobs as u64 * 100)
    }

    /// What a job takes one worker: the first of a block may have been other than the rest.
    fn alone_ns(&self) -> Option<u64> {
        let in_batches = self.ran_ns.load(Ordering::Relaxed).checked_div(self.ran.load(Ordering::Relaxed) as u64);
        self.rounds.alone_ns.map(|alone| in_batches.map_or(alone, |in_batches| alone.min(in_batches)))
    }
}
