//! What was learned of waiting transactions when they came in: which keys each is expected to touch. Filled by the threads
//! that admit, read by whoever executes, emptied as transactions leave the pool.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use seiza_chain::Footprint;

use crate::B256;
use crate::limits::FOOTPRINT_KEYS_KEPT_MAX;

/// Footprints by transaction hash; of all together a bounded number of keys. Cloning shares them.
#[derive(Debug, Clone, Default)]
pub struct Footprints(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    by_hash: HashMap<B256, Footprint>,
    keys: usize,
}

impl Known {
    fn insert(&mut self, hash: B256, footprint: Footprint) {
        let keys = self.keys + footprint.len();
        if keys <= FOOTPRINT_KEYS_KEPT_MAX && !self.by_hash.contains_key(&hash) {
            self.keys = keys;
            self.by_hash.insert(hash, footprint);
        }
    }

    fn remove(&mut self, hash: &B256) {
        if let Some(footprint) = self.by_hash.remove(hash) {
            self.keys -= footprint.len();
        }
    }
}

impl Footprints {
    /// Whether another one may be kept; learning for nothing is not worth the time.
    pub(crate) fn has_room(&self) -> bool {
        self.0.lock().keys < FOOTPRINT_KEYS_KEPT_MAX
    }

    /// Remembers what a transaction touches. One too many is forgotten at once.
    pub fn keep(&self, hash: B256, footprint: Footprint) {
        self.0.lock().insert(hash, footprint);
    }

    /// What is known of these, in their order.
    #[must_use]
    pub fn of(&self, hashes: impl Iterator<Item = B256>) -> Vec<Option<Footprint>> {
        let known = self.0.lock();
        hashes.map(|hash| known.by_hash.get(&hash).cloned()).collect()
    }

    /// These have left the pool.
    pub fn forget<'a>(&self, hashes: impl IntoIterator<Item = &'a B256>) {
        let mut known = self.0.lock();
        hashes.into_iter().for_each(|hash| known.remove(hash));
    }

    /// How many are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.lock().by_hash.len()
    }

    /// Whether none is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use seiza_chain::Intent;
    use seiza_chain::modules::fees;

    #[test]
    fn what_left_is_forgotten_and_what_is_too_much_is_never_kept() {
        let half: Footprint = vec![(fees::keys::base_fee(), Intent::Read); FOOTPRINT_KEYS_KEPT_MAX / 2].into();
        let (footprints, hash) = (Footprints::default(), B256::repeat_byte);
        (1..=3).for_each(|byte| footprints.keep(hash(byte), half.clone()));
        assert_eq!((footprints.len(), footprints.has_room()), (2, false));
        footprints.forget([&hash(1), &hash(3)]);
        footprints.keep(hash(2), half.clone());
        assert_eq!((footprints.len(), footprints.has_room()), (1, true), "twice the same counts once");
        footprints.keep(hash(3), half);
        let known: Vec<bool> = footprints.of((1..=3).map(hash)).iter().map(Option::is_some).collect();
        assert_eq!((known, footprints.has_room()), (vec![false, true, true], false));
    }
}
