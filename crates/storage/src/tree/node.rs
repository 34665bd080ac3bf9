//! Nodes and their hashes.
//!
//! Preimages (cosmos/iavl v1; numbers are zigzag varints, byte strings carry their length as a plain varint):
//! ```text
//! leaf  = 0, 1, version, key, sha256(value)
//! inner = height, size, version, left hash, right hash
//! ```

use std::sync::{Arc, OnceLock};

use super::walk::{inner_hash, leaf_hash};
use crate::limits::PARALLEL_NODES;
use seiza_state::{Key, Value};
use seiza_types::Height;

/// A SHA-256 hash.
pub(crate) type Hash = [u8; 32];

/// A key and its value. Never changes; trees and indexes share it.
#[derive(Debug)]
pub(crate) struct Leaf {
    pub(crate) key: Key,
    pub(crate) value: Value,
    /// The height that wrote it.
    pub(crate) version: Height,
    hash: OnceLock<Hash>,
}

/// A node with two children.
#[derive(Debug, Clone)]
pub(crate) struct Inner {
    /// The smallest key on the right: keys below it are on the left.
    pub(super) key: Key,
    pub(super) left: Link,
    pub(super) right: Link,
    /// The height that made it or changed something below it.
    pub(super) version: Height,
    /// Leaves below.
    pub(super) size: u64,
    /// Longest way down to a leaf.
    pub(super) height: u8,
    hash: OnceLock<Hash>,
}

/// What a parent, or a tree, holds.
#[derive(Debug, Clone)]
pub(crate) enum Link {
    /// A key and its value.
    Leaf(Arc<Leaf>),
    /// Two subtrees.
    Inner(Arc<Inner>),
}

impl Leaf {
    /// A leaf written at `version`.
    pub(crate) fn new(key: Key, value: Value, version: Height) -> Arc<Self> {
        Arc::new(Self { key, value, version, hash: OnceLock::new() })
    }

    /// What the hash covers before the key: height 0, size 1, version.
    pub(super) fn prefix(&self) -> Prefix {
        Prefix::new(0, 1, self.version)
    }

    fn hash(&self) -> Hash {
        *self.hash.get_or_init(|| leaf_hash(self.key.path(), &self.value, self.version))
    }
}

impl Inner {
    /// A node over two subtrees; `key` is the smallest on the right.
    pub(super) fn new(key: Key, left: Link, right: Link, version: Height) -> Self {
        let mut inner = Self { key, left, right, version, size: 0, height: 0, hash: OnceLock::new() };
        inner.measure();
        inner
    }

    /// The side on which `key` belongs.
    pub(super) fn child(&self, key: &Key) -> &Link {
        if *key < self.key { &self.left } else { &self.right }
    }

    /// Brings size and height in line with the children.
    pub(super) fn measure(&mut self) {
        self.size = self.left.size() + self.right.size();
        self.height = 1 + self.left.height().max(self.right.height());
    }

    /// How much higher the left side is than the right.
    pub(super) fn balance(&self) -> i16 {
        i16::from(self.left.height()) - i16::from(self.right.height())
    }

    /// What the hash covers before the children: height, size, version.
    pub(super) fn prefix(&self) -> Prefix {
        Prefix::new(self.height, self.size, self.version)
    }

    /// Makes the node's own copy where it is shared, for a change at `version`: the hash is forgotten.
    pub(super) fn own(this: &mut Arc<Self>, version: Height) -> &mut Self {
        let inner = Arc::make_mut(this);
        inner.version = version;
        inner.hash = OnceLock::new();
        inner
    }

    fn hash(&self) -> Hash {
        *self.hash.get_or_init(|| inner_hash(&self.prefix(), &self.left.hash(), &self.right.hash()))
    }
}

impl Link {
    /// Leaves below, itself included.
    pub(super) fn size(&self) -> u64 {
        match self {
            Self::Leaf(_) => 1,
            Self::Inner(inner) => inner.size,
        }
    }

    /// Longest way down to a leaf; 0 for a leaf.
    pub(super) fn height(&self) -> u8 {
        match self {
            Self::Leaf(_) => 0,
            Self::Inner(inner) => inner.height,
        }
    }

    /// The hash, computed once in the node's life.
    pub(super) fn hash(&self) -> Hash {
        match self {
            Self::Leaf(leaf) => leaf.hash(),
            Self::Inner(inner) => inner.hash(),
        }
    }

    /// The hash; the halves of large subtrees on different cores. Subtrees hashed earlier are not entered.
    pub(super) fn hash_parallel(&self) -> Hash {
        if let Self::Inner(inner) = self
            && inner.size >= PARALLEL_NODES
            && inner.hash.get().is_none()
        {
            rayon::join(|| inner.left.hash_parallel(), || inner.right.hash_parallel());
        }
        self.hash()
    }
}

/// Three zigzag varints of numbers that are not negative, on the stack: hashing allocates nothing.
pub(crate) struct Prefix {
    bytes: [u8; 30],
    length: usize,
}

impl Prefix {
    /// A length: not zigzag.
    pub(super) fn of_length(length: usize) -> Self {
        let mut prefix = Self { bytes: [0; 30], length: 0 };
        prefix.push(length as u64);
        prefix
    }

    /// Of an inner node: its height, the leaves below, its version.
    pub(crate) fn new(height: u8, size: u64, version: Height) -> Self {
        let mut prefix = Self { bytes: [0; 30], length: 0 };
        for number in [u64::from(height), size, version] {
            prefix.push(number << 1);
        }
        prefix
    }

    fn push(&mut self, mut number: u64) {
        loop {
            let low = number.to_le_bytes()[0];
            number >>= 7;
            self.bytes[self.length] = if number == 0 { low } else { low | 0x80 };
            self.length += 1;
            if number == 0 {
                return;
            }
        }
    }

    /// The encoded numbers.
    pub(super) fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}
