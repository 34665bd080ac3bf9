//! A part of a block's changes: pairs in the order in which they were made, found by key in no time.
//!
//! A block's changes lie in a power of two of parts, chosen by the hash of the key, so that several threads can make them at
//! once, a part each. Most blocks have one.

use std::borrow::Borrow;
use std::sync::OnceLock;

use crate::{Key, KeyIndex, Stores, Value};

/// Up to so many pairs without an index are searched one by one.
const SEARCHED_IN_ORDER: usize = 8;
/// The bits of the hash that choose the part begin here: neither those that place a key in a table, nor those that tables
/// keep.
const PART_SHIFT: u32 = 36;

/// Changes of different keys: `Some` sets, `None` removes.
#[derive(Debug, Clone, Default)]
pub struct Part {
    pub(crate) pairs: Vec<(Key, Option<Value>)>,
    /// Places in `pairs`, from the first search on that needs it.
    pub(crate) index: OnceLock<KeyIndex>,
    /// The stores in which keys change, from the first time on that somebody wants to know.
    stores: OnceLock<Stores>,
}

impl Part {
    /// An empty part with room for so many keys.
    #[must_use]
    pub fn with_capacity(keys: usize) -> Self {
        let stores = Stores::default().into();
        Self { pairs: Vec::with_capacity(keys), index: KeyIndex::with_capacity(keys).into(), stores }
    }

    /// The changes of keys that all differ. Costs nothing: the index is made when it is needed.
    pub(crate) fn unindexed(pairs: Vec<(Key, Option<Value>)>) -> Self {
        Self { pairs, index: OnceLock::new(), stores: OnceLock::new() }
    }

    /// The changes of keys that all differ, with their index.
    pub(crate) fn indexed(pairs: Vec<(Key, Option<Value>)>, index: KeyIndex) -> Self {
        Self { pairs, index: index.into(), stores: OnceLock::new() }
    }

    /// Whether a key in one of these stores may have changed.
    #[must_use]
    pub fn concerns(&self, stores: Stores) -> bool {
        let of_all = || self.pairs.iter().fold(Stores::default(), |all, (key, _)| all.and(key.store()));
        self.stores.get_or_init(of_all).meets(stores)
    }

    /// Which of so many parts (a power of two) a hash chooses.
    #[must_use]
    #[inline]
    pub fn chosen(hash: u64, parts: usize) -> usize {
        (hash >> PART_SHIFT) as usize & (parts - 1)
    }

    /// All pairs, in the order in which they were made.
    #[must_use]
    #[inline]
    pub fn pairs(&self) -> &[(Key, Option<Value>)] {
        &self.pairs
    }

    /// All pairs, taken out.
    #[must_use]
    pub fn into_pairs(self) -> Vec<(Key, Option<Value>)> {
        self.pairs
    }

    /// Where the change of `key` is, if there is one.
    #[must_use]
    #[inline]
    pub fn place(&self, key: &Key) -> Option<usize> {
        match self.index.get() {
            Some(index) => index.find(&self.pairs, key),
            None if self.pairs.len() <= SEARCHED_IN_ORDER => self.search(key),
            None => self.index().find(&self.pairs, key),
        }
    }

    /// Where a changed key of that hash is.
    #[must_use]
    pub fn place_of_hash(&self, hash: u64) -> Option<usize> {
        self.index().find_hash(&self.pairs, hash)
    }

    /// The change at a place.
    #[must_use]
    #[inline]
    pub fn at(&self, place: usize) -> &Option<Value> {
        &self.pairs[place].1
    }

    /// Replaces the change at a place.
    #[inline]
    pub fn set(&mut self, place: usize, value: Option<Value>) {
        self.pairs[place].1 = value;
    }

    /// Appends the change of a key that has none.
    #[inline]
    pub fn push(&mut self, key: Key, value: Option<Value>) {
        self.push_indexed(key, value);
        if let Some(index) = self.index.get_mut() {
            index.pushed(&self.pairs);
        }
    }

