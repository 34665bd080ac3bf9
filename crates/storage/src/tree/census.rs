//! What lies where in a tree.

use super::view::Node;
use crate::image::Address;

/// Nodes below and including one that lie in memory.
pub(crate) fn nodes_in_memory(node: Node<'_>) -> u64 {
    if node.address().is_some() {
        return 0;
    }
    1 + node.children().map_or(0, |(left, right)| nodes_in_memory(left) + nodes_in_memory(right))
}

/// Hash and address of every leaf below a node that lies in files with all below it; large halves on different cores.
pub(crate) fn stored_leaves(node: Node<'_>) -> Vec<(u64, Address)> {
    let mut leaves = Vec::new();
    match node.children().filter(|_| node.size() >= 1 << 16) {
        None => collect_leaves(node, &mut leaves),
        Some((left, right)) => {
            let right = rayon::join(|| leaves = stored_leaves(left), || stored_leaves(right)).1;
            leaves.extend(right);
        }
    }
    leaves
}

fn collect_leaves(node: Node<'_>, leaves: &mut Vec<(u64, Address)>) {
    if let Some((left, right)) = node.children() {
        collect_leaves(left, leaves);
        collect_leaves(right, leaves);
    } else {
        leaves.extend(node.leaf().zip(node.address()).map(|(leaf, address)| (leaf.hash64(), address)));
    }
}
