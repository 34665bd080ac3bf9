//! What a run cost, in counts: for operators, and for choosing the mode of the next block. No part of the result.

use hashbrown::HashMap;
use seiza_state::Key;

use crate::parallel::CellId;

/// Conflicting keys that are reported.
const HOTTEST_KEYS: usize = 8;

/// How a block was run. It depends on chance; the outcome does not.
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
}

impl Counts {
    /// Counts a conflict, and where it was.
    pub(crate) fn conflict(&mut self, cell: Option<CellId>) {
        self.conflicts += 1;
        if let Some(cell) = cell {
            *self.cells.entry(cell).or_default() += 1;
        }
    }
}

impl Stats {
    /// All runs of jobs, re-executions included.
    #[must_use]
    pub fn executions(&self) -> usize {
        self.sequential + self.workers.iter().map(|worker| worker.executions).sum::<usize>()
    }

    /// Takes in what the workers of one parallel stretch counted; `key` names a cell.
    pub(crate) fn add(&mut self, counts: Vec<Counts>, key: impl Fn(CellId) -> Key) {
        self.workers.resize(self.workers.len().max(counts.len()), WorkerStats::default());
        let mut cells: Vec<(CellId, usize)> = Vec::new();
        for (worker, counts) in self.workers.iter_mut().zip(counts) {
            worker.executions += counts.executions;
            worker.validations += counts.validations;
            worker.idle += counts.idle;
            self.blocked += counts.blocked;
            self.validations += counts.validations;
            self.re_executions += counts.conflicts - counts.blocked;
            cells.extend(counts.cells);
        }
        self.hottest.extend(cells.into_iter().map(|(cell, count)| (key(cell), count)));
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
