//! Ways down a tree: by them state sync names the subtrees it hands out, without holding on to any node.

use super::Tree;
use super::view::Node;

/// Turns from the root down. A tree of 128 levels would have more leaves than there are numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Way {
    /// The first turn lowest; 1 is to the right.
    turns: u128,
    length: u8,
}

impl Way {
    /// One turn more.
    pub(crate) fn then(self, right: bool) -> Self {
        Self { turns: self.turns | u128::from(right) << self.length, length: self.length + 1 }
    }
}

impl Tree {
    /// The node at the end of a way; `None` where the tree ends before.
    pub(crate) fn at(&self, way: Way) -> Option<Node<'_>> {
        (0..way.length).try_fold(self.node()?, |node, turn| node.child((way.turns >> turn) & 1 == 0))
    }
}
