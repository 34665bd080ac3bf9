//! A tree as state sync sees it: nodes one by one from the root down, each with its hash, and how hashes
//! are made. The border behind which trees may
//! be kept in any way: `sync` knows no more of them than this file.

use seiza_state::Key;
use seiza_types::{B256, Height};
use sha2::{Digest, Sha256};

use super::Tree;
use super::node::{Hash, Link, Prefix};

/// What one node holds.
pub(crate) enum View<'a> {
    /// A key and its value.
    Leaf {
        /// The key, with its store.
        key: &'a Key,
        /// The value.
        value: &'a [u8],
        /// The height that wrote it.
        version: Height,
    },
    /// Two subtrees.
    Inner {
        /// Keys below the split.
        left: &'a Link,
        /// The others.
        right: &'a Link,
        /// The height that made it or changed something below it.
        version: Height,
        /// Longest way down to a leaf.
        height: u8,
        /// Leaves below.
        size: u64,
    },
}

impl Tree {
    /// The topmost node; none of an empty store.
    pub(crate) fn top(&self) -> Option<&Link> {
        self.root.as_ref()
    }
}

impl Link {
    /// What the node holds.
    pub(crate) fn view(&self) -> View<'_> {
        match self {
            Self::Leaf(leaf) => View::Leaf { key: &leaf.key, value: &leaf.value, version: leaf.version },
            Self::Inner(inner) => View::Inner {
                left: &inner.left,
                right: &inner.right,
                version: inner.version,
                height: inner.height,
                size: inner.size,
            },
        }
    }

    /// Its hash in the commitment.
    pub(crate) fn commitment(&self) -> B256 {
        B256::new(self.hash())
    }
}

/// The hash of a leaf.
pub(crate) fn leaf_hash(path: &[u8], value: &[u8], version: Height) -> Hash {
    let length = Prefix::of_length(path.len());
    Sha256::new()
        .chain_update(Prefix::new(0, 1, version).as_slice())
        .chain_update(length.as_slice())
        .chain_update(path)
        .chain_update([32])
        .chain_update(Sha256::digest(value))
        .finalize()
        .into()
}

/// The hash of an inner node over its children's.
pub(crate) fn inner_hash(prefix: &Prefix, left: &Hash, right: &Hash) -> Hash {
    let mut hashes = [32; 66];
    hashes[1..33].copy_from_slice(left);
    hashes[34..].copy_from_slice(right);
    Sha256::new().chain_update(prefix.as_slice()).chain_update(hashes).finalize().into()
}
