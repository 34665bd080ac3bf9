//! Runs a block's jobs: sequentially, by declared keys, or optimistically; the result is the same.
//!
//! Sequential execution is the specification: job `i` sees the state that jobs `0..i` left, and nothing of later ones. A
//! mode is a way of being faster about it, chosen per call and invisible in the outcome.
#![deny(clippy::iter_over_hash_type, clippy::float_arithmetic)]

mod cancel;
mod sequential;
#[cfg(test)]
mod tests;

use std::num::NonZeroUsize;

pub use cancel::Cancel;

use seiza_state::{Access, Changeset, Key, StateError, StateRead};

/// One unit of execution: a transaction, or a market's batch at the end of a block.
pub trait Job: Sync {
    /// What it yields beside its writes.
    type Output: Send;

    /// Does the work. It may be run more than once, so it must have no effect but on `access`.
    ///
    /// # Errors
    /// State errors only: a transaction that fails is an output.
    fn run(&self, access: &mut Access<'_>) -> Result<Self::Output, StateError>;

    /// Keys it expects to touch. A wrong or missing declaration costs time, never correctness.
    fn declared(&self) -> Option<&[Key]> {
        None
    }
}

/// How to run a block. Declared and optimistic modes are not built yet (both run in order); the result is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// One after the other, on the calling thread.
    Sequential,
    /// By a dependency graph of declared keys.
    Declared {
        /// Threads that run jobs.
        workers: NonZeroUsize,
    },
    /// All at once, re-executing those that read what an earlier one wrote (Block-STM, arXiv 2203.06871).
    Optimistic {
        /// Threads that run jobs.
        workers: NonZeroUsize,
    },
}

/// What the jobs of a block did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome<T> {
    /// Each job's output, in job order.
    pub outputs: Vec<T>,
    /// All their writes, resolved.
    pub changes: Changeset,
    /// Runs of jobs, re-executions included.
    pub executions: usize,
}

/// Why a block was not run to its end. Nothing was written anywhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// Somebody asked for it: another block was decided, or the node stops.
    #[error("execution was cancelled")]
    Cancelled,
    /// State failed under a job: fatal.
    #[error("job {job}: {error}")]
    State {
        /// Which job.
        job: usize,
        /// What failed.
        error: StateError,
    },
}

/// Runs `jobs` over `base`, as if one after the other.
///
/// # Errors
/// [`RunError::Cancelled`] soon after `cancel` is set; [`RunError::State`] of the first job that state failed under.
pub fn run<J: Job>(
    base: &(dyn StateRead + Sync),
    jobs: &[J],
    mode: Mode,
    cancel: &Cancel,
) -> Result<Outcome<J::Output>, RunError> {
    match mode {
        Mode::Sequential | Mode::Declared { .. } | Mode::Optimistic { .. } => sequential::run(base, jobs, cancel),
    }
}
