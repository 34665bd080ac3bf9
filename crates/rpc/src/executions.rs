//! How the last blocks were executed by this very process: kept for operators, a bounded number of them.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use seiza_chain::{Mode, Stats};
use seiza_types::Height;

use crate::Failure;
use crate::limits::EXECUTIONS_KEPT;

/// How one block was executed. It depends on chance and on this machine; what came out does not.
#[derive(Debug, Clone)]
pub struct Execution {
    /// The block's height.
    pub height: Height,
    /// How it was asked to be run.
    pub mode: Mode,
    /// Transactions in it.
    pub txs: usize,
    /// Transactions of which something had been learned beforehand.
    pub learned: usize,
    /// Time that running it took, hashing of the state apart.
    pub took: Duration,
    /// What the executor counted.
    pub stats: Arc<Stats>,
}

impl Execution {
    /// The mode's name, as the settings have it.
    #[must_use]
    pub fn mode_name(&self) -> &'static str {
        match self.mode {
            Mode::Sequential => "sequential",
            Mode::Declared { .. } => "declared",
            Mode::Optimistic { .. } => "optimistic",
        }
    }

    /// Threads that it was allowed.
    #[must_use]
    pub fn workers(&self) -> usize {
        match self.mode {
            Mode::Sequential => 1,
            Mode::Declared { workers } | Mode::Optimistic { workers } => workers.get(),
        }
    }

    /// Runs that met a value that another run changed: thrown away at their end, or stopped early.
    #[must_use]
    pub fn conflicts(&self) -> usize {
        self.stats.re_executions + self.stats.blocked
    }

    /// Runs that nobody looked at any more: what follows was run sequentially instead, as several workers gained nothing.
    #[must_use]
    pub fn abandoned(&self) -> usize {
        let kept = self.stats.sequential + self.stats.parallel;
        self.stats.executions().saturating_sub(kept + self.conflicts())
    }
}

/// The last executions. Cloning shares them.
#[derive(Debug, Clone, Default)]
pub struct Executions(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    /// The first height that was ever recorded.
    first: Option<Height>,
    newest_last: VecDeque<Arc<Execution>>,
}

impl Executions {
    /// Remembers how a block was executed; the oldest gives way.
    pub fn record(&self, execution: Execution) {
        let mut kept = self.0.lock();
        kept.first.get_or_insert(execution.height);
        if kept.newest_last.len() == EXECUTIONS_KEPT {
            kept.newest_last.pop_front();
        }
        kept.newest_last.push_back(Arc::new(execution));
    }

    /// How the committed block at `height` was executed.
    ///
    /// # Errors
    /// [`Failure::Rejected`], saying why that is not known here.
    pub fn of(&self, height: Height) -> Result<Arc<Execution>, Failure> {
        let kept = self.0.lock();
        if let Some(found) = kept.newest_last.iter().rev().find(|execution| execution.height == height) {
            return Ok(found.clone());
        }
        let oldest = kept.newest_last.front().map(|execution| execution.height);
        Err(Failure::Rejected(match oldest {
            _ if height == 0 => "block 0 is the founding state: nothing was executed".into(),
            Some(oldest) if kept.first.is_some_and(|first| height >= first) => format!(
                "execution of block {height} is too old: the last {EXECUTIONS_KEPT} are kept, from block {oldest}"
            ),
            _ => format!("block {height} was not executed by this process, and how it was is stored nowhere"),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn execution(height: Height) -> Execution {
        let stats = Arc::new(Stats::default());
        Execution { height, mode: Mode::Sequential, txs: 0, learned: 0, took: Duration::ZERO, stats }
    }

    #[test]
    fn what_is_not_kept_is_told_why() {
        let executions = Executions::default();
        let why = |height| executions.of(height).map(|found| found.height).map_err(|failure| failure.to_string());
        assert_eq!(why(7).unwrap_err(), "block 7 was not executed by this process, and how it was is stored nowhere");
        let last = 4 + EXECUTIONS_KEPT as u64;
        (3..=last).for_each(|height| executions.record(execution(height)));
        assert_eq!((why(5), why(last)), (Ok(5), Ok(last)));
        assert_eq!(why(0).unwrap_err(), "block 0 is the founding state: nothing was executed");
        assert_eq!(why(2).unwrap_err(), "block 2 was not executed by this process, and how it was is stored nowhere");
        for old in [3, 4] {
            let expected = format!("execution of block {old} is too old: the last 1024 are kept, from block 5");
            assert_eq!(why(old).unwrap_err(), expected);
        }
    }
}
