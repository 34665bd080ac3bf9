//! The hash of a key, under a secret of the process: nobody outside can choose keys that collide, and no result depends on
//! a hash.
//!
//! Keys are made all the time, nearly all of them short, so their hash has no loop, no branch and no call: it is NH (UMAC,
//! Black et al. 1999) over seven words, of which two different keys have the same with a chance of 2^-64, folded to one word.

use std::hash::BuildHasher as _;
use std::sync::LazyLock;

use foldhash::quality::RandomState;

use crate::key_bytes::SHORT_WORDS;

/// What the hash is keyed by.
struct Secret {
    words: [u64; SHORT_WORDS + 3],
    of_long: RandomState,
}

static SECRET: LazyLock<Secret> = LazyLock::new(|| {
    let random = std::hash::RandomState::new();
    Secret { words: std::array::from_fn(|at| random.hash_one(at)), of_long: RandomState::default() }
});

/// The hash of a short key.
#[inline]
pub(crate) fn of_short(words: [u64; SHORT_WORDS]) -> u64 {
    let key = &SECRET.words;
    let word = |at: usize| words[at].wrapping_add(key[at]);
    let sum = times(word(0), word(1))
        .wrapping_add(times(word(2), word(3)))
        .wrapping_add(times(word(4), word(5)))
        .wrapping_add(times(word(6), key[SHORT_WORDS]));
    let folded = times(sum as u64 ^ key[SHORT_WORDS + 1], (sum >> 64) as u64 ^ key[SHORT_WORDS + 2]);
    folded as u64 ^ (folded >> 64) as u64
}

/// The hash of a key that is too long for the above.
pub(crate) fn of_long(bytes: &[u8]) -> u64 {
    SECRET.of_long.hash_one(bytes)
}

#[inline]
fn times(a: u64, b: u64) -> u128 {
    u128::from(a) * u128::from(b)
}

#[cfg(test)]
mod tests {
    use crate::{Key, StoreId};

    /// Tables take their place from the low bits, their tag from the high ones.
    #[test]
    fn keys_that_differ_little_spread_over_low_and_high_bits() {
        for pad in [0, 20, 46, 47, 48, 90] {
            let hashes: Vec<u64> = (0..4096u64)
                .map(|number| Key::new(StoreId::Evm, &[&vec![0; pad], &number.to_be_bytes()[..]]).hash64())
                .collect();
            for shift in [0, 28, 56] {
                let mut counts = [0; 256];
                hashes.iter().for_each(|hash| counts[(hash >> shift) as usize % 256] += 1);
                assert!(counts.iter().all(|count| *count < 70), "sixteen are expected: {counts:?}");
            }
        }
    }

    #[test]
    fn zeros_at_the_end_count() {
        let mut hashes: Vec<u64> = (0..100).map(|len| Key::new(StoreId::Bank, &[&vec![0; len][..]]).hash64()).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), 100);
    }
}
