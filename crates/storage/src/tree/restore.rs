//! Rebuilding a tree from its nodes in post-order. Keys and sizes of inner nodes follow from the leaves, so only their
//! versions need to be kept; the shape is the exported one, not a balanced new one, because the root depends on it.

use std::sync::Arc;

use seiza_types::Height;

use super::Tree;
use super::node::{Inner, Leaf, Link};
use super::separator::Separator;
use crate::image::Files;

/// One node of an exported tree.
#[derive(Debug)]
pub(crate) enum TreeNode<'a> {
    /// A leaf.
    Leaf(&'a Leaf),
    /// A node over the last two subtrees not yet taken.
    Inner {
        /// The height that made or changed it.
        version: Height,
    },
}

/// A finished subtree with its smallest and its greatest leaf.
struct Subtree {
    link: Link,
    smallest: Arc<Leaf>,
    greatest: Arc<Leaf>,
}

/// Takes nodes in post-order and gives the tree.
#[derive(Default)]
pub(crate) struct Restorer {
    /// The last one on top.
    stack: Vec<Subtree>,
    files: Arc<Files>,
}

impl Restorer {
    /// Adds a leaf. Leaves have to come in ascending order of their keys; `false` where this one does not.
    #[must_use]
    pub(crate) fn leaf(&mut self, leaf: Arc<Leaf>) -> bool {
        let ascends = self.stack.last().is_none_or(|last| last.greatest.key < leaf.key);
        self.stack.push(Subtree { link: Link::Leaf(leaf.clone()), smallest: leaf.clone(), greatest: leaf });
        ascends
    }

    /// Joins the last two subtrees; `false` where there are none.
    #[must_use]
    pub(crate) fn inner(&mut self, version: Height) -> bool {
        let (Some(right), Some(left)) = (self.stack.pop(), self.stack.pop()) else { return false };
        let separator = Separator::between(left.greatest.key.as_bytes(), right.smallest.key.as_bytes());
        let inner = Inner::new(separator, left.link, right.link, version, &self.files);
        let link = Link::Inner(Arc::new(inner));
        self.stack.push(Subtree { link, smallest: left.smallest, greatest: right.greatest });
        true
    }

    /// The tree, where exactly one subtree, or nothing at all, is left.
    pub(crate) fn finish(mut self) -> Option<Tree> {
        let root = self.stack.pop().map(|subtree| subtree.link);
        self.stack.is_empty().then_some(Tree { root, files: self.files })
    }
}
