//! The head's fast path: a persistent hash table from key to leaf, so that a point read costs two cache misses, and one
//! where the key is not there, instead of a walk down a search tree.
//!
//! Like the trees it is a value: cloning shares everything, editing copies only what others still use. It leads to the trees'
//! own leaves, in memory or in mapped files, so keys and values exist once. Hashes are keyed by the process ([`Key::hash64`]), so that nobody can choose
//! colliding keys; nothing that anyone can observe depends on them, because ranges are read from the trees.
//!
//! A trie over the hash leads to pages; its upper levels are few and stay in the processor's caches. A page is a hash table
//! of [`Bucket`]s, a cache line each. A bucket that overflows makes its page larger, and a page that is as large as pages
//! get splits into a level of the trie.

mod bucket;
mod build;
mod slot;
mod warm;

use std::sync::Arc;

use seiza_state::Key;

use self::bucket::Bucket;
use self::build::{build, larger};
use self::slot::Slot;
use crate::image::{Address, Files};
use crate::tree::{Leaf, LeafRef};

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
/// A persistent map from key to leaf. Its keys lie with the leaves, so whoever asks it says where the stored ones are.
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
    /// Bytes that the map takes for each leaf, about: seven share a cache line that is two thirds full.
    pub(crate) const LEAF_BYTES: u64 = 16;

    /// The map of leaves in files, of which each key's hash and address are given, no key twice.
    pub(crate) fn of_stored(leaves: Vec<(u64, Address)>) -> Self {
        let hashed = leaves.into_iter().map(|(hash, at)| Hashed { hash, slot: Slot::stored(at) }).collect();
        Self { root: build(hashed, 1, 0) }
    }

    /// The leaf of a key.
    #[inline]
    pub(crate) fn get<'a>(&'a self, key: &Key, files: &'a Files) -> Option<LeafRef<'a>> {
        find(&self.root, key.hash64(), key, files)
    }

    /// Puts a leaf, in the place of the one with its key if there is one.
    pub(crate) fn insert(&mut self, leaf: Arc<Leaf>, files: &Files) {
        let (hash, key) = (leaf.key.hash64(), leaf.key.clone());
        insert(&mut self.root, Hashed { hash, slot: Slot::memory(leaf) }, &key, 0, files);
    }

    /// Puts a leaf that is in the files now in the place of the one with its key.
    pub(crate) fn store(&mut self, hash: u64, at: Address, files: &Files) {
        let slot = Slot::stored(at);
        let Some(key) = slot.leaf(files).map(|leaf| leaf.key()) else { return };
        insert(&mut self.root, Hashed { hash, slot }, &key, 0, files);
    }

    /// Removes the leaf of a key, if there is one. Pages never shrink: keys come and go in the same places.
    pub(crate) fn remove(&mut self, key: &Key, files: &Files) {
        if self.get(key, files).is_some() {
            remove(&mut self.root, key.hash64(), 0, key, files);
        }
    }
}

/// A leaf with the hash by which it is placed.
#[derive(Debug, Clone)]
struct Hashed {
    hash: u64,
    slot: Slot,
}

/// Which child a hash chooses at a level.
#[inline]
fn child(hash: u64, level: u32) -> usize {
    (hash >> (level * LEVEL_BITS)) as usize % FAN_OUT
}

/// Which of so many buckets a hash chooses.
#[inline]
fn chosen(hash: u64, buckets: usize) -> usize {
    (hash >> BUCKET_SHIFT) as usize & buckets.wrapping_sub(1)
}

/// The bucket in which a key is, or in which there is room for it; `None` where there is none.
fn place(page: &[Bucket], hash: u64, key: &Key, files: &Files) -> Option<usize> {
    if page.len() <= PAGE_BUCKETS_MAX {
        let chosen = chosen(hash, page.len());
        return page
            .get(chosen)
            .filter(|bucket| bucket.has_room() || bucket.find(hash, key, files).is_some())
            .map(|_| chosen);
    }
    let of_key = page.iter().position(|bucket| bucket.find(hash, key, files).is_some());
    of_key.or_else(|| page.iter().position(Bucket::has_room))
}

#[inline]
fn find<'a>(mut node: &'a Node, hash: u64, key: &Key, files: &'a Files) -> Option<LeafRef<'a>> {
    let mut rest = hash;
    while let Node::Children(children) = node {
        node = &children[rest as usize % FAN_OUT];
        rest >>= LEVEL_BITS;
    }
    let Node::Page(page) = node else { unreachable!("the loop ends at a page") };
    if page.len() <= PAGE_BUCKETS_MAX {
        return page.get(chosen(hash, page.len()))?.find(hash, key, files);
    }
    page.iter().find_map(|bucket| bucket.find(hash, key, files))
}

fn insert(node: &mut Node, new: Hashed, key: &Key, level: u32, files: &Files) {
    match node {
        Node::Children(children) => {
            let index = child(new.hash, level);
            insert(&mut Arc::make_mut(children)[index], new, key, level + 1, files);
        }
        Node::Page(page) => match place(page, new.hash, key, files) {
            Some(place) => {
                let bucket = &mut Arc::make_mut(page)[place];
                if !bucket.replace(&new, key, files) {
                    bucket.add(new);
                }
            }
            None => *node = larger(page, new, level, files),
        },
    }
}

/// Removes a key that is there.
fn remove(node: &mut Node, hash: u64, level: u32, key: &Key, files: &Files) {
    match node {
        Node::Children(children) => {
            remove(&mut Arc::make_mut(children)[child(hash, level)], hash, level + 1, key, files)
        }
        Node::Page(page) => {
            let place = place(page, hash, key, files).expect("a key that is there is in a bucket");
            Arc::make_mut(page)[place].remove(hash, key, files);
        }
    }
}

#[cfg(test)]
mod tests;
