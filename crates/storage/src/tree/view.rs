//! A node as readers see it, whether it lies in memory or in a mapped file. Everything that walks a tree walks these.

use std::cmp::Ordering;

use seiza_types::Height;

use super::hash::{self, Hash};
use super::leaf_ref::LeafRef;
use super::node::{Inner, Leaf, Link};
use super::separator::{Separator, compare};
use crate::image::{Address, Files, Record, StoredInner, StoredLeaf};

/// A node of a tree. Copying it costs nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<'a> {
    files: &'a Files,
    at: At<'a>,
}

#[derive(Debug, Clone, Copy)]
enum At<'a> {
    Leaf(&'a Leaf),
    Inner(&'a Inner),
    StoredLeaf(Address, StoredLeaf<'a>),
    StoredInner(Address, StoredInner<'a>),
}

impl<'a> Node<'a> {
    /// The node a link leads to.
    #[inline]
    pub(super) fn of(link: &'a Link, files: &'a Files) -> Self {
        match link {
            Link::Leaf(leaf) => Self { files, at: At::Leaf(leaf) },
            Link::Inner(inner) => Self { files, at: At::Inner(inner) },
            Link::Stored(address) => Self::stored(*address, files),
        }
    }

    /// The node at an address.
    #[inline]
    pub(crate) fn stored(address: Address, files: &'a Files) -> Self {
        let at = match files.record(address) {
            Record::Leaf(leaf) => At::StoredLeaf(address, leaf),
            Record::Inner(inner) => At::StoredInner(address, inner),
        };
        Self { files, at }
    }

    /// Where it lies in the files; `None` for one in memory.
    pub(crate) fn address(&self) -> Option<Address> {
        match self.at {
            At::StoredLeaf(address, _) | At::StoredInner(address, _) => Some(address),
            _ => None,
        }
    }

    /// Leaves below, itself included.
    pub(crate) fn size(&self) -> u64 {
        match self.at {
            At::Leaf(_) | At::StoredLeaf(..) => 1,
            At::Inner(inner) => inner.size,
            At::StoredInner(_, inner) => inner.size,
        }
    }

    /// Longest way down to a leaf; 0 for a leaf.
    pub(crate) fn height(&self) -> u8 {
        match self.at {
            At::Leaf(_) | At::StoredLeaf(..) => 0,
            At::Inner(inner) => inner.height,
            At::StoredInner(_, inner) => inner.height,
        }
    }

    /// The height that made it or changed something below it.
    pub(crate) fn version(&self) -> Height {
        match self.at {
            At::Leaf(leaf) => leaf.version,
            At::StoredLeaf(_, leaf) => leaf.version,
            At::Inner(inner) => inner.version,
            At::StoredInner(_, inner) => inner.version,
        }
    }

    /// The hash. Nodes in memory compute it once; of stored ones those that lie lowest compute it each time.
    pub(crate) fn hash(&self) -> Hash {
        match self.at {
            At::Leaf(leaf) => leaf.hash(),
            At::Inner(inner) => inner.hash(self.files),
            At::StoredLeaf(_, leaf) => hash::leaf(leaf.version, leaf.path(), leaf.value),
            At::StoredInner(_, inner) => inner.hash.copied().unwrap_or_else(|| {
                let (left, right) = (Self::stored(inner.left, self.files), Self::stored(inner.right, self.files));
                hash::inner(inner.height, inner.size, inner.version, &left.hash(), &right.hash())
            }),
        }
    }

    /// The hash computed from what lies below, whatever is stored; the lowest `false` found ends it.
    pub(crate) fn computed_hash(&self, agrees: &mut bool) -> Hash {
        let Some((left, right)) = self.children() else { return self.hash() };
        let (left, right) = (left.computed_hash(agrees), right.computed_hash(agrees));
        let computed = hash::inner(self.height(), self.size(), self.version(), &left, &right);
        if let At::StoredInner(_, StoredInner { hash: Some(stored), .. }) = self.at {
            *agrees &= computed == *stored;
        }
        computed
    }

    /// Left and right; `None` for a leaf.
    pub(crate) fn children(&self) -> Option<(Self, Self)> {
        match self.at {
            At::Leaf(_) | At::StoredLeaf(..) => None,
            At::Inner(inner) => Some((Self::of(&inner.left, self.files), Self::of(&inner.right, self.files))),
            At::StoredInner(_, inner) => {
                Some((Self::stored(inner.left, self.files), Self::stored(inner.right, self.files)))
            }
        }
    }

    /// The left child (or the right one), where it is no leaf itself.
    #[inline]
    pub(crate) fn child(&self, left: bool) -> Option<Self> {
        match self.at {
            At::Leaf(_) | At::StoredLeaf(..) => None,
            At::Inner(inner) => Some(Self::of(if left { &inner.left } else { &inner.right }, self.files)),
            At::StoredInner(_, inner) => Some(Self::stored(if left { inner.left } else { inner.right }, self.files)),
        }
    }

    /// Key and value, where it is a leaf.
    #[inline]
    pub(crate) fn leaf(&self) -> Option<LeafRef<'a>> {
        match self.at {
            At::Leaf(leaf) => Some(LeafRef::Memory(leaf)),
            At::StoredLeaf(_, leaf) => Some(LeafRef::Stored(leaf)),
            _ => None,
        }
    }

    /// What an inner node remembers of the smallest key on its right; nothing for a leaf.
    pub(crate) fn separator(&self) -> Separator {
        match self.at {
            At::Inner(inner) => inner.separator,
            At::StoredInner(_, inner) => Separator::of(inner.separator),
            _ => Separator::of(&[]),
        }
    }

    /// Whether a key belongs to the left of this inner node.
    #[inline]
    pub(crate) fn goes_left(&self, key: &[u8]) -> bool {
        let told = match self.at {
            At::Inner(inner) => compare(key, inner.separator.as_slice()),
            At::StoredInner(_, inner) => compare(key, inner.separator),
            _ => None,
        };
        match told {
            Some(order) => order == Ordering::Less,
            None => self.child(false).is_some_and(|right| key < right.edge(false).key_bytes()),
        }
    }

    /// The last leaf below, or the first.
    pub(crate) fn edge(self, last: bool) -> LeafRef<'a> {
        let mut node = self;
        loop {
            match (node.leaf(), node.child(!last)) {
                (None, Some(child)) => node = child,
                (leaf, _) => return leaf.expect("a node without children is a leaf"),
            }
        }
    }

    /// The node in memory that this one becomes when it is changed: the same, with its children where they are. `None` for
    /// a leaf.
    pub(super) fn to_inner(self) -> Option<Inner> {
        match self.at {
            At::Inner(inner) => Some(inner.clone()),
            At::StoredInner(_, stored) => Some(Inner {
                separator: Separator::of(stored.separator),
                left: Link::Stored(stored.left),
                right: Link::Stored(stored.right),
                version: stored.version,
                size: stored.size,
                height: stored.height,
                hash: std::sync::OnceLock::new(),
            }),
            _ => None,
        }
    }
}
