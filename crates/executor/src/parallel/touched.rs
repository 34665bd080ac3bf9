//! Which keys may have changed, by their hashes: one bit each, so that asking costs one load. A false alarm costs a closer
//! look.

/// Bits of a set: a batch of transfers writes a thousand keys, and four kilobytes stay in a core's first cache.
const BITS: usize = 1 << 15;
/// Bits of a word.
const WORD: usize = u64::BITS as usize;

/// The hashes of an account's keys differ in their highest bits alone.
#[inline]
fn spread(hash: u64) -> usize {
    (hash ^ hash >> (u64::BITS - 8)) as usize
}

/// A set of hashes, without the promise that what it holds was put in.
#[derive(Debug)]
pub(crate) struct Touched {
    words: Vec<u64>,
    is_empty: bool,
}

impl Default for Touched {
    fn default() -> Self {
        Self { words: vec![0; BITS / WORD], is_empty: true }
    }
}

impl Touched {
    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        if !self.is_empty {
            self.words.fill(0);
            self.is_empty = true;
        }
    }

    /// Whether nothing was put in.
    pub(crate) fn is_empty(&self) -> bool {
        self.is_empty
    }

    /// Puts a hash in.
    #[inline]
    pub(crate) fn insert(&mut self, hash: u64) {
        let bit = spread(hash) % BITS;
        self.words[bit / WORD] |= 1 << (bit % WORD);
        self.is_empty = false;
    }

    /// Whether a hash may have been put in.
    #[inline]
    pub(crate) fn may_hold(&self, hash: u64) -> bool {
        let bit = spread(hash) % BITS;
        self.words[bit / WORD] & (1 << (bit % WORD)) != 0
    }
}

/// Bits of what a worker knows to have changed: a block's keys fill a tenth of them, and they stay in its second cache.
const CHANGED_BITS: usize = 1 << 19;

/// What a worker knows to have changed since the block began: a copy of its own, which no other core writes to.
#[derive(Debug)]
pub(crate) struct Changed {
    words: Vec<u64>,
    /// How many hashes of those that are put in one after the other it has seen.
    known: usize,
}

impl Default for Changed {
    fn default() -> Self {
        Self { words: vec![0; CHANGED_BITS / WORD], known: 0 }
    }
}

impl Changed {
    /// Forgets all; `hashes` are those that were put in.
    pub(crate) fn forget(&mut self, hashes: &[u64]) {
        if self.known > self.words.len() / 4 {
            self.words.fill(0);
        } else {
            hashes[..self.known].iter().for_each(|hash| self.words[spread(*hash) % CHANGED_BITS / WORD] = 0);
        }
        self.known = 0;
    }

    /// Takes in what is new of all hashes that were put in.
    pub(crate) fn catch_up(&mut self, hashes: &[u64]) {
        for hash in &hashes[self.known..] {
            let bit = spread(*hash) % CHANGED_BITS;
            self.words[bit / WORD] |= 1 << (bit % WORD);
        }
        self.known = hashes.len();
    }

    /// Whether a key of that hash may have changed.
    #[inline]
    pub(crate) fn may_hold(&self, hash: u64) -> bool {
        let bit = spread(hash) % CHANGED_BITS;
        self.words[bit / WORD] & (1 << (bit % WORD)) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_what_was_put_in_and_little_else() {
        let mut touched = Touched::default();
        let hash = |n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (0..1_000).for_each(|n| touched.insert(hash(n)));
        assert!((0..1_000).all(|n| touched.may_hold(hash(n))) && !touched.is_empty());
        assert!((1_000..11_000).filter(|n| touched.may_hold(hash(*n))).count() < 600);
        touched.clear();
        assert!(!(0..11_000).any(|n| touched.may_hold(hash(n))) && touched.is_empty());
    }

    #[test]
    fn a_worker_catches_up_with_what_has_changed() {
        let (mut changed, mut hashes) = (Changed::default(), vec![1, 2]);
        changed.catch_up(&hashes);
        hashes.push(1 << 40 | 77);
        assert!(changed.may_hold(1) && changed.may_hold(2) && !changed.may_hold(1 << 40 | 77));
        changed.catch_up(&hashes);
        assert!(changed.may_hold(1 << 40 | 77));
        changed.forget(&hashes);
        assert!(!hashes.iter().any(|hash| changed.may_hold(*hash)));
    }
}
