//! What left the pool by being included, for a while: so that a late announcement of it costs nobody a verification.

use std::collections::HashSet;
use std::mem;

use seiza_types::B256;

/// Hashes in two generations: the newest `max` for certain, at most twice as many, without a clock.
#[derive(Debug)]
pub(crate) struct Recent {
    max: usize,
    young: HashSet<B256>,
    old: HashSet<B256>,
}

impl Recent {
    pub(crate) fn new(max: usize) -> Self {
        Self { max, young: HashSet::new(), old: HashSet::new() }
    }

    pub(crate) fn insert(&mut self, hash: B256) {
        if self.young.len() >= self.max && !self.young.contains(&hash) {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(hash);
    }

    pub(crate) fn contains(&self, hash: &B256) -> bool {
        self.young.contains(hash) || self.old.contains(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_kept_and_no_more_than_twice_as_many() {
        let hash = |n: u64| B256::left_padding_from(&n.to_be_bytes());
        let mut recent = Recent::new(100);
        for n in 0..1_000 {
            recent.insert(hash(n));
            assert!((n.saturating_sub(99)..=n).all(|newer| recent.contains(&hash(newer))), "{n}");
            assert!(recent.young.len() + recent.old.len() <= 200);
        }
        assert!(!recent.contains(&hash(1)), "forgotten long ago");
    }
}
