//! Finds a key's place in a list of pairs in no time: what makes a plain list of changes readable by key.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use crate::Key;

/// Places of keys in a list of pairs that somebody else holds. Every call gets that list; its keys differ from each other.
#[derive(Debug, Clone, Default)]
pub struct KeyIndex(HashTable<u32>);

impl KeyIndex {
    /// An empty index with room for so many keys.
    #[must_use]
    pub fn with_capacity(keys: usize) -> Self {
        Self(HashTable::with_capacity(keys))
    }

    /// The index of a whole list.
    #[must_use]
    pub fn of<V>(pairs: &[(Key, V)]) -> Self {
        let mut places = HashTable::with_capacity(pairs.len());
        for (place, (key, _)) in pairs.iter().enumerate() {
            places.insert_unique(key.hash64(), place as u32, |place| hash_at(pairs, *place));
        }
        Self(places)
    }

    /// Where `key` is in `pairs`.
    #[must_use]
    #[inline]
    pub fn find<V>(&self, pairs: &[(Key, V)], key: &Key) -> Option<usize> {
        self.0.find(key.hash64(), |place| pairs[*place as usize].0 == *key).map(|place| *place as usize)
    }

    /// Where a key of that hash is in `pairs`.
    #[must_use]
    pub fn find_hash<V>(&self, pairs: &[(Key, V)], hash: u64) -> Option<usize> {
        self.0.find(hash, |place| hash_at(pairs, *place) == hash).map(|place| *place as usize)
    }

    /// Takes in the last pair, which was pushed since.
    pub fn pushed<V>(&mut self, pairs: &[(Key, V)]) {
        let Some(last) = pairs.len().checked_sub(1) else { return };
        self.0.insert_unique(hash_at(pairs, last as u32), last as u32, |place| hash_at(pairs, *place));
    }

    /// Where `key` is in `pairs`; if it is not there, it is taken in as the next that will be pushed.
    #[inline]
    pub fn find_or_push<V>(&mut self, pairs: &[(Key, V)], key: &Key) -> Option<usize> {
        let is_it = |place: &u32| pairs[*place as usize].0 == *key;
        match self.0.entry(key.hash64(), is_it, |place| hash_at(pairs, *place)) {
            Entry::Occupied(entry) => Some(*entry.get() as usize),
            Entry::Vacant(entry) => {
                entry.insert(pairs.len() as u32);
                None
            }
        }
    }

    /// Forgets the last pair, which is about to be popped.
    pub fn pops<V>(&mut self, pairs: &[(Key, V)]) {
        let Some(last) = pairs.len().checked_sub(1) else { return };
        if let Ok(entry) = self.0.find_entry(hash_at(pairs, last as u32), |place| *place as usize == last) {
            entry.remove();
        }
    }

    /// Forgets all, keeping the memory.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

fn hash_at<V>(pairs: &[(Key, V)], place: u32) -> u64 {
    pairs[place as usize].0.hash64()
}
