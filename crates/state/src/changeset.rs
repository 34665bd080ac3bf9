//! What one block changes: absolute values, in key order. This is what commitment hashes and the change log stores.
//!
//! Made in any order, because that is how execution makes it; found by hash, because the next block asks key by key; sorted
//! when somebody wants the order, once.

use std::fmt;
use std::sync::OnceLock;

use crate::key_order::sorted;
use crate::{Key, KeyIndex, KeyRange, StateError, StateRead, Value, Visit, WriteSet, scan_merged};

/// Up to so many changes are searched one by one.
const SEARCHED_IN_ORDER: usize = 8;
/// After so many searches of a long list it gets an index: adding two or three changes to a block's must not cost that.
const SEARCHES_WITHOUT_INDEX: u8 = 4;

/// Changes of one block: `Some` sets, `None` removes.
#[derive(Clone, Default)]
pub struct Changeset {
    changes: Vec<(Key, Option<Value>)>,
    /// Places in `changes`, from the first search on that needs it.
    index: OnceLock<KeyIndex>,
    /// Places in `changes` by key, from the first time on that the order is asked for.
    order: OnceLock<Box<[u32]>>,
    /// How often a long list was searched for a change to it.
    searches: u8,
}

impl Changeset {
    /// The changes of keys that all differ, in any order. Costs nothing: index and order are made when they are needed.
    #[must_use]
    pub fn from_unordered(changes: Vec<(Key, Option<Value>)>) -> Self {
        Self { changes, ..Self::default() }
    }

    /// As [`Changeset::from_unordered`], for who has the changes' index already.
    #[must_use]
    pub fn from_indexed(changes: Vec<(Key, Option<Value>)>, index: KeyIndex) -> Self {
        Self { changes, index: index.into(), ..Self::default() }
    }

    /// The change of `key`, if there is one.
    #[must_use]
    #[inline]
    pub fn get(&self, key: &Key) -> Option<&Option<Value>> {
        self.place(key).map(|place| &self.changes[place].1)
    }

    /// Records a change, replacing an earlier one of the same key.
    pub fn insert(&mut self, key: Key, value: Option<Value>) {
        match self.place_to_change(&key) {
            Some(place) => self.changes[place].1 = value,
            None => self.push(key, value),
        }
    }

    /// All changes in key order.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Option<Value>)> {
        self.in_order(self.order())
    }

    /// The changes inside a range, in key order.
    pub fn range(&self, range: &KeyRange) -> impl Iterator<Item = (&Key, &Option<Value>)> {
        let order = self.order();
        let first = order.partition_point(|place| self.changes[*place as usize].0 < range.start);
        let inside = &order[first..];
        let count = inside.partition_point(|place| range.contains(&self.changes[*place as usize].0));
        self.in_order(&inside[..count])
    }

    /// How many keys change.
    #[must_use]
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Lays `later` over these changes. What it costs is the smaller of the two.
    pub fn merge(&mut self, mut later: Changeset) {
        if self.len() >= later.len() {
            return later.changes.into_iter().for_each(|(key, value)| self.insert(key, value));
        }
        for (key, value) in std::mem::take(&mut self.changes) {
            if later.place_to_change(&key).is_none() {
                later.push(key, value);
            }
        }
        *self = later;
    }

    /// Keeps the changes that `stays` says.
    pub fn retain(&mut self, mut stays: impl FnMut(&Key, &Option<Value>) -> bool) {
        let before = self.len();
        self.changes.retain(|(key, value)| stays(key, value));
        if self.len() < before {
            *self = Self::from_unordered(std::mem::take(&mut self.changes));
        }
    }

    /// Visits `range` of `base` with these changes laid over it, in key order.
    ///
    /// # Errors
    /// Those of scanning `base`.
    pub fn scan_over(&self, base: &dyn StateRead, range: &KeyRange, visit: Visit<'_>) -> Result<(), StateError> {
        scan_merged(self.range(range).map(|(key, value)| (key, value.clone())), base, range, visit)
    }

    /// Takes in one job's writes; deltas are resolved against `self`, then `base`.
    ///
    /// # Errors
    /// Those of reading `base`, and overflow or underflow of an amount.
    pub fn absorb(&mut self, writes: WriteSet, base: &dyn StateRead) -> Result<(), StateError> {
        for (key, write) in writes {
            let place = self.place_to_change(&key);
            let value = write.resolve(&key, || match place {
                Some(place) => Ok(self.changes[place].1.clone()),
                None => base.get(&key),
            })?;
            match place {
                Some(place) => self.changes[place].1 = value,
                None => self.push(key, value),
            }
        }
        Ok(())
    }

    #[inline]
    fn place(&self, key: &Key) -> Option<usize> {
        if self.changes.len() <= SEARCHED_IN_ORDER {
            return self.search(key);
        }
        self.index.get_or_init(|| KeyIndex::of(&self.changes)).find(&self.changes, key)
    }

    fn place_to_change(&mut self, key: &Key) -> Option<usize> {
        if self.index.get().is_none() && self.searches < SEARCHES_WITHOUT_INDEX {
            self.searches += u8::from(self.changes.len() > SEARCHED_IN_ORDER);
            return self.search(key);
        }
        self.place(key)
    }

    #[inline]
    fn search(&self, key: &Key) -> Option<usize> {
        self.changes.iter().position(|(changed, _)| changed == key)
    }

    /// Appends the change of a key that has none.
    fn push(&mut self, key: Key, value: Option<Value>) {
        self.changes.push((key, value));
        self.order.take();
        if let Some(index) = self.index.get_mut() {
            index.pushed(&self.changes);
        }
    }

    fn order(&self) -> &[u32] {
        self.order.get_or_init(|| sorted(&self.changes))
    }

    fn in_order<'a>(&'a self, places: &'a [u32]) -> impl Iterator<Item = (&'a Key, &'a Option<Value>)> {
        places.iter().map(|place| {
            let (key, value) = &self.changes[*place as usize];
            (key, value)
        })
    }
}

impl PartialEq for Changeset {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl Eq for Changeset {}

impl fmt::Debug for Changeset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl FromIterator<(Key, Option<Value>)> for Changeset {
    /// From changes in any order; of one key's, the last stays.
    fn from_iter<I: IntoIterator<Item = (Key, Option<Value>)>>(changes: I) -> Self {
        let mut set = Self::default();
        changes.into_iter().for_each(|(key, value)| set.insert(key, value));
        set
    }
}
