//! Which keys may have changed under the jobs of a round, by their hashes: one bit each, so that a false alarm costs one run
//! of one job, and asking costs one load.

/// Bits for each batch of a round: a batch of transfers writes a thousand keys.
const BITS_PER_BATCH: usize = 1 << 17;
/// Bits of a word.
const WORD: usize = u64::BITS as usize;

/// A set of hashes, without the promise that what it holds was put in.
#[derive(Debug)]
pub(crate) struct Touched {
    words: Vec<u64>,
    mask: usize,
}

impl Touched {
    /// Nothing, with room for what so many batches write.
    pub(crate) fn for_batches(batches: usize) -> Self {
        let bits = (batches * BITS_PER_BATCH).next_power_of_two();
        Self { words: vec![0; bits / WORD], mask: bits - 1 }
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.words.fill(0);
    }

    /// Puts a hash in.
    #[inline]
    pub(crate) fn insert(&mut self, hash: u64) {
        let bit = hash as usize & self.mask;
        self.words[bit / WORD] |= 1 << (bit % WORD);
    }

    /// Whether a hash may have been put in.
    #[inline]
    pub(crate) fn may_hold(&self, hash: u64) -> bool {
        let bit = hash as usize & self.mask;
        self.words[bit / WORD] & (1 << (bit % WORD)) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_what_was_put_in_and_little_else() {
        let mut touched = Touched::for_batches(2);
        let hash = |n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (0..1_000).for_each(|n| touched.insert(hash(n)));
        assert!((0..1_000).all(|n| touched.may_hold(hash(n))));
        assert!((1_000..11_000).filter(|n| touched.may_hold(hash(*n))).count() < 200);
        touched.clear();
        assert!(!(0..11_000).any(|n| touched.may_hold(hash(n))));
    }
}
