//! One part on the wire: its place, the proof of it, its bytes.
//!
//! | bytes | field |
//! |---|---|
//! | 4 | index, big-endian |
//! | 1 | hashes in the proof, at most 9 |
//! | 32 each | the proof, from the leaf's sibling to a child of the root |
//! | 1 to 65,536 | the part itself, up to the end |

use seiza_types::{B256, Bytes};

use super::PartError;
use crate::limits::{PART_BYTES, PARTS_MAX, PROOF_HASHES_MAX};

/// A part of an encoded block, with its proof. Nothing is checked of it before [`super::PartSet::add`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its place, from 0.
    pub index: u32,
    /// Hashes from the leaf's sibling to a child of the root.
    pub proof: Vec<B256>,
    /// Its bytes: 64 KiB, or what remains in the last part.
    pub bytes: Bytes,
}

impl Part {
    /// The one encoding, as the module's table says.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(5 + 32 * self.proof.len() + self.bytes.len());
        out.extend(self.index.to_be_bytes());
        out.push(u8::try_from(self.proof.len()).expect("a proof has as many hashes as its tree is deep"));
        self.proof.iter().for_each(|hash| out.extend(hash.0));
        out.extend_from_slice(&self.bytes);
        out
    }

    /// Takes bytes for a part.
    ///
    /// # Errors
    /// [`PartError::Short`], [`PartError::Index`], [`PartError::ProofHashes`], [`PartError::Bytes`].
    pub fn decode(bytes: &[u8]) -> Result<Self, PartError> {
        let (index, rest) = bytes.split_first_chunk::<4>().ok_or(PartError::Short)?;
        let (hashes, rest) = rest.split_first().ok_or(PartError::Short)?;
        let (index, hashes) = (u32::from_be_bytes(*index), usize::from(*hashes));
        if index >= PARTS_MAX {
            return Err(PartError::Index { index, total: PARTS_MAX });
        }
        if hashes > PROOF_HASHES_MAX {
            return Err(PartError::ProofHashes(hashes));
        }
        let (proof, part) = rest.split_at_checked(32 * hashes).ok_or(PartError::Short)?;
        if part.is_empty() || part.len() > PART_BYTES {
            return Err(PartError::Bytes { index, bytes: part.len() });
        }
        let proof = proof.chunks_exact(32).map(B256::from_slice).collect();
        Ok(Self { index, proof, bytes: Bytes::copy_from_slice(part) })
    }
}
