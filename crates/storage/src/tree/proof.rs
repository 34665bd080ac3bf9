//! ICS-23 proofs of one store: that a key has a value, or that it lies between two neighbours and so is not there.

use std::sync::Arc;

use ics23::{CommitmentProof, ExistenceProof, HashOp, InnerOp, LeafOp, LengthOp, NonExistenceProof, commitment_proof};
use seiza_state::Key;

use super::Tree;
use super::node::{Inner, Leaf, Link};

impl Tree {
    /// The proof for `key`, present or absent; `None` for an empty tree, for which ICS-23 knows none.
    pub(crate) fn prove(&self, key: &Key) -> Option<CommitmentProof> {
        let root = self.root.as_ref()?;
        let (leaf, exists) = existence(root, key);
        let proof = if leaf.key == *key {
            commitment_proof::Proof::Exist(exists)
        } else {
            commitment_proof::Proof::Nonexist(self.absence(root, key))
        };
        Some(CommitmentProof { proof: Some(proof) })
    }

    fn absence(&self, root: &Link, key: &Key) -> NonExistenceProof {
        let (left, right) = neighbours(root, key);
        let prove = |leaf: Option<&Arc<Leaf>>| leaf.map(|leaf| existence(root, &leaf.key).1);
        NonExistenceProof { key: key.path().to_vec(), left: prove(left), right: prove(right) }
    }
}

/// The greatest leaf below `key` and the smallest above it.
fn neighbours<'a>(root: &'a Link, key: &Key) -> (Option<&'a Arc<Leaf>>, Option<&'a Arc<Leaf>>) {
    let (mut left, mut right) = (None, None);
    let mut link = root;
    loop {
        match link {
            Link::Inner(inner) if *key < inner.key => {
                right = Some(&inner.right);
                link = &inner.left;
            }
            Link::Inner(inner) => {
                left = Some(&inner.left);
                link = &inner.right;
            }
            Link::Leaf(leaf) if leaf.key < *key => return (Some(leaf), right.map(|link| edge(link, false))),
            Link::Leaf(leaf) => return (left.map(|link| edge(link, true)), Some(leaf)),
        }
    }
}

/// The last leaf below `link`, or the first.
fn edge(mut link: &Link, last: bool) -> &Arc<Leaf> {
    loop {
        match link {
            Link::Leaf(leaf) => return leaf,
            Link::Inner(inner) => link = if last { &inner.right } else { &inner.left },
        }
    }
}

/// The leaf to which the search for `key` leads, and the proof that it exists.
fn existence<'a>(root: &'a Link, key: &Key) -> (&'a Arc<Leaf>, ExistenceProof) {
    let mut path = Vec::new();
    let mut link = root;
    let leaf = loop {
        match link {
            Link::Leaf(leaf) => break leaf,
            Link::Inner(inner) => {
                path.push(step(inner, *key < inner.key));
                link = inner.child(key);
            }
        }
    };
    path.reverse();
    let proof =
        ExistenceProof { key: leaf.key.path().to_vec(), value: leaf.value.to_vec(), leaf: Some(leaf_op(leaf)), path };
    (leaf, proof)
}

fn leaf_op(leaf: &Leaf) -> LeafOp {
    LeafOp {
        hash: HashOp::Sha256.into(),
        prehash_key: HashOp::NoHash.into(),
        prehash_value: HashOp::Sha256.into(),
        length: LengthOp::VarProto.into(),
        prefix: leaf.prefix().as_slice().to_vec(),
    }
}

/// What surrounds a child's hash in its parent's preimage.
fn step(inner: &Inner, left: bool) -> InnerOp {
    let mut prefix = inner.prefix().as_slice().to_vec();
    let mut suffix = Vec::new();
    prefix.push(32);
    if left {
        suffix.push(32);
        suffix.extend_from_slice(&inner.right.hash());
    } else {
        prefix.extend_from_slice(&inner.left.hash());
        prefix.push(32);
    }
    InnerOp { hash: HashOp::Sha256.into(), prefix, suffix }
}
