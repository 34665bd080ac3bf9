//! Seven leaves and a byte of each one's hash, in one cache line: which leaf is a key's, and mostly that none is, is known
//! before any leaf is touched.

use seiza_state::Key;

use super::Hashed;
use super::slot::Slot;
use crate::image::Files;
use crate::tree::LeafRef;

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
    slots: [Slot; BUCKET_LEAVES],
}

/// The byte of a hash that a bucket keeps: one that chose neither page nor bucket. Never 0.
#[inline]
fn tag(hash: u64) -> u64 {
    (hash >> 56).max(1)
}

impl Bucket {
    /// The leaf of a key.
    #[inline]
    pub(super) fn find<'a>(&'a self, hash: u64, key: &Key, files: &'a Files) -> Option<LeafRef<'a>> {
        self.place(hash, key, files).map(|(_, leaf)| leaf)
    }

    /// Whether there is room for one more leaf.
    pub(super) fn has_room(&self) -> bool {
        self.slots.iter().any(Slot::is_nothing)
    }

    /// Puts a leaf in the place of the one with its key; answers whether there was one.
    pub(super) fn replace(&mut self, new: &Hashed, key: &Key, files: &Files) -> bool {
        let place = self.place(new.hash, key, files).map(|(place, _)| place);
        if let Some(place) = place {
            self.slots[place] = new.slot.clone();
        }
        place.is_some()
    }

    /// Adds a leaf whose key is not there yet; the bucket has to have room.
    pub(super) fn add(&mut self, new: Hashed) {
        let place = self.slots.iter().position(Slot::is_nothing).expect("the caller asked whether there is room");
        self.slots[place] = new.slot;
        self.tag(place, tag(new.hash));
    }

    /// Removes the leaf of a key, if it is there.
    pub(super) fn remove(&mut self, hash: u64, key: &Key, files: &Files) {
        if let Some(place) = self.place(hash, key, files).map(|(place, _)| place) {
            self.slots[place] = Slot::default();
            self.tag(place, 0);
        }
    }

    /// The leaf whose tag is that of a hash, if there is one: probably the key's.
    #[inline]
    pub(super) fn named(&self, hash: u64) -> Option<&Slot> {
        let differences = self.tags ^ (tag(hash) * ONES);
        let zeros = differences.wrapping_sub(ONES) & !differences & HIGHS;
        self.slots.get(zeros.trailing_zeros() as usize / 8)
    }

    /// The leaves, in no order.
    pub(super) fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter().filter(|slot| !slot.is_nothing())
    }

    fn tag(&mut self, place: usize, tag: u64) {
        let shift = 8 * place;
        self.tags = (self.tags & !(0xff << shift)) | (tag << shift);
    }

    /// The place of a key's leaf. All tags are compared at once: bytes that became 0 are found by the borrow that
    /// subtracting 1 causes, which may also name the byte above one, so that only the key decides.
    #[inline]
    fn place<'a>(&'a self, hash: u64, key: &Key, files: &'a Files) -> Option<(usize, LeafRef<'a>)> {
        let differences = self.tags ^ (tag(hash) * ONES);
        let mut zeros = differences.wrapping_sub(ONES) & !differences & HIGHS;
        while zeros != 0 {
            let place = zeros.trailing_zeros() as usize / 8;
            let leaf = self.slots.get(place)?.leaf(files);
            if let Some(leaf) = leaf.filter(|leaf| leaf.is(key)) {
                return Some((place, leaf));
            }
            zeros &= zeros - 1;
        }
        None
    }
}
