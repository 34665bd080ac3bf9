//! What a peer is known to have: two generations of a set, so that it stays bounded without a clock.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash, RandomState},
    mem,
};

/// What a peer has (hashes of transactions, evidence), the newest [`Known::new`]'s `max` for certain, at most twice as many.
///
/// Entries are 8-byte keyed hashes: a peer can't choose them to collide.
#[derive(Debug)]
pub struct Known {
    hasher: RandomState,
    max: usize,
    /// The flag says that the peer itself told of it.
    young: HashMap<u64, bool>,
    old: HashMap<u64, bool>,
}

impl Known {
    /// Knows nothing yet.
    pub fn new(max: usize) -> Self {
        Self { hasher: RandomState::new(), max, young: HashMap::new(), old: HashMap::new() }
    }

    /// We tell the peer of it. Whether it did not know yet.
    pub fn tell<T: Hash + ?Sized>(&mut self, item: &T) -> bool {
        let key = self.hasher.hash_one(item);
        if self.young.contains_key(&key) {
            return false;
        }
        let before = self.old.get(&key).copied();
        self.insert(key, before.unwrap_or(false));
        before.is_none()
    }

    /// The peer told us of it.
    pub fn told<T: Hash + ?Sized>(&mut self, item: &T) {
        let key = self.hasher.hash_one(item);
        self.insert(key, true);
    }

    /// Whether the peer told us of it.
    pub fn promised<T: Hash + ?Sized>(&self, item: &T) -> bool {
        let key = self.hasher.hash_one(item);
        self.young.get(&key).or_else(|| self.old.get(&key)).copied().unwrap_or(false)
    }

    fn insert(&mut self, key: u64, told: bool) {
        if self.young.len() >= self.max && !self.young.contains_key(&key) {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(key, told);
    }
}

#[cfg(test)]
mod tests {
    use seiza_types::B256;

    use super::*;

    fn hash(number: u64) -> B256 {
        B256::left_padding_from(&number.to_be_bytes())
    }

    #[test]
    fn a_peer_is_told_once() {
        let mut known = Known::new(10);
        assert!(known.tell(&hash(1)));
        assert!(!known.tell(&hash(1)));
        known.told(&hash(2));
        assert!(!known.tell(&hash(2)), "it told us");
        assert_eq!([1, 2, 3].map(|n| known.promised(&hash(n))), [false, true, false]);
    }

    #[test]
    fn it_is_bounded_and_keeps_the_newest() {
        let mut known = Known::new(100);
        for number in 0..10_000 {
            known.told(&hash(number));
            assert!(known.young.len() + known.old.len() <= 200);
            for recent in number.saturating_sub(99)..=number {
                assert!(known.promised(&hash(recent)), "{recent} of {number}");
            }
        }
        assert!(known.tell(&hash(1)), "forgotten long ago");
    }

    #[test]
    fn a_promise_survives_the_change_of_generations() {
        let mut known = Known::new(2);
        known.told(&hash(1));
        known.tell(&hash(2));
        known.tell(&hash(3));
        assert!(!known.tell(&hash(1)), "from the old generation");
        assert!(known.promised(&hash(1)));
    }
}
