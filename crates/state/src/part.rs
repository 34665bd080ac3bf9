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
        if let Some(stores) = self.stores.get_mut() {
            *stores = stores.and(key.store());
        }
        self.pairs.push((key, value));
        if let Some(index) = self.index.get_mut() {
            index.pushed(&self.pairs);
        }
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
