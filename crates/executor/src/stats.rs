//! What a run cost, in counts: for operators, and for choosing the mode of the next block. No part of the result.

use hashbrown::HashMap;
use seiza_state::Key;

use crate::parallel::CellId;

/// Conflicting keys that are reported.
const HOTTEST_KEYS: usize = 8;
/// Cells of which each worker tells the key: more, since what is hottest of all may not be so with each.
const NAMED_CELLS: usize = 4 * HOTTEST_KEYS;

/// How a block was run, in transactions where a job stands for several ([`crate::Job::size`]). It depends on chance; the
/// outcome does not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    /// Jobs that were run one after the other on the calling thread.
    pub sequential: usize,
    /// Jobs that were run in parallel.
    pub parallel: usize,
    /// Runs of jobs that were thrown away: their reads had turned out stale.
    pub re_executions: usize,
    /// Runs that stopped early, at a value that is about to change.
    pub blocked: usize,
    /// Times that a run's reads were looked at again.
    pub validations: usize,
    /// The keys that conflicts were about, the hottest first, with how many.
    pub hottest: Vec<(Key, usize)>,
    /// What each worker did; the calling thread is the first.
    pub workers: Vec<WorkerStats>,
}

/// One worker's part. Its busy share is `executions` of all workers' executions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WorkerStats {
    /// Runs of jobs.
    pub executions: usize,
    /// Validations.
    pub validations: usize,
    /// Times that it found nothing to do.
    pub idle: usize,
}

/// What one worker counts as it goes.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) executions: usize,
    pub(crate) validations: usize,
    pub(crate) blocked: usize,
    pub(crate) idle: usize,
    conflicts: usize,
    cells: HashMap<CellId, usize, foldhash::fast::RandomState>,
    hottest: Vec<(Key, usize)>,
}

impl Counts {
    /// Counts a conflict of a job of that size, and where it was.
    pub(crate) fn conflict(&mut self, cell: Option<CellId>, size: usize) {
        self.conflicts += size;
        if let Some(cell) = cell {
            *self.cells.entry(cell).or_default() += 1;
        }
    }
}

impl Counts {
    /// Names the cells that most conflicts were about, as long as they are there.
    pub(crate) fn name(&mut self, key: impl Fn(CellId) -> Key) {
        let mut cells: Vec<(CellId, usize)> = self.cells.drain().collect();
        cells.sort_unstable_by_key(|(_, count)| std::cmp::Reverse(*count));
        self.hottest = cells.into_iter().take(NAMED_CELLS).map(|(cell, count)| (key(cell), count)).collect();
    }
}

impl Stats {
    /// All runs of jobs, re-executions included.
    #[must_use]
    pub fn executions(&self) -> usize {
        self.sequential + self.workers.iter().map(|worker| worker.executions).sum::<usize>()
    }

    /// Takes in what the workers of one parallel stretch counted.
    pub(crate) fn add(&mut self, counts: Vec<Counts>) {
        self.workers.resize(self.workers.len().max(counts.len()), WorkerStats::default());
        for (worker, counts) in self.workers.iter_mut().zip(counts) {
            worker.executions += counts.executions;
            worker.validations += counts.validations;
            worker.idle += counts.idle;
            self.blocked += counts.blocked;
            self.validations += counts.validations;
            self.re_executions += counts.conflicts - counts.blocked;
            self.hottest.extend(counts.hottest);
        }
        self.keep_hottest();
    }

    /// Takes in the keys that conflicts were about, with how many.
    pub(crate) fn add_conflicts(&mut self, conflicts: impl IntoIterator<Item = (Key, usize)>) {
        self.hottest.extend(conflicts);
        self.keep_hottest();
    }

    fn keep_hottest(&mut self) {
        self.hottest.sort_unstable();
        self.hottest.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            kept.1 += if same { next.1 } else { 0 };
            same
        });
        self.hottest.sort_by(|(a, m), (b, n)| n.cmp(m).then_with(|| a.cmp(b)));
        self.hottest.truncate(HOTTEST_KEYS);
    }
}
