//! Ranges of keys: half-open, ordered bytewise, across stores where they say so.

use std::ops::Bound;

use crate::{Key, StoreId};

/// A half-open range of keys, `start <= key < end`; `end` absent means to the end of all stores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRange {
    /// First key that may be in the range.
    pub start: Key,
    /// First key after the range.
    pub end: Option<Key>,
}

impl KeyRange {
    /// All keys that begin with `prefix`.
    #[must_use]
    pub fn prefix(prefix: Key) -> Self {
        let mut end = prefix.as_bytes().to_vec();
        while end.last() == Some(&u8::MAX) {
            end.pop();
        }
        if let Some(last) = end.last_mut() {
            *last += 1;
        }
        // After the last store there is no key, hence no end.
        Self { start: prefix, end: Key::decode(&end) }
    }

    /// All keys of one store.
    #[must_use]
    pub fn store(store: StoreId) -> Self {
        Self::prefix(Key::new(store, &[]))
    }

    /// Whether `key` lies in the range.
    #[must_use]
    pub fn contains(&self, key: &Key) -> bool {
        *key >= self.start && self.end.as_ref().is_none_or(|end| key < end)
    }

    /// The range in the form that `BTreeMap::range` takes.
    #[must_use]
    pub fn bounds(&self) -> (Bound<&Key>, Bound<&Key>) {
        (Bound::Included(&self.start), self.end.as_ref().map_or(Bound::Unbounded, Bound::Excluded))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::key::tests::any_path;

    proptest! {
        #[test]
        fn a_prefix_range_holds_exactly_what_begins_so(prefix in any_path(), path in any_path()) {
            let range = KeyRange::prefix(Key::new(StoreId::Params, &[&prefix]));
            prop_assert_eq!(range.contains(&Key::new(StoreId::Params, &[&path])), path.starts_with(&prefix));
        }
    }
}
