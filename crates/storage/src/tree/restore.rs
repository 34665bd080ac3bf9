//! Rebuilding a tree from its nodes in post-order. Keys and sizes of inner nodes follow from the leaves, so only their
//! versions need to be kept; the shape is the exported one, not a balanced new one, because the root depends on it.

use std::sync::Arc;

use seiza_types::Height;

use super::Tree;
use super::node::{Inner, Leaf, Link};

/// One node of an exported tree.
#[derive(Debug)]
pub(crate) enum TreeNode<'a> {
    /// A leaf.
    Leaf(&'a Arc<Leaf>),
    /// A node over the last two subtrees not yet taken.
    Inner {
        /// The height that made or changed it.
        version: Height,
    },
}

/// Takes nodes in post-order and gives the tree.
#[derive(Default)]
pub(crate) struct Restorer {
    /// Finished subtrees with their smallest leaf, the last one on top.
    stack: Vec<(Link, Arc<Leaf>)>,
}

impl Restorer {
    /// Adds a leaf. Leaves have to come in ascending order of their keys; `false` where this one does not.
    #[must_use]
    pub(crate) fn leaf(&mut self, leaf: Arc<Leaf>) -> bool {
        let ascends = self.stack.last().is_none_or(|(link, _)| greatest(link).key < leaf.key);
        self.stack.push((Link::Leaf(leaf.clone()), leaf));
        ascends
    }

    /// Joins the last two subtrees; `false` where there are none.
    #[must_use]
    pub(crate) fn inner(&mut self, version: Height) -> bool {
        let (Some((right, right_smallest)), Some((left, smallest))) = (self.stack.pop(), self.stack.pop()) else {
            return false;
        };
        let inner = Inner::new(right_smallest.key.clone(), left, right, version);
        self.stack.push((Link::Inner(Arc::new(inner)), smallest));
        true
    }

    /// The tree, where exactly one subtree, or nothing at all, is left.
    pub(crate) fn finish(mut self) -> Option<Tree> {
        let root = self.stack.pop().map(|(link, _)| link);
        self.stack.is_empty().then_some(Tree { root })
    }
}

fn greatest(link: &Link) -> &Arc<Leaf> {
    match link {
        Link::Leaf(leaf) => leaf,
        Link::Inner(inner) => greatest(&inner.right),
    }
}
