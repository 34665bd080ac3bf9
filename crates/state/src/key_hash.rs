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

/// Keys of so many bytes whose second is this belong to an account, if their store is one of the first three: its record
/// (auth), native balance (bank) and code hash (evm).
const ACCOUNT_BYTES: u64 = 22;
const ACCOUNT_PREFIX: u64 = 1;
const ACCOUNT_STORES: u64 = 3;
/// The hashes of an account's keys differ in these bits alone, which tables keep and do not take places from: so they lie
/// side by side, and who reads one has the others at hand.
const ACCOUNT_SHIFT: u32 = 57;

/// The hash of a short key.
#[inline]
pub(crate) fn of_short(words: [u64; SHORT_WORDS]) -> u64 {
    let kind = kind(&words);
    let key = &SECRET.words;
    let word = |at: usize| words[at].wrapping_add(key[at]);
    let sum = times(word(0).wrapping_sub(kind), word(1))
        .wrapping_add(times(word(2), word(3)))
        .wrapping_add(times(word(4), word(5)))
        .wrapping_add(times(word(6), key[SHORT_WORDS]));
    let folded = times(sum as u64 ^ key[SHORT_WORDS + 1], (sum >> 64) as u64 ^ key[SHORT_WORDS + 2]);
    folded as u64 ^ (folded >> 64) as u64 ^ (kind << ACCOUNT_SHIFT)
}

/// Which of an account's keys it is; 0 for other keys.
#[inline]
fn kind(words: &[u64; SHORT_WORDS]) -> u64 {
    let (store, prefix, bytes) = (words[0] & 0xff, words[0] >> 8 & 0xff, words[SHORT_WORDS - 1] >> 56);
    let is_of_account = bytes == ACCOUNT_BYTES && prefix == ACCOUNT_PREFIX && store <= ACCOUNT_STORES;
    if is_of_account { store } else { 0 }
}

/// The hash of a short key that differs from one of hash `hash` in the store alone.
#[inline]
pub(crate) fn of_sibling(hash: u64, words: &[u64; SHORT_WORDS], sibling: &[u64; SHORT_WORDS]) -> u64 {
    match (kind(words), kind(sibling)) {
        (0, _) | (_, 0) => of_short(*sibling),
        (kind, other) => hash ^ ((kind ^ other) << ACCOUNT_SHIFT),
    }
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
    fn an_account_s_keys_lie_side_by_side_and_differ_all_the_same() {
        let hashes = |address: [u8; 20]| {
            [StoreId::Auth, StoreId::Bank, StoreId::Evm].map(|store| Key::new(store, &[&[1], &address]).hash64())
        };
        let ([a, b, c], others) = (hashes([7; 20]), hashes([8; 20]));
        assert_eq!((a << 8, a << 8), (b << 8, c << 8), "only the highest byte differs");
        let mut all = [[a, b, c], others].concat();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 6);
        let link = Key::new(StoreId::Auth, &[&[2], &[7; 20]]).hash64();
        assert_ne!(link << 8, a << 8, "another key of the same address");
    }

    #[test]
    fn zeros_at_the_end_count() {
        let mut hashes: Vec<u64> = (0..100).map(|len| Key::new(StoreId::Bank, &[&vec![0; len][..]]).hash64()).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), 100);
    }
}
