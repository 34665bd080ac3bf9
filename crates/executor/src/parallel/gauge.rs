//! How many batches a round has, how large they are, and whether rounds gain anything.

use super::floor::Shared;
use crate::Job;
use crate::job::jobs_of;
use crate::sync::Ordering;

/// Transactions of a batch: many, so that those that follow each other and belong together lie in one, and that cores seldom look at
/// what others have changed; few, where batches conflict, since one sees nothing of those beside it. In the first round, and
/// in any.
const BATCH_TXS: usize = 32;
const BATCH_TXS_BOUNDS: (usize, usize) = (8, 256);
/// If fewer transactions of a round than these percent run again, batches become larger; if more, smaller. Beyond the last bound
/// rounds gain nothing.
pub(super) const AGAIN_PERCENT: (usize, usize, usize) = (1, 4, 25);
/// How much larger batches become.
const GROWTH: usize = 4;
/// What rounds must be faster than one worker by, in percent.
const GAIN_PERCENT: u64 = 103;

/// What a transaction takes one worker that takes in what it has written, in percent of what its run takes.
const COMMIT_PERCENT: u64 = 125;

/// Batches of a round for each worker: whose batches turn out short takes another, so that none waits for long ones.
const BATCHES_PER_WORKER: usize = 4;
/// A stretch has so many rounds at least, if it has the jobs.
const ROUNDS: usize = 2;
/// Parts of the changes for each worker, and at least: the last to be committed keeps nobody waiting for long.
const PARTS_PER_WORKER: usize = 4;
const PARTS_MIN: usize = 16;

/// Batches of a round.
pub(super) fn batches(workers: usize) -> usize {
    if workers == 1 { 1 } else { workers * BATCHES_PER_WORKER }
}

/// Parts of the changes.
pub(super) fn parts(workers: usize) -> usize {
    (workers * PARTS_PER_WORKER).next_power_of_two().max(PARTS_MIN)
}

/// The least and most jobs of a batch.
pub(super) fn batch_bounds<J: Job>(jobs: &[J]) -> (usize, usize) {
    (jobs_of(jobs, BATCH_TXS_BOUNDS.0), jobs_of(jobs, BATCH_TXS_BOUNDS.1))
}

/// Jobs of each batch of the first round.
pub(super) fn first_batch_jobs<J: Job>(jobs: &[J], batches: usize) -> usize {
    (jobs.len() / (batches * ROUNDS)).clamp(1, jobs_of(jobs, BATCH_TXS))
}

impl<J: Job> Shared<'_, J> {
    /// Makes batches larger or smaller, by how many of a round's transactions, in percent of all, ran again. `left` are jobs.
    pub(super) fn resize(&self, again: usize, txs: usize, left: usize) {
        let (before, (least, most)) = (self.batch_jobs.load(Ordering::Acquire), self.batch_bounds);
        let wanted = match again {
            _ if again > txs * AGAIN_PERCENT.1 => (before / 2).max(least.min(before)),
            _ if again <= txs * AGAIN_PERCENT.0 => (before * GROWTH).min(most.max(before)),
            _ => before,
        };
        // No short round comes last.
        let even = left.div_ceil(self.slots.len()).max(1);
        let batch_jobs = if even <= wanted + wanted / 2 { even } else { wanted };
        self.batch_jobs.store(batch_jobs, Ordering::Release);
    }

    pub(super) fn gains(&self, began: Option<u64>, txs: usize) -> bool {
        let took = self.rounds.tuning.since(began);
        took.zip(self.alone_ns()).is_none_or(|(took, alone)| took * GAIN_PERCENT < alone * txs as u64 * 100)
    }

    /// What a transaction takes one worker: the first of a block may have been other than the rest.
    pub(super) fn alone_ns(&self) -> Option<u64> {
        let in_batches = self.ran_ns.load(Ordering::Relaxed).checked_div(self.ran.load(Ordering::Relaxed) as u64);
        let with_commit = in_batches.map(|in_batches| in_batches * COMMIT_PERCENT / 100);
        self.rounds.alone_ns.map(|alone| with_commit.map_or(alone, |taken| alone.min(taken)))
    }
}
