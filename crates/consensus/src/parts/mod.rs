//! A whole block in parts: the fall-back where ids and the mempool do not suffice.
//!
//! An encoded block is cut into parts of 64 KiB. The Merkle root over them stands, with their number, in the compact
//! proposal ([`PartSetHeader`]), under the proposer's signature; so each part is checked when it arrives, from whomever it
//! comes, and a wrong one is the fault of the peer that sent it. A block has one encoding, so every validator that holds
//! the block serves the same parts.
//!
//! - [`Parts::of`]: a holder cuts its block once and serves [`Parts::part`].
//! - [`PartSet`]: a receiver adds parts in any order; it holds no more bytes than the header's total allows, which is at
//!   most [`crate::limits::PARTS_MAX`] parts.
//! - [`PartSet::finish`]: the block, if it is the one that the proposal names. If it isn't, the proposer signed a root that
//!   is not its block's: [`PartError::OtherBlock`].

mod error;
mod merkle;
mod part;
mod set;

pub use error::PartError;
pub use part::Part;
use seiza_types::{B256, Block, Bytes};
pub use set::{Added, PartSet};

use crate::limits::PART_BYTES;

/// What the proposer promises of its encoded block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PartSetHeader {
    /// Number of parts, at least 1.
    pub total: u32,
    /// Tendermint's Merkle root over the parts.
    pub root: B256,
}

/// An encoded block, cut into parts.
#[derive(Debug, Clone)]
pub struct Parts {
    header: PartSetHeader,
    proofs: Vec<Vec<B256>>,
    encoded: Bytes,
}

impl Parts {
    /// Cuts a block.
    #[must_use]
    pub fn of(block: &Block) -> Self {
        Self::of_bytes(block.encode().into())
    }

    /// Cuts an encoded block (not empty).
    #[must_use]
    pub fn of_bytes(encoded: Bytes) -> Self {
        let leaves: Vec<B256> = encoded.chunks(PART_BYTES).map(merkle::leaf).collect();
        let (root, proofs) = merkle::proofs(&leaves);
        let total = u32::try_from(leaves.len()).expect("a block of 2^48 bytes is in no memory");
        Self { header: PartSetHeader { total, root }, proofs, encoded }
    }

    /// Number and root of the parts.
    #[must_use]
    pub fn header(&self) -> PartSetHeader {
        self.header
    }

    /// The part at `index`; `None` beyond the last.
    #[must_use]
    pub fn part(&self, index: u32) -> Option<Part> {
        let at = index as usize;
        let proof = self.proofs.get(at)?.clone();
        let end = self.encoded.len().min((at + 1) * PART_BYTES);
        Some(Part { index, proof, bytes: self.encoded.slice(at * PART_BYTES..end) })
    }
}
