//! Tendermint's Merkle tree (RFC 6962) with proofs: a leaf is hashed behind 0x00, two nodes behind 0x01, and a tree of n
//! leaves splits at the largest power of two below n.

use seiza_types::B256;
use sha2::{Digest, Sha256};

/// Hash of a leaf's bytes.
pub(super) fn leaf(bytes: &[u8]) -> B256 {
    B256::new(Sha256::new().chain_update([0]).chain_update(bytes).finalize().into())
}

fn inner(left: B256, right: B256) -> B256 {
    B256::new(Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into())
}

fn split(leaves: usize) -> usize {
    leaves.next_power_of_two() / 2
}

/// The root over `leaves` (at least one), and for each leaf the hashes from its sibling up to a child of the root.
pub(super) fn proofs(leaves: &[B256]) -> (B256, Vec<Vec<B256>>) {
    let [_, _, ..] = leaves else {
        return (leaves.first().copied().unwrap_or_default(), vec![Vec::new(); leaves.len()]);
    };
    let (left, right) = leaves.split_at(split(leaves.len()));
    let ((left, mut below_left), (right, mut below_right)) = (proofs(left), proofs(right));
    below_left.iter_mut().for_each(|proof| proof.push(right));
    below_right.iter_mut().for_each(|proof| proof.push(left));
    below_left.append(&mut below_right);
    (inner(left, right), below_left)
}

/// The root that `proof` makes of the leaf at `index` of `total`; `None` where the proof has not the length of that place.
pub(super) fn root(leaf: B256, index: usize, total: usize, proof: &[B256]) -> Option<B256> {
    if index >= total {
        return None;
    }
    if total == 1 {
        return proof.is_empty().then_some(leaf);
    }
    let (sibling, below) = proof.split_last()?;
    let at = split(total);
    if index < at {
        Some(inner(root(leaf, index, at, below)?, *sibling))
    } else {
        Some(inner(*sibling, root(leaf, index - at, total - at, below)?))
    }
}
