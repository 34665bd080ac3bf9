//! What an inner node remembers of the smallest key on its right: enough of its first bytes to tell nearly all keys apart.
//!
//! Whether a key belongs left or right of a node is decided by the whole smallest key on the right, as in cosmos/iavl; a
//! prefix of it decides for every key that does not begin with the prefix, and for the others the key is looked up at the
//! right side's first leaf. So a prefix of any length, also an empty one, gives the same tree.

use std::cmp::Ordering;
use std::fmt;

/// Bytes that are kept at most.
pub(crate) const SEPARATOR_BYTES_MAX: usize = 31;

/// A prefix of the smallest key on the right of a node.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Separator {
    length: u8,
    bytes: [u8; SEPARATOR_BYTES_MAX],
}

impl Separator {
    /// Enough of `right` to tell it from `left`, the greatest key on the left.
    pub(crate) fn between(left: &[u8], right: &[u8]) -> Self {
        let common = left.iter().zip(right).take_while(|(a, b)| a == b).count();
        Self::of(&right[..right.len().min(common + 1)])
    }

    /// A prefix, cut where it is longer than what is kept.
    pub(crate) fn of(prefix: &[u8]) -> Self {
        let length = prefix.len().min(SEPARATOR_BYTES_MAX);
        let mut bytes = [0; SEPARATOR_BYTES_MAX];
        bytes[..length].copy_from_slice(&prefix[..length]);
        Self { length: u8::try_from(length).expect("at most 31"), bytes }
    }

    /// The bytes kept.
    #[inline]
    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

/// How a key compares with the key that begins with `prefix`; `None` where the prefix does not tell.
#[inline]
pub(super) fn compare(key: &[u8], prefix: &[u8]) -> Option<Ordering> {
    match key.get(..prefix.len()) {
        Some(start) => Some(start.cmp(prefix)).filter(|order| order.is_ne()),
        // A key that ends within the prefix is below what begins with it.
        None => Some(key.cmp(prefix)),
    }
}

impl fmt::Debug for Separator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x?}", self.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_prefix_never_tells_anything_wrong(a in prop::collection::vec(0u8..3, 0..6), b in prop::collection::vec(0u8..3, 0..6), cut in 0usize..7) {
            let prefix = &b[..cut.min(b.len())];
            match compare(&a, prefix) {
                Some(order) => prop_assert_eq!(order, a.cmp(&b)),
                None => prop_assert!(a.starts_with(prefix)),
            }
        }

        #[test]
        fn neighbours_are_told_apart(mut pair in prop::array::uniform2(prop::collection::vec(0u8..3, 0..6))) {
            pair.sort();
            prop_assume!(pair[0] != pair[1]);
            let separator = Separator::between(&pair[0], &pair[1]);
            prop_assert!(pair[1].starts_with(separator.as_slice()));
            prop_assert_eq!(compare(&pair[0], separator.as_slice()), Some(Ordering::Less));
        }
    }
}
