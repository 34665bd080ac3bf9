//! A Bloom filter over a run's keys: most runs do not hold a key, and most are not opened for it.

use crate::limits::FILTER_BITS_PER_KEY;

/// Bits set for each key; the best number for ten bits a key.
const PROBES: u64 = 7;

/// A run's filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filter(Vec<u8>);

impl Filter {
    /// A filter over hashed keys.
    pub(super) fn build(hashes: &[u64]) -> Self {
        let bytes = (hashes.len() * FILTER_BITS_PER_KEY).div_ceil(8).max(8);
        let mut filter = Self(vec![0; bytes]);
        for hash in hashes {
            for bit in filter.bits(*hash) {
                filter.0[bit / 8] |= 1 << (bit % 8);
            }
        }
        filter
    }

    /// A filter as stored.
    pub(super) fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The filter's bytes.
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether the key may be in the run; never wrong when it says no.
    pub(super) fn may_hold(&self, key: &[u8]) -> bool {
        self.bits(hash(key)).all(|bit| self.0[bit / 8] & (1 << (bit % 8)) != 0)
    }

    fn bits(&self, hash: u64) -> impl Iterator<Item = usize> + use<> {
        let count = (self.0.len() * 8).max(1);
        let step = hash.rotate_left(32) | 1;
        (0..PROBES)
            .map(move |probe| usize::try_from(hash.wrapping_add(probe.wrapping_mul(step)) % count as u64).unwrap_or(0))
    }
}

/// A key's hash: the same on every machine, because it is stored. Colliding keys only cost a needless look.
pub(super) fn hash(key: &[u8]) -> u64 {
    let mix = |state: u64, word: u64| {
        let product = u128::from(state ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        let bytes = product.to_le_bytes();
        let [low, high] = [0, 8].map(|at| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("8 bytes")));
        low ^ high
    };
    let state = key.chunks(8).fold(key.len() as u64 ^ 0x2545_f491_4f6c_dd1d, |state, chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        mix(state, u64::from_le_bytes(word))
    });
    mix(state, 0x94d0_49bb_1331_11eb)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_is_never_denied_and_little_else_is_claimed() {
        let keys: Vec<[u8; 9]> =
            (0..20_000u64).map(|n| [&n.to_be_bytes()[..], &[1]].concat().try_into().unwrap()).collect();
        let filter = Filter::build(&keys[..10_000].iter().map(|key| hash(key)).collect::<Vec<_>>());
        assert!(keys[..10_000].iter().all(|key| filter.may_hold(key)));
        let wrong = keys[10_000..].iter().filter(|key| filter.may_hold(&key[..])).count();
        assert!(wrong < 300, "{wrong} false answers in 10,000");
    }

    #[test]
    fn the_stored_hash_is_frozen() {
        assert_eq!([hash(b""), hash(b"seiza"), hash(b"0123456789abcdef")], FROZEN);
    }

    const FROZEN: [u64; 3] = [1_982_813_796_049_509_476, 17_230_951_907_687_063_640, 10_568_301_281_820_027_143];
}
