//! Why a part, or what the parts make, is refused.

use seiza_types::{B256, BlockError};

use crate::limits::{PART_BYTES, PARTS_MAX, PROOF_HASHES_MAX};

/// Why a part is refused. All but [`PartError::Total`], [`PartError::Block`] and [`PartError::OtherBlock`] are the fault of
/// the peer that sent it; those three are the proposer's, who signed the root.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartError {
    /// The bytes end within a field.
    #[error("part: bytes end within a field")]
    Short,
    /// No part has this place.
    #[error("part: index {index} is not below {total}")]
    Index {
        /// Its index.
        index: u32,
        /// Number of parts.
        total: u32,
    },
    /// Longer than a proof can be.
    #[error("part: proof has {0} hashes, at most {PROOF_HASHES_MAX}")]
    ProofHashes(usize),
    /// Empty, or too long; or not the last and not full.
    #[error("part {index} has {bytes} bytes, a part has {PART_BYTES}, the last one from 1")]
    Bytes {
        /// Its index.
        index: u32,
        /// Its length.
        bytes: usize,
    },
    /// The proof does not lead to the root.
    #[error("part {index}: proof does not lead to the root")]
    Proof {
        /// Its index.
        index: u32,
    },
    /// The proposer promises no part, or too many.
    #[error("parts: total is {0}, from 1 to {PARTS_MAX}")]
    Total(u32),
    /// Asked to finish before all parts are here.
    #[error("parts: {0} are missing")]
    Missing(u32),
    /// The parts make no block.
    #[error("parts: {0}")]
    Block(#[from] BlockError),
    /// The parts make another block than the proposal names.
    #[error("parts make block {actual}, the proposal names {expected}")]
    OtherBlock {
        /// What the proposal names.
        expected: B256,
        /// What the parts make.
        actual: B256,
    },
}

impl PartError {
    /// Whose fault: true for the proposer, who signed number and root; false for the peer that sent the part.
    #[must_use]
    pub fn is_proposers(&self) -> bool {
        matches!(self, Self::Total(_) | Self::Block(_) | Self::OtherBlock { .. })
    }
}
