//! What one block changes: absolute values, in key order. This is what commitment hashes and the change log stores.
//!
//! Made in any order, because that is how execution makes it; found by hash, because the next block asks key by key; sorted
//! when somebody wants the order, once.

mod traits;

use std::sync::OnceLock;

use crate::key_order::sorted;
use crate::part::find_in;
use crate::{Key, KeyIndex, KeyRange, Part, StateError, StateRead, Value, Visit, WriteSet, scan_merged};

/// After so many searches of a long list it gets an index: adding two or three changes to a block's must not cost that.
const SEARCHES_WITHOUT_INDEX: u8 = 4;

/// Changes of one block: `Some` sets, `None` removes.
#[derive(Clone, Default)]
pub struct Changeset {
    /// A power of two of parts, or none.
    parts: Vec<Part>,
    /// Places by key, from the first time on that the order is asked for.
    order: OnceLock<Box<[u32]>>,
    /// How often a long list was searched for a change to it.
    searches: u8,
}

impl Changeset {
    /// The changes of keys that all differ, in any order. Costs nothing: index and order are made when they are needed.
    #[must_use]
    pub fn from_unordered(changes: Vec<(Key, Option<Value>)>) -> Self {
        Self { parts: vec![Part::unindexed(changes)], ..Self::default() }
    }

    /// As [`Changeset::from_unordered`], for who has the changes' index already.
    #[must_use]
    pub fn from_indexed(changes: Vec<(Key, Option<Value>)>, index: KeyIndex) -> Self {
        Self::from_parts(vec![Part::indexed(changes, index)])
    }

    /// As [`Changeset::from_unordered`], for who has them in a power of two of parts ([`Part::chosen`]).
    #[must_use]
    pub fn from_parts(parts: Vec<Part>) -> Self {
        debug_assert!(parts.is_empty() || parts.len().is_power_of_two(), "the hash's bits choose the part");
        Self { parts, ..Self::default() }
    }

    /// The change of `key`, if there is one.
    #[must_use]
    #[inline]
    pub fn get(&self, key: &Key) -> Option<&Option<Value>> {
        find_in(&self.parts, key)
    }

    /// Records a change, replacing an earlier one of the same key.
    pub fn insert(&mut self, key: Key, value: Option<Value>) {
        match self.place_to_change(&key) {
            Some(place) => self.part(&key).set(place, value),
            None => self.push(key, value),
        }
    }

    /// All changes in key order.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Option<Value>)> {
        self.in_order(self.order())
    }

    /// The changes inside a range, in key order.
    pub fn range(&self, range: &KeyRange) -> impl Iterator<Item = (&Key, &Option<Value>)> {
        let stores = range.stores();
        if !self.parts.iter().any(|part| part.concerns(stores)) {
            return self.in_order(&[]);
        }
        let order = self.order();
        let first = order.partition_point(|place| self.pair(*place).0 < range.start);
        let inside = &order[first..];
        let count = inside.partition_point(|place| range.contains(&self.pair(*place).0));
        self.in_order(&inside[..count])
    }

    /// How many keys change.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parts.iter().map(|part| part.pairs.len()).sum()
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.iter().all(|part| part.pairs.is_empty())
    }

    /// Lays `later` over these changes. What it costs is the smaller of the two.
    pub fn merge(&mut self, mut later: Changeset) {
        if self.len() >= later.len() {
            return later.into_pairs().for_each(|(key, value)| self.insert(key, value));
        }
        for (key, value) in std::mem::take(self).into_pairs() {
            if later.place_to_change(&key).is_none() {
                later.push(key, value);
            }
        }
        *self = later;
    }

    /// Keeps the changes that `stays` says.
    pub fn retain(&mut self, stays: impl Fn(&Key, &Option<Value>) -> bool) {
        let leaves = |part: &&mut Part| part.pairs.iter().any(|(key, value)| !stays(key, value));
        for part in self.parts.iter_mut().filter(leaves) {
            let mut pairs = std::mem::take(&mut part.pairs);
            pairs.retain(|(key, value)| stays(key, value));
            *part = Part::unindexed(pairs);
            self.order.take();
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
                Some(place) => Ok(self.part(&key).at(place).clone()),
                None => base.get(&key),
            })?;
            match place {
                Some(place) => self.part(&key).set(place, value),
                None => self.push(key, value),
            }
        }
        Ok(())
    }

    /// The part in which a key is, or would be put.
    fn part(&mut self, key: &Key) -> &mut Part {
        if self.parts.is_empty() {
            self.parts.push(Part::default());
        }
        let chosen = Part::chosen(key.hash64(), self.parts.len());
        &mut self.parts[chosen]
    }

    fn place_to_change(&mut self, key: &Key) -> Option<usize> {
        let searches = self.searches;
        let part = self.part(key);
        if part.is_long_list() && searches < SEARCHES_WITHOUT_INDEX {
            let found = part.search(key);
            self.searches += 1;
            return found;
        }
        part.place(key)
    }

    /// Appends the change of a key that has none.
    fn push(&mut self, key: Key, value: Option<Value>) {
        self.order.take();
        self.part(&key).push(key, value);
    }

    fn into_pairs(self) -> impl Iterator<Item = (Key, Option<Value>)> {
        self.parts.into_iter().flat_map(|part| part.pairs)
    }

    /// The pair of that number: numbers go through the parts in turn.
    #[inline]
    fn pair(&self, number: u32) -> &(Key, Option<Value>) {
        let (number, parts) = (number as usize, self.parts.len());
        &self.parts[number & (parts - 1)].pairs[number >> parts.trailing_zeros()]
    }

    fn order(&self) -> &[u32] {
        self.order.get_or_init(|| {
            let parts = self.parts.len();
            let of_part =
                |(at, part): (usize, &Part)| (0..part.pairs.len()).map(move |place| (place * parts + at) as u32);
            sorted(self.parts.iter().enumerate().flat_map(of_part), |number| &self.pair(number).0)
        })
    }

    fn in_order<'a>(&'a self, numbers: &'a [u32]) -> impl Iterator<Item = (&'a Key, &'a Option<Value>)> {
        numbers.iter().map(|number| {
            let (key, value) = self.pair(*number);
            (key, value)
        })
    }
}
