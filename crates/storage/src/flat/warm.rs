//! Many look-ups at once, of which only the time counts: each waits for memory at every step, together they wait once.

use super::{Flat, LEVELS_MAX, Node, child, chosen};
use crate::image::Files;

/// Hashes that are warmed at once: their lines fit the smallest cache, and memory answers no more at the same time.
const WARMED_AT_ONCE: usize = 64;

impl Flat {
    /// Brings what reads of these hashes will touch into the processor's caches. Level by level for many at once: a read by
    /// itself waits for memory at every step, these wait together.
    pub(crate) fn warm(&self, hashes: &[u64], files: &Files) {
        for hashes in hashes.chunks(WARMED_AT_ONCE) {
            let mut nodes = [&self.root; WARMED_AT_ONCE];
            let nodes = &mut nodes[..hashes.len()];
            (0..=LEVELS_MAX).take_while(|level| descend(nodes, hashes, *level)).for_each(drop);
            std::hint::black_box(touch(nodes, hashes, files));
        }
    }
}

/// One step down, for each hash; answers whether there was one.
fn descend(nodes: &mut [&Node], hashes: &[u64], level: u32) -> bool {
    let mut went = false;
    for (node, hash) in nodes.iter_mut().zip(hashes) {
        if let Node::Children(children) = *node {
            (*node, went) = (&children[child(*hash, level)], true);
        }
    }
    went
}

/// Looks at each hash's bucket, then at the leaf that it names; what is seen is of no interest.
fn touch(nodes: &[&Node], hashes: &[u64], files: &Files) -> u64 {
    let mut slots = [None; WARMED_AT_ONCE];
    for ((slot, node), hash) in slots.iter_mut().zip(nodes).zip(hashes) {
        if let Node::Page(page) = node
            && !page.is_empty()
        {
            *slot = page[chosen(*hash, page.len()) % page.len()].named(*hash);
        }
    }
    slots.iter().flatten().fold(0, |seen, slot| seen ^ slot.touch(files))
}
