//! The head's fast path: a persistent hash table from key to leaf, so that a point read costs two cache misses, and one
//! where the key is not there, instead of a walk down a search tree.
//!
//! Like the trees it is a value: cloning shares everything, editing copies only what others still use. It holds the trees'
//! own leaves, so keys and values exist once. Hashes are keyed by the process ([`Key::hash64`]), so that nobody can choose
//! colliding keys; nothing that anyone can observe depends on them, because ranges are read from the trees.
//!
//! A trie over the hash leads to pages; its upper levels are few and stay in the processor's caches. A page is a hash table
//! of [`Bucket`]s, a cache line each. A bucket that overflows makes its page larger, and a page that is as large as pages
//! get splits into a level of the trie.

mod bucket;
mod warm;

use std::sync::Arc;

use seiza_state::Key;

use self::bucket::{BUCKET_LEAVES, Bucket};
use crate::tree::Leaf;

/// Bits of the hash that one level of the trie consumes, from the lowest on.
const LEVEL_BITS: u32 = 4;
/// Children of one node.
const FAN_OUT: usize = 1 << LEVEL_BITS;
/// Levels that the hash serves beside the bits that choose the bucket and those that the bucket keeps.
const LEVELS_MAX: u32 = 13;
/// The bits of the hash that choose the bucket begin here.
const BUCKET_SHIFT: u32 = LEVELS_MAX * LEVEL_BITS;
/// Buckets of the largest page: what editing copies is a quarter of a kilobyte at most.
const PAGE_BUCKETS_MAX: usize = 4;

/// A persistent map from key to leaf.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flat {
    root: Node,
}

#[derive(Debug, Clone)]
enum Node {
    /// Chosen by the next bits of the hash.
    Children(Arc<[Node; FAN_OUT]>),
    /// A power of two of buckets, or none. One of more than [`PAGE_BUCKETS_MAX`] holds leaves whose hashes have too much in
    /// common to be told apart, in any bucket: only chance can make them, and it will not.
    Page(Arc<[Bucket]>),
}

impl Default for Node {
    fn default() -> Self {
        Self::Page(Arc::default())
    }
}

impl Flat {
    /// The leaf of a key.
    #[inline]
    pub(crate) fn get(&self, key: &Key) -> Option<&Arc<Leaf>> {
        find(&self.root, key.hash64(), key)
    }

    /// Puts a leaf, in the place of the one with its key if there is one.
    pub(crate) fn insert(&mut self, leaf: Arc<Leaf>) {
        let hash = leaf.key.hash64();
        insert(&mut self.root, Hashed { hash, leaf }, 0);
    }

    /// Removes the leaf of a key, if there is one. Pages never shrink: keys come and go in the same places.
    pub(crate) fn remove(&mut self, key: &Key) {
        if self.get(key).is_some() {
            remove(&mut self.root, key.hash64(), 0, key);
        }
    }
}

/// A leaf with the hash by which it is placed.
#[derive(Debug, Clone)]
struct Hashed {
    hash: u64,
    leaf: Arc<Leaf>,
}

/// Which child a hash chooses at a level.
#[inline]
fn child(hash: u64, level: u32) -> usize {
    (hash >> (level * LEVEL_BITS)) as usize % FAN_OUT
}

/// The bucket in which a key is, or would be put; `None` where there is none or all are full.
#[inline]
fn place(page: &[Bucket], hash: u64, key: &Key) -> Option<usize> {
    if page.len() <= PAGE_BUCKETS_MAX {
        return Some(chosen(hash, page.len())).filter(|_| !page.is_empty());
    }
    let of_key = page.iter().position(|bucket| bucket.find(hash, key).is_some());
    of_key.or_else(|| page.iter().position(|bucket| bucket.takes(hash, key)))
}

/// Which of so many buckets a hash chooses.
#[inline]
fn chosen(hash: u64, buckets: usize) -> usize {
    (hash >> BUCKET_SHIFT) as usize & buckets.wrapping_sub(1)
}

#[inline]
fn find<'a>(mut node: &'a Node, hash: u64, key: &Key) -> Option<&'a Arc<Leaf>> {
    let mut rest = hash;
    while let Node::Children(children) = node {
        node = &children[rest as usize % FAN_OUT];
        rest >>= LEVEL_BITS;
    }
    let Node::Page(page) = node else { unreachable!("the loop ends at a page") };
    page[place(page, hash, key)?].find(hash, key)
}

fn insert(node: &mut Node, new: Hashed, level: u32) {
    match node {
        Node::Children(children) => {
            let index = child(new.hash, level);
            insert(&mut Arc::make_mut(children)[index], new, level + 1);
        }
        Node::Page(page) => {
            let place = place(page, new.hash, &new.leaf.key);
            match place.filter(|place| page[*place].takes(new.hash, &new.leaf.key)) {
                Some(place) => Arc::make_mut(page)[place].put(new.hash, new.leaf),
                None => *node = larger(page, new, level),
            }
        }
    }
}

/// What takes the place of a page in which there is no room for `new`.
fn larger(page: &[Bucket], new: Hashed, level: u32) -> Node {
    let mut leaves: Vec<Hashed> = page
        .iter()
        .flat_map(Bucket::leaves)
        .map(|leaf| Hashed { hash: leaf.key.hash64(), leaf: leaf.clone() })
        .collect();
    leaves.push(new);
    build(leaves, page.len() * 2, level)
}

/// The node of these leaves: a page of at least so many buckets if one is large enough.
fn build(leaves: Vec<Hashed>, buckets_min: usize, level: u32) -> Node {
    if leaves.is_empty() {
        return Node::default();
    }
    let mut buckets = buckets_min.max(1);
    while buckets <= PAGE_BUCKETS_MAX {
        if let Some(page) = page(&leaves, buckets) {
            return Node::Page(page);
        }
        buckets *= 2;
    }
    if level == LEVELS_MAX {
        return collided(&leaves);
    }
    let mut parts: [Vec<Hashed>; FAN_OUT] = Default::default();
    for leaf in leaves {
        parts[child(leaf.hash, level)].push(leaf);
    }
    Node::Children(Arc::new(parts.map(|part| build(part, 1, level + 1))))
}

/// A page of these leaves in so many buckets, if they all find room.
fn page(leaves: &[Hashed], buckets: usize) -> Option<Arc<[Bucket]>> {
    let mut page = vec![Bucket::default(); buckets];
    for Hashed { hash, leaf } in leaves {
        let bucket = &mut page[chosen(*hash, buckets)];
        if !bucket.takes(*hash, &leaf.key) {
            return None;
        }
        bucket.put(*hash, leaf.clone());
    }
    Some(page.into())
}

/// A page in which leaves lie in any bucket.
fn collided(leaves: &[Hashed]) -> Node {
    let mut page = vec![Bucket::default(); (PAGE_BUCKETS_MAX + 1).max(leaves.len().div_ceil(BUCKET_LEAVES))];
    for (index, Hashed { hash, leaf }) in leaves.iter().enumerate() {
        page[index / BUCKET_LEAVES].put(*hash, leaf.clone());
    }
    Node::Page(page.into())
}

/// Removes a key that is there.
fn remove(node: &mut Node, hash: u64, level: u32, key: &Key) {
    match node {
        Node::Children(children) => remove(&mut Arc::make_mut(children)[child(hash, level)], hash, level + 1, key),
        Node::Page(page) => {
            let place = place(page, hash, key).expect("a key that is there is in a bucket");
            Arc::make_mut(page)[place].remove(hash, key);
        }
    }
}

#[cfg(test)]
mod tests;
