//! Making pages and levels: of all leaves at once, or of a page that has become too small.

use std::sync::Arc;

use rayon::prelude::*;

use super::bucket::{BUCKET_LEAVES, Bucket};
use super::slot::Slot;
use super::{FAN_OUT, Hashed, LEVELS_MAX, Node, PAGE_BUCKETS_MAX, child, chosen};
use crate::image::Files;

/// Leaves from which the parts of a map are built on several cores.
const PARALLEL_LEAVES: usize = 1 << 16;

/// What takes the place of a page in which there is no room for `new`.
pub(super) fn larger(page: &[Bucket], new: Hashed, level: u32, files: &Files) -> Node {
    let hashed = |slot: &Slot| Some(Hashed { hash: slot.leaf(files)?.hash64(), slot: slot.clone() });
    let mut leaves: Vec<Hashed> = page.iter().flat_map(Bucket::slots).filter_map(hashed).collect();
    leaves.push(new);
    build(leaves, page.len() * 2, level)
}

/// The node of these leaves: a page of at least so many buckets if one is large enough.
pub(super) fn build(leaves: Vec<Hashed>, buckets_min: usize, level: u32) -> Node {
    if leaves.is_empty() {
        return Node::default();
    }
    let mut buckets = buckets_min.max(1);
    while buckets <= PAGE_BUCKETS_MAX {
        let may_fit = leaves.len() <= buckets * BUCKET_LEAVES;
        if let Some(page) = may_fit.then(|| page(&leaves, buckets)).flatten() {
            return Node::Page(page);
        }
        buckets *= 2;
    }
    if level == LEVELS_MAX {
        return collided(&leaves);
    }
    let many = leaves.len() >= PARALLEL_LEAVES;
    let mut parts: [Vec<Hashed>; FAN_OUT] = Default::default();
    for leaf in leaves {
        parts[child(leaf.hash, level)].push(leaf);
    }
    if !many {
        return Node::Children(Arc::new(parts.map(|part| build(part, 1, level + 1))));
    }
    let nodes: Vec<Node> = parts.into_par_iter().map(|part| build(part, 1, level + 1)).collect();
    Node::Children(Arc::new(nodes.try_into().expect("as many nodes as parts")))
}

/// A page of these leaves in so many buckets, if they all find room.
fn page(leaves: &[Hashed], buckets: usize) -> Option<Arc<[Bucket]>> {
    let mut page = vec![Bucket::default(); buckets];
    for leaf in leaves {
        let bucket = &mut page[chosen(leaf.hash, buckets)];
        if !bucket.has_room() {
            return None;
        }
        bucket.add(leaf.clone());
    }
    Some(page.into())
}

/// A page in which leaves lie in any bucket.
fn collided(leaves: &[Hashed]) -> Node {
    let mut page = vec![Bucket::default(); (PAGE_BUCKETS_MAX + 1).max(leaves.len().div_ceil(BUCKET_LEAVES))];
    for (index, leaf) in leaves.iter().enumerate() {
        page[index / BUCKET_LEAVES].add(leaf.clone());
    }
    Node::Page(page.into())
}
