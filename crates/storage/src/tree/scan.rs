//! Walking a tree: a range of leaves in key order, and all nodes in the order in which a tree is restored.

use std::sync::Arc;

use seiza_state::KeyRange;

use super::node::{Leaf, Link};
use super::restore::TreeNode;

/// Visits leaves inside `range`, ascending; answers `false` where `visit` did.
pub(super) fn scan<'a>(link: &'a Link, range: &KeyRange, visit: &mut dyn FnMut(&'a Arc<Leaf>) -> bool) -> bool {
    match link {
        Link::Leaf(leaf) => !range.contains(&leaf.key) || visit(leaf),
        Link::Inner(inner) => {
            let left = range.start < inner.key;
            let right = range.end.as_ref().is_none_or(|end| inner.key < *end);
            (!left || scan(&inner.left, range, visit)) && (!right || scan(&inner.right, range, visit))
        }
    }
}

/// Visits every node, children first.
pub(super) fn export<E>(link: &Link, visit: &mut dyn FnMut(TreeNode<'_>) -> Result<(), E>) -> Result<(), E> {
    match link {
        Link::Leaf(leaf) => visit(TreeNode::Leaf(leaf)),
        Link::Inner(inner) => {
            export(&inner.left, visit)?;
            export(&inner.right, visit)?;
            visit(TreeNode::Inner { version: inner.version })
        }
    }
}
