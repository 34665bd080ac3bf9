//! What is wrong with what a peer sent, or with a snapshot's file.

use seiza_types::{AppHash, B256, Height};

use crate::{StorageError, WireError};

/// Why something is no part of a snapshot. All but [`SyncError::Storage`] are the fault of who sent or wrote it.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The bytes do not decode.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// More bytes than there may be.
    #[error("{what}: {bytes} bytes are more than {max}")]
    Large {
        /// Of what.
        what: &'static str,
        /// How many.
        bytes: u64,
        /// The bound.
        max: u64,
    },
    /// It is not compressed as it should be.
    #[error("not compressed by zstd: {0}")]
    Packing(String),
    /// Keys that do not ascend, or of another store.
    #[error("keys do not ascend")]
    Order,
    /// Nodes that do not make one subtree.
    #[error("the nodes make no subtree")]
    Shape,
    /// A subtree with another hash than the one it is named by.
    #[error("the nodes hash to {found}, expected {expected}")]
    Hash {
        /// By what it is named.
        expected: B256,
        /// What it is.
        found: B256,
    },
    /// A top that does not lead to the header's app hash.
    #[error("the top leads to app hash {found}, the header says {expected}")]
    AppHash {
        /// The header's.
        expected: AppHash,
        /// What the top leads to.
        found: AppHash,
    },
    /// A block or results that the next header does not name.
    #[error("{0} is not the one that the next header names")]
    Base(&'static str),
    /// A file that lacks something.
    #[error("{missing} of {total} chunks are missing")]
    Incomplete {
        /// Chunks that are not there.
        missing: usize,
        /// Chunks in all.
        total: usize,
    },
    /// The folder holds a chain already.
    #[error("the folder holds the chain up to height {0} already")]
    Occupied(Height),
    /// Our own disk.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl SyncError {
    /// Whether who sent it is to blame.
    #[must_use]
    pub fn is_fault(&self) -> bool {
        !matches!(self, Self::Storage(_))
    }
}
