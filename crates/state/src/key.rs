//! Keys: a store id and the module's own bytes, ordered bytewise, with their hash, in one cache line where they fit.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use crate::key_bytes::{KEY_INLINE_BYTES, KeyBytes, Short};
use crate::{StoreId, key_hash};

/// Store, prefix, address.
const ADDRESS_KEY_BYTES: u64 = 22;

/// A state key: one byte of store id, then the module's bytes. Ordered bytewise, so a store is one contiguous range.
#[derive(Clone)]
pub struct Key {
    /// Computed once, where the key is made: each of the tables that a read goes through asks for it.
    hash: u64,
    bytes: KeyBytes,
}

impl Key {
    /// A key of `store` from parts that are joined without separators.
    #[must_use]
    #[inline(always)]
    pub fn new(store: StoreId, parts: &[&[u8]]) -> Self {
        let len = 1 + parts.iter().map(|part| part.len()).sum::<usize>();
        if len > KEY_INLINE_BYTES {
            return Self::long(store, parts);
        }
        let short = Short::join(store as u8, parts);
        Self { hash: key_hash::of_short(short.words()), bytes: KeyBytes::Short(short) }
    }

    /// As [`Key::new`] of a byte and an address: most keys that are made are such.
    #[must_use]
    #[inline]
    pub fn of_address(store: StoreId, prefix: u8, address: &[u8; 20]) -> Self {
        let word = |at: usize| u64::from_le_bytes(std::array::from_fn(|byte| address[at + byte]));
        let first = u64::from(store as u8) | u64::from(prefix) << 8 | word(0) << 16;
        let words = [first, word(6), word(12) >> 16, 0, 0, 0, ADDRESS_KEY_BYTES << 56];
        Self { hash: key_hash::of_short(words), bytes: KeyBytes::Short(Short::of_words(words)) }
    }

    #[cold]
    fn long(store: StoreId, parts: &[&[u8]]) -> Self {
        let bytes = [&[store as u8], parts.concat().as_slice()].concat();
        Self { hash: key_hash::of_long(&bytes), bytes: KeyBytes::Long(bytes.into()) }
    }

    /// A key from its whole encoding (store byte first); `None` where the store byte is unknown or missing.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let store = StoreId::from_byte(*bytes.first()?)?;
        Some(Self::new(store, &[&bytes[1..]]))
    }

    /// The store this key belongs to.
    #[must_use]
    pub fn store(&self) -> StoreId {
        StoreId::from_byte(self.as_bytes()[0]).expect("every constructor checked the store byte")
    }

    /// The module's own bytes: what the store's IAVL tree is keyed by.
    #[must_use]
    pub fn path(&self) -> &[u8] {
        &self.as_bytes()[1..]
    }

    /// The key with the same path in another store. Between an account's keys, this costs no hash.
    #[must_use]
    #[inline]
    pub fn in_store(&self, store: StoreId) -> Self {
        let KeyBytes::Short(short) = &self.bytes else { return Self::long(store, &[self.path()]) };
        let words = short.words();
        let mut sibling = words;
        sibling[0] = words[0] & !0xff | u64::from(store as u8);
        let hash = key_hash::of_sibling(self.hash, &words, &sibling);
        Self { hash, bytes: KeyBytes::Short(Short::of_words(sibling)) }
    }

    /// The first key after this one: a zero byte longer.
    #[must_use]
    pub fn successor(&self) -> Self {
        Self::new(self.store(), &[self.path(), &[0]])
    }

    /// Store byte and path: the key's encoding.
    #[must_use]
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.as_slice()
    }

    /// The key's hash: costs nothing to ask for, differs from process to process, and equal keys have the same.
    #[must_use]
    #[inline]
    pub fn hash64(&self) -> u64 {
        self.hash
    }
}

impl PartialEq for Key {
    /// The hashes tell nearly all different keys apart; equal hashes prove nothing.
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && self.bytes == other.bytes
    }
}

impl Eq for Key {}

impl Ord for Key {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        self.bytes.cmp(&other.bytes)
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Key {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.store().name(), alloy_primitives::hex::encode(self.path()))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::STORES;

    /// Paths around the lengths and bytes at which keys change their form or carry over.
    pub(crate) fn any_path() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![Just(0u8), Just(1), Just(u8::MAX)];
        prop_oneof![prop::collection::vec(byte.clone(), 0..4), prop::collection::vec(byte, 52..58)]
    }

    proptest! {
        #[test]
        fn keys_compare_as_their_bytes_do(a in any_path(), b in any_path()) {
            let (a, b) = (Key::new(StoreId::Evm, &[&a]), Key::new(StoreId::Evm, &[&a[..a.len() / 2], &b]));
            prop_assert_eq!(a.cmp(&b), a.as_bytes().cmp(b.as_bytes()));
            prop_assert_eq!(a == b, a.as_bytes() == b.as_bytes());
            prop_assert_eq!(a == b, a.hash64() == b.hash64(), "so few keys do not collide");
            prop_assert_eq!(Key::decode(a.as_bytes()), Some(a));
        }

        #[test]
        fn a_key_of_an_address_is_as_if_made_of_its_parts(address: [u8; 20], prefix: u8) {
            for store in STORES {
                let (key, made) = (Key::of_address(store, prefix, &address), Key::new(store, &[&[prefix], &address]));
                prop_assert_eq!((&key, key.hash64(), key.as_bytes()), (&made, made.hash64(), made.as_bytes()));
            }
        }

        #[test]
        fn a_key_in_another_store_is_as_if_made_there(path in prop_oneof![any_path(), Just(vec![1; 21]), Just(vec![2; 21])]) {
            for store in STORES {
                let key = Key::new(store, &[&path]);
                for other in STORES {
                    let (moved, made) = (key.in_store(other), Key::new(other, &[&path]));
                    prop_assert_eq!((&moved, moved.hash64()), (&made, made.hash64()));
                }
            }
        }
    }
}
