//! Ranges of keys: half-open, ordered bytewise, across stores where they say so.

use std::ops::Bound;

use crate::{Key, StoreId, Stores};

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

    /// The stores that the range reaches into.
    #[must_use]
    pub fn stores(&self) -> Stores {
        // Ranges mostly end at the last key of their store, which is said by the first of the next.
        let last = self.end.as_ref().map_or(u8::MAX, |end| end.store() as u8 - u8::from(end.path().is_empty()));
        Stores::between(self.start.store() as u8, last)
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
    use crate::STORES;
    use crate::key::tests::any_path;

    #[test]
    fn a_range_reaches_into_the_stores_whose_keys_it_may_hold() {
        let of = |stores: &[StoreId]| stores.iter().fold(Stores::default(), |all, store| all.and(*store));
        let across = |end| KeyRange { start: Key::new(StoreId::Evm, &[b"a"]), end };
        for (range, stores) in [
            (KeyRange::store(StoreId::Bank), of(&[StoreId::Bank])),
            (KeyRange::prefix(Key::new(StoreId::Bank, &[&[u8::MAX]])), of(&[StoreId::Bank])),
            (KeyRange::store(StoreId::Params), of(&[StoreId::Params])),
            (across(Some(Key::new(StoreId::Staking, &[]))), of(&[StoreId::Evm, StoreId::FeeMarket])),
            (across(Some(Key::new(StoreId::FeeMarket, &[b"a"]))), of(&[StoreId::Evm, StoreId::FeeMarket])),
            (across(None), of(&STORES[2..])),
        ] {
            assert_eq!(range.stores(), stores, "{range:?}");
        }
    }

    proptest! {
        #[test]
        fn a_prefix_range_holds_exactly_what_begins_so(prefix in any_path(), path in any_path()) {
            let range = KeyRange::prefix(Key::new(StoreId::Params, &[&prefix]));
            let key = Key::new(StoreId::Params, &[&path]);
            prop_assert_eq!(range.contains(&key), path.starts_with(&prefix));
            prop_assert!(!range.contains(&key) || range.stores().meets(Stores::default().and(key.store())));
        }
    }
}
