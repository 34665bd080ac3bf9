//! A tree as state sync sees it: nodes one by one from the root down, each with its hash. The border behind which trees may
//! be kept in any way: `sync` knows no more of them than this file.

use seiza_state::Key;
use seiza_types::{B256, Height};

use super::Tree;
use super::node::Link;

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
