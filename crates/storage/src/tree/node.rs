//! Nodes in memory, and what links them: to each other, or to a node in a mapped file.

use std::sync::{Arc, OnceLock};

use seiza_state::{Key, Value};
use seiza_types::Height;

use super::hash::{self, Hash};
use super::separator::{Separator, compare};
use super::view::Node;
use crate::image::{Address, Files};
use crate::limits::PARALLEL_NODES;

/// A key and its value. Never changes; trees and indexes share it.
#[derive(Debug)]
pub(crate) struct Leaf {
    pub(crate) key: Key,
    pub(crate) value: Value,
    /// The height that wrote it.
    pub(crate) version: Height,
    hash: OnceLock<Hash>,
}

/// A node with two children. The hash comes first: it is what most look for, and so lies in one cache line with the counts
/// of the `Arc` around it.
#[derive(Debug, Clone)]
#[repr(C)]
pub(crate) struct Inner {
    pub(super) hash: OnceLock<Hash>,
    pub(super) left: Link,
    pub(super) right: Link,
    /// Of the smallest key on the right: keys below that are on the left.
    pub(super) separator: Separator,
    /// The height that made it or changed something below it.
    pub(super) version: Height,
    /// Leaves below.
    pub(super) size: u64,
    /// Longest way down to a leaf.
    pub(super) height: u8,
}

/// What a parent, or a tree, holds.
#[derive(Debug, Clone)]
pub(crate) enum Link {
    /// A key and its value.
    Leaf(Arc<Leaf>),
    /// Two subtrees.
    Inner(Arc<Inner>),
    /// A subtree in the mapped files.
    Stored(Address),
}

impl Leaf {
    /// A leaf written at `version`, to be shared.
    pub(crate) fn new(key: Key, value: Value, version: Height) -> Arc<Self> {
        Arc::new(Self::bare(key, value, version))
    }

    /// A leaf written at `version`.
    pub(crate) fn bare(key: Key, value: Value, version: Height) -> Self {
        Self { key, value, version, hash: OnceLock::new() }
    }

    pub(super) fn hash(&self) -> Hash {
        *self.hash.get_or_init(|| hash::leaf(self.version, self.key.path(), &self.value))
    }
}

impl Inner {
    /// A node over two subtrees.
    pub(super) fn new(separator: Separator, left: Link, right: Link, version: Height, files: &Files) -> Self {
        let mut inner = Self { separator, left, right, version, size: 0, height: 0, hash: OnceLock::new() };
        inner.measure(files);
        inner
    }

    /// Brings size and height in line with the children.
    pub(super) fn measure(&mut self, files: &Files) {
        let (left, right) = (self.left.node(files), self.right.node(files));
        self.size = left.size() + right.size();
        self.height = 1 + left.height().max(right.height());
    }

    /// Whether a key belongs to the left.
    pub(super) fn goes_left(&self, key: &[u8], files: &Files) -> bool {
        match compare(key, self.separator.as_slice()) {
            Some(order) => order.is_lt(),
            None => key < self.right.node(files).edge(false).key_bytes(),
        }
    }

    /// How much higher the left side is than the right.
    pub(super) fn balance(&self, files: &Files) -> i16 {
        i16::from(self.left.node(files).height()) - i16::from(self.right.node(files).height())
    }

    pub(super) fn hash(&self, files: &Files) -> Hash {
        *self.hash.get_or_init(|| {
            let (left, right) = (self.left.node(files).hash(), self.right.node(files).hash());
            hash::inner(self.height, self.size, self.version, &left, &right)
        })
    }
}

impl Link {
    /// The node it leads to.
    #[inline]
    pub(super) fn node<'a>(&'a self, files: &'a Files) -> Node<'a> {
        Node::of(self, files)
    }

    /// The hash; the halves of large subtrees on different cores. Subtrees hashed earlier are not entered.
    pub(super) fn hash_parallel(&self, files: &Files) -> Hash {
        if let Self::Inner(inner) = self
            && inner.size >= PARALLEL_NODES
            && inner.hash.get().is_none()
        {
            rayon::join(|| inner.left.hash_parallel(files), || inner.right.hash_parallel(files));
        }
        self.node(files).hash()
    }
}