    /// Changes `key` to what `value` makes of its change so far, if there is one; answers whether there was none.
    ///
    /// # Errors
    /// Those of `value`; nothing has changed then.
    #[inline]
    pub fn change<E>(
        &mut self,
        key: Key,
        value: impl FnOnce(&Key, Option<&Option<Value>>) -> Result<Option<Value>, E>,
    ) -> Result<bool, (Key, E)> {
        let place = match self.index.get_mut() {
            Some(index) => index.find_or_push(&self.pairs, &key),
            None => match self.place(&key) {
                None => return self.push_made(key, value),
                place => place,
            },
        };
        let changed = place.map(|place| &self.pairs[place].1);
        match (value(&key, changed), place) {
            (Ok(value), Some(place)) => self.pairs[place].1 = value,
            (Ok(value), None) => self.push_indexed(key, value),
            (Err(error), place) => {
                if place.is_none() {
                    self.forget_pushed(&key);
                }
                return Err((key, error));
            }
        }
        Ok(place.is_none())
    }

    fn push_made<E>(
        &mut self,
        key: Key,
        value: impl FnOnce(&Key, Option<&Option<Value>>) -> Result<Option<Value>, E>,
    ) -> Result<bool, (Key, E)> {
        match value(&key, None) {
            Ok(value) => self.push(key, value),
            Err(error) => return Err((key, error)),
        }
        Ok(true)
    }

    /// The pair of a key that the index has taken in.
    #[inline]
    fn push_indexed(&mut self, key: Key, value: Option<Value>) {
        if let Some(stores) = self.stores.get_mut() {
            *stores = stores.and(key.store());
        }
        self.pairs.push((key, value));
    }

    /// Takes a key that was never pushed out of the index again.
    #[cold]
    fn forget_pushed(&mut self, key: &Key) {
        self.pairs.push((key.clone(), None));
        if let Some(index) = self.index.get_mut() {
            index.pops(&self.pairs);
        }
        self.pairs.pop();
    }

    /// Whether looking for a key costs a walk over all pairs, unless an index is made.
    pub(crate) fn is_long_list(&self) -> bool {
        self.index.get().is_none() && self.pairs.len() > SEARCHED_IN_ORDER
    }

    #[inline]
    pub(crate) fn search(&self, key: &Key) -> Option<usize> {
        self.pairs.iter().position(|(changed, _)| changed == key)
    }

    fn index(&self) -> &KeyIndex {
        self.index.get_or_init(|| KeyIndex::of(&self.pairs))
    }
}

/// The change of `key` in `parts`, if there is one.
#[must_use]
#[inline]
pub fn find_in<'a, P: Borrow<Part>>(parts: &'a [P], key: &Key) -> Option<&'a Option<Value>> {
    let part = parts.get(Part::chosen(key.hash64(), parts.len().max(1)))?.borrow();
    part.place(key).map(|place| part.at(place))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::StoreId;

    proptest! {
        /// Changes with failing ones among them, against a list.
        #[test]
        fn a_part_is_a_list_of_changes(steps in prop::collection::vec((0u8..24, prop::option::of(0u8..9)), 0..80), indexed: bool) {
            let mut part = if indexed { Part::with_capacity(2) } else { Part::unindexed(Vec::new()) };
            let mut list: Vec<(Key, Option<Value>)> = Vec::new();
            for (n, byte) in steps {
                let key = Key::new(StoreId::Bank, &[&[n]]);
                let known = list.iter().position(|(at, _)| *at == key);
                let value = byte.map(|byte| Value::from(vec![byte]));
                let changed = part.change(key.clone(), |_, before| {
                    assert_eq!(before, known.map(|at| &list[at].1));
                    byte.ok_or(n).map(|byte| (byte > 0).then(|| value.clone()).flatten())
                });
                let value = value.filter(|value| value.as_slice() != [0]);
                match (byte, known) {
                    (None, _) => prop_assert_eq!(changed, Err((key, n))),
                    (Some(_), Some(at)) => {
                        prop_assert_eq!(changed, Ok(false));
                        list[at].1 = value;
                    }
                    (Some(_), None) => {
                        prop_assert_eq!(changed, Ok(true));
                        list.push((key, value));
                    }
                }
                prop_assert_eq!(part.pairs(), &list[..]);
            }
            for (at, (key, _)) in list.iter().enumerate() {
                prop_assert_eq!(part.place(key), Some(at));
            }
        }
    }
}
