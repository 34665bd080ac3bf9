//! ICS-23 proofs of one store: that a key has a value, or that it lies between two neighbours and so is not there.

use ics23::{CommitmentProof, ExistenceProof, HashOp, InnerOp, LeafOp, LengthOp, NonExistenceProof, commitment_proof};
use seiza_state::Key;

use super::Tree;
use super::hash::Prefix;
use super::leaf_ref::LeafRef;
use super::view::Node;

impl Tree {
    /// The proof for `key`, present or absent; `None` for an empty tree, for which ICS-23 knows none.
    pub(crate) fn prove(&self, key: &Key) -> Option<CommitmentProof> {
        let root = self.node()?;
        let (leaf, exists) = existence(root, key.as_bytes());
        let proof = if leaf.key_bytes() == key.as_bytes() {
            commitment_proof::Proof::Exist(exists)
        } else {
            commitment_proof::Proof::Nonexist(absence(root, key))
        };
        Some(CommitmentProof { proof: Some(proof) })
    }
}

fn absence(root: Node<'_>, key: &Key) -> NonExistenceProof {
    let (left, right) = neighbours(root, key.as_bytes());
    let prove = |leaf: Option<LeafRef<'_>>| leaf.map(|leaf| existence(root, leaf.key_bytes()).1);
    NonExistenceProof { key: key.path().to_vec(), left: prove(left), right: prove(right) }
}

/// The greatest leaf below `key` and the smallest above it.
fn neighbours<'a>(root: Node<'a>, key: &[u8]) -> (Option<LeafRef<'a>>, Option<LeafRef<'a>>) {
    let (mut left_of, mut right_of) = (None, None);
    let mut node = root;
    while let Some((left, right)) = node.children() {
        if node.goes_left(key) {
            right_of = Some(right);
            node = left;
        } else {
            left_of = Some(left);
            node = right;
        }
    }
    let leaf = node.edge(false);
    if leaf.key_bytes() < key {
        (Some(leaf), right_of.map(|node| node.edge(false)))
    } else {
        (left_of.map(|node| node.edge(true)), Some(leaf))
    }
}

/// The leaf to which the search for `key` leads, and the proof that it exists.
fn existence<'a>(root: Node<'a>, key: &[u8]) -> (LeafRef<'a>, ExistenceProof) {
    let mut path = Vec::new();
    let mut node = root;
    while let Some((left, right)) = node.children() {
        let left_side = node.goes_left(key);
        path.push(step(node, if left_side { right } else { left }, left_side));
        node = if left_side { left } else { right };
    }
    path.reverse();
    let leaf = node.edge(false);
    let proof = ExistenceProof {
        key: leaf.key_bytes()[1..].to_vec(),
        value: leaf.value_bytes().to_vec(),
        leaf: Some(leaf_op(leaf)),
        path,
    };
    (leaf, proof)
}

fn leaf_op(leaf: LeafRef<'_>) -> LeafOp {
    LeafOp {
        hash: HashOp::Sha256.into(),
        prehash_key: HashOp::NoHash.into(),
        prehash_value: HashOp::Sha256.into(),
        length: LengthOp::VarProto.into(),
        prefix: Prefix::of_leaf(leaf.version()).as_slice().to_vec(),
    }
}

/// What surrounds a child's hash in its parent's preimage; `left` says which side the child is on.
fn step(parent: Node<'_>, other: Node<'_>, left: bool) -> InnerOp {
    let mut prefix = Prefix::new(parent.height(), parent.size(), parent.version()).as_slice().to_vec();
    let mut suffix = Vec::new();
    prefix.push(32);
    if left {
        suffix.push(32);
        suffix.extend_from_slice(&other.hash());
    } else {
        prefix.extend_from_slice(&other.hash());
        prefix.push(32);
    }
    InnerOp { hash: HashOp::Sha256.into(), prefix, suffix }
}
