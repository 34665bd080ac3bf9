//! Why a block was not run to its end.

use seiza_state::StateError;

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
