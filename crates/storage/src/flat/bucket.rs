//! Seven leaves and a byte of each one's hash, in one cache line: which leaf is a key's, and mostly that none is, is known
//! before any leaf is touched.

use std::sync::Arc;

use seiza_state::Key;

use crate::tree::Leaf;

/// Leaves of a bucket; with their tags they fill a cache line of 64 bytes.
pub(super) const BUCKET_LEAVES: usize = 7;
/// The lowest bit of every byte.
const ONES: u64 = u64::from_ne_bytes([1; 8]);
/// The highest bit of every byte.
const HIGHS: u64 = ONES << 7;

/// Up to seven leaves.
#[derive(Debug, Clone, Default)]
#[repr(align(64))]
pub(super) struct Bucket {
    /// Byte `i` is leaf `i`'s tag, 0 where there is none.
    tags: u64,
    leaves: [Option<Arc<Leaf>>; BUCKET_LEAVES],
}

/// The byte of a hash that a bucket keeps: one that chose neither page nor bucket. Never 0.
#[inline]
fn tag(hash: u64) -> u64 {
    (hash >> 56).max(1)
}

impl Bucket {
    /// The leaf of a key.
    #[inline]
    pub(super) fn find(&self, hash: u64, key: &Key) -> Option<&Arc<Leaf>> {
        self.place(hash, key).and_then(|place| self.leaves[place].as_ref())
    }

    /// Whether [`Bucket::put`] has a place for a leaf with that key.
    pub(super) fn takes(&self, hash: u64, key: &Key) -> bool {
        self.leaves.iter().any(Option::is_none) || self.place(hash, key).is_some()
    }

    /// Puts a leaf in the place of the one with its key, or in a free one.
    pub(super) fn put(&mut self, hash: u64, leaf: Arc<Leaf>) {
        let free = || self.leaves.iter().position(Option::is_none);
        let place = self.place(hash, &leaf.key).or_else(free).expect("the caller asked whether the bucket takes it");
        self.leaves[place] = Some(leaf);
        self.tag(place, tag(hash));
    }

    /// Removes the leaf of a key, if it is there.
    pub(super) fn remove(&mut self, hash: u64, key: &Key) {
        if let Some(place) = self.place(hash, key) {
            self.leaves[place] = None;
            self.tag(place, 0);
        }
    }

    /// The leaf whose tag is that of a hash, if there is one: probably the key's.
    #[inline]
    pub(super) fn named(&self, hash: u64) -> Option<&Arc<Leaf>> {
        let differences = self.tags ^ (tag(hash) * ONES);
        let zeros = differences.wrapping_sub(ONES) & !differences & HIGHS;
        self.leaves.get(zeros.trailing_zeros() as usize / 8)?.as_ref()
    }

    /// The leaves, in no order.
    pub(super) fn leaves(&self) -> impl Iterator<Item = &Arc<Leaf>> {
        self.leaves.iter().flatten()
    }

    fn tag(&mut self, place: usize, tag: u64) {
        let shift = 8 * place;
        self.tags = (self.tags & !(0xff << shift)) | (tag << shift);
    }

    /// The place of a key's leaf. All tags are compared at once: bytes that became 0 are found by the borrow that
    /// subtracting 1 causes, which may also name the byte above one, so that only the key decides.
    #[inline]
    fn place(&self, hash: u64, key: &Key) -> Option<usize> {
        let differences = self.tags ^ (tag(hash) * ONES);
        let mut zeros = differences.wrapping_sub(ONES) & !differences & HIGHS;
        while zeros != 0 {
            let place = zeros.trailing_zeros() as usize / 8;
            if self.leaves.get(place)?.as_ref().is_some_and(|leaf| leaf.key == *key) {
                return Some(place);
            }
            zeros &= zeros - 1;
        }
        None
    }
}
