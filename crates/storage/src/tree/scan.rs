//! Walking a tree: to a key, through a range of leaves in key order, and through all nodes in the order in which a tree is restored.

use seiza_state::{Key, KeyRange};

use super::leaf_ref::LeafRef;
use super::node::Leaf;
use super::restore::TreeNode;
use super::view::Node;

impl<'a> Node<'a> {
    /// The leaf of a key, where it is below.
    #[inline]
    pub(crate) fn find(self, key: &Key) -> Option<LeafRef<'a>> {
        let mut node = self;
        while node.height() > 0 {
            node = node.child(node.goes_left(key.as_bytes()))?;
        }
        node.leaf().filter(|leaf| leaf.key_bytes() == key.as_bytes())
    }
}

/// Visits leaves inside `range`, ascending; answers `false` where `visit` did.
pub(super) fn scan(node: Node<'_>, range: &KeyRange, visit: &mut dyn FnMut(&Leaf) -> bool) -> bool {
    let Some((left, right)) = node.children() else {
        return node.edge(false).show(&mut |leaf| !range.contains(&leaf.key) || visit(leaf));
    };
    let enter_left = node.goes_left(range.start.as_bytes());
    let enter_right = range.end.as_ref().is_none_or(|end| !node.goes_left(end.as_bytes()));
    (!enter_left || scan(left, range, visit)) && (!enter_right || scan(right, range, visit))
}

#[allow(dead_code, reason = "state sync exports trees")]
/// Visits every node, children first.
pub(super) fn export<E>(node: Node<'_>, visit: &mut dyn FnMut(TreeNode<'_>) -> Result<(), E>) -> Result<(), E> {
    if let Some((left, right)) = node.children() {
        export(left, visit)?;
        export(right, visit)?;
        return visit(TreeNode::Inner { version: node.version() });
    }
    let mut result = Ok(());
    node.edge(false).show(&mut |leaf| {
        result = visit(TreeNode::Leaf(leaf));
        true
    });
    result
}
