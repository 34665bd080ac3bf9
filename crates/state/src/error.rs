//! What can go wrong when state is read or written. None of these is a user's fault: modules check balances before they
//! debit, so an overflow here means a broken invariant, and the node stops with nothing written.

use crate::Key;

/// Failure of a read or a write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// The disk or a damaged file; the text names the file.
    #[error("state cannot be read: {0}")]
    Io(String),
    /// A scheduler asks this job to stop and run again after job `0` (an estimate was read).
    #[error("waits for job {0}")]
    Blocked(usize),
    /// An amount grew beyond 2^256 - 1.
    #[error("amount at {0:?} overflows 256 bits")]
    Overflow(Key),
    /// An amount would fall below zero.
    #[error("amount at {0:?} would fall below zero")]
    Underflow(Key),
    /// A value does not decode as what its key promises.
    #[error("value at {0:?} is damaged: {1}")]
    Damaged(Key, &'static str),
}
