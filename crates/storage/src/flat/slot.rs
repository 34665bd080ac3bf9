//! Eight bytes that lead to a leaf: one in memory, which is held like by an `Arc`, or one in a mapped file, by its address.

use std::ptr;
use std::sync::Arc;

use crate::image::{Address, Files, Record};
use crate::tree::{Leaf, LeafRef};

/// A leaf, or nothing. Zero is nothing, an odd number twice an address and one, an even one a pointer that came out of an
/// `Arc` of a leaf and holds one of its counts.
#[derive(Debug, Default)]
pub(super) struct Slot(u64);

/// A leaf has to lie at an even place, so that its pointer cannot pass for an address.
const _: () = assert!(align_of::<Leaf>().is_multiple_of(2));

#[allow(unsafe_code)]
impl Slot {
    /// Holds a leaf in memory.
    pub(super) fn memory(leaf: Arc<Leaf>) -> Self {
        Self(Arc::into_raw(leaf).expose_provenance() as u64)
    }

    /// Names a leaf in a file.
    pub(super) fn stored(address: Address) -> Self {
        Self(address.number() << 1 | 1)
    }

    /// Whether no leaf is here.
    #[inline]
    pub(super) fn is_nothing(&self) -> bool {
        self.0 == 0
    }

    /// The leaf.
    #[inline]
    pub(super) fn leaf<'a>(&'a self, files: &'a Files) -> Option<LeafRef<'a>> {
        if self.0 & 1 == 1 {
            return match files.record(Address::of(self.0 >> 1)) {
                Record::Leaf(leaf) => Some(LeafRef::Stored(leaf)),
                Record::Inner(_) => None,
            };
        }
        // SAFETY: an even number that is not 0 is a pointer that `Arc::into_raw` gave and whose count this slot holds, so
        // that the leaf lives as long as the slot is borrowed.
        let leaf = unsafe { self.pointer().as_ref() };
        leaf.map(LeafRef::Memory)
    }

    /// Of a leaf in a file: its first byte, of one in memory nothing.
    pub(super) fn touch(&self, files: &Files) -> u64 {
        if self.0 & 1 == 1 {
            return files.bytes(Address::of(self.0 >> 1)).first().copied().unwrap_or(0).into();
        }
        // SAFETY: as in `leaf`.
        let leaf = unsafe { self.pointer().as_ref() };
        leaf.map_or(0, |leaf| leaf.key.hash64() ^ leaf.value.len() as u64)
    }

    /// The pointer behind an even number; null where nothing is.
    fn pointer(&self) -> *const Leaf {
        ptr::with_exposed_provenance(self.0 as usize)
    }

    fn holds_memory(&self) -> bool {
        self.0 & 1 == 0 && self.0 != 0
    }
}

#[allow(unsafe_code)]
impl Clone for Slot {
    fn clone(&self) -> Self {
        if self.holds_memory() {
            // SAFETY: the pointer came out of `Arc::into_raw` and this slot holds one of its counts.
            unsafe { Arc::increment_strong_count(self.pointer()) };
        }
        Self(self.0)
    }
}

#[allow(unsafe_code)]
impl Drop for Slot {
    fn drop(&mut self) {
        if self.holds_memory() {
            // SAFETY: the pointer came out of `Arc::into_raw`, and the count that this slot holds ends with it.
            unsafe { Arc::decrement_strong_count(self.pointer()) };
        }
    }
}

#[cfg(test)]
mod tests {
    use seiza_state::{Key, StoreId, Value};

    use super::*;

    #[test]
    fn a_leaf_lives_as_long_as_its_last_slot() {
        let leaf = Leaf::new(Key::new(StoreId::Bank, &[b"a"]), Value::from(&b"1"[..]), 1);
        let slot = Slot::memory(leaf.clone());
        let other = slot.clone();
        assert_eq!(Arc::strong_count(&leaf), 3);
        drop(slot);
        assert_eq!(other.leaf(&Files::default()).unwrap().value_bytes(), b"1");
        drop(other);
        assert_eq!(Arc::strong_count(&leaf), 1);
        let nothing = Slot::default();
        assert!(nothing.is_nothing() && nothing.clone().leaf(&Files::default()).is_none());
    }
}
