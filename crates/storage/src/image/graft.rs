//! One subtree's nodes as a node file has them, made apart from any file: nodes say how far before them their children begin,
//! so a subtree's bytes are the same wherever they come to lie. State sync makes them on all cores and appends them in order.

use super::Address;
use super::node_file::FIRST_ADDRESS;
use super::record::{HASHED_HEIGHT, StoredInner, StoredLeaf, put_inner, put_leaf};
use crate::tree::Separator;
use crate::tree::hash::{self, Hash};
use seiza_types::Height;
use std::ops::Range;

/// What a parent's hash and bytes need of a subtree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) at: Address,
    pub(super) height: u8,
    pub(super) size: u64,
    pub(super) hash: Hash,
}

impl Shape {
    /// Appends the node over two subtrees, which begins at `at`.
    pub(super) fn join(
        out: &mut Vec<u8>,
        at: Address,
        version: Height,
        (left, right): (&Self, &Self),
        separator: Separator,
    ) -> Self {
        let (height, size) = (1 + left.height.max(right.height), left.size + right.size);
        let hash = hash::inner(height, size, version, &left.hash, &right.hash);
        let inner = StoredInner {
            height,
            version,
            size,
            left: left.at,
            right: right.at,
            separator: separator.as_slice(),
            hash: Some(&hash).filter(|_| height >= HASHED_HEIGHT),
        };
        put_inner(out, at, &inner);
        Self { at, height, size, hash }
    }
}

/// A subtree on the stack: where its first and last key lie in the bytes.
#[derive(Debug)]
struct Part {
    shape: Shape,
    smallest: Range<usize>,
    greatest: Range<usize>,
}

/// Nodes that are becoming one subtree.
#[derive(Debug, Default)]
pub(crate) struct Graft {
    bytes: Vec<u8>,
    /// The last one on top.
    stack: Vec<Part>,
}

/// A whole subtree, and what its parent has to know of it.
pub(super) struct Grafted {
    pub(super) bytes: Vec<u8>,
    /// Its address counts from [`FIRST_ADDRESS`].
    pub(super) shape: Shape,
    pub(super) smallest: Vec<u8>,
    pub(super) greatest: Vec<u8>,
}

impl Graft {
    /// A subtree of about so many bytes.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), stack: Vec::new() }
    }

    fn next(&self) -> Address {
        Address::of(FIRST_ADDRESS + self.bytes.len() as u64)
    }

    /// Appends a leaf; `key` is the whole one, store byte first, and above all before.
    pub(crate) fn leaf(&mut self, key: &[u8], value: &[u8], version: Height) {
        let (at, leaf) = (self.next(), StoredLeaf { key, value, version });
        let start = self.bytes.len();
        put_leaf(&mut self.bytes, &leaf);
        let key = key_within(&self.bytes[start..], key.len(), value.len(), start);
        let shape = Shape { at, height: 0, size: 1, hash: hash::leaf(version, leaf.path(), value) };
        self.stack.push(Part { shape, smallest: key.clone(), greatest: key });
    }

    /// Appends a node over the last two subtrees; `None` where there are none, or it would be higher than any tree.
    pub(crate) fn inner(&mut self, version: Height) -> Option<()> {
        let (right, left) = (self.stack.pop()?, self.stack.pop()?);
        left.shape.height.max(right.shape.height).checked_add(1)?;
        let separator = Separator::between(&self.bytes[left.greatest], &self.bytes[right.smallest]);
        let at = self.next();
        let shape = Shape::join(&mut self.bytes, at, version, (&left.shape, &right.shape), separator);
        self.stack.push(Part { shape, smallest: left.smallest, greatest: right.greatest });
        Some(())
    }

    /// The root's hash, and how many leaves there are; `None` where this is no one subtree.
    pub(crate) fn root(&self) -> Option<(Hash, u64)> {
        let [root] = self.stack.as_slice() else { return None };
        Some((root.shape.hash, root.shape.size))
    }

    /// The subtree; `None` where this is not one.
    pub(super) fn finish(mut self) -> Option<Grafted> {
        let root = self.stack.pop().filter(|_| self.stack.is_empty())?;
        let key = |range: Range<usize>| self.bytes[range].to_vec();
        let (smallest, greatest) = (key(root.smallest), key(root.greatest));
        Some(Grafted { bytes: self.bytes, shape: root.shape, smallest, greatest })
    }
}

/// Where the key lies in a leaf that was just appended at `start`: before the value and the value's length.
fn key_within(leaf: &[u8], key: usize, value: usize, start: usize) -> Range<usize> {
    let value_length = 1 + (usize::BITS - 1 - (value | 1).leading_zeros()) as usize / 7;
    let end = start + leaf.len() - value - value_length;
    end - key..end
}
