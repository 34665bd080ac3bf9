//! Walking a tree: to a key, and through a range of leaves in key order.

use seiza_state::{Key, KeyRange};

use super::leaf_ref::LeafRef;
use super::node::Leaf;
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
