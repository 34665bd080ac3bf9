//! A Bloom filter over a run's keys: most runs do not hold a key, and most are not opened for it.
//!
//! It is made of pages, each with its checksum; a key's hash says which page to look at. So a look costs one page, whatever
//! the size of the run, and no filter has to be in memory as a whole.

use crate::limits::FILTER_BITS_PER_KEY;

/// Bits set for each key; the best number for ten bits a key.
const PROBES: u64 = 7;
/// Bytes of a page with its checksum.
pub(super) const PAGE_BYTES: usize = 4_096;
/// Bits of a page that keys use.
const PAGE_BITS: u64 = (PAGE_BYTES as u64 - 4) * 8;

/// The pages of a filter over hashed keys.
pub(super) fn build(hashes: &[u64]) -> Vec<u8> {
    let pages = ((hashes.len() * FILTER_BITS_PER_KEY) as u64).div_ceil(PAGE_BITS).max(1);
    let mut out = vec![0; usize::try_from(pages).expect("as many as keys at most") * PAGE_BYTES];
    for hash in hashes {
        let page = &mut out[page_of(*hash, pages) * PAGE_BYTES..][..PAGE_BYTES];
        for bit in bits(*hash) {
            page[bit / 8] |= 1 << (bit % 8);
        }
    }
    out.chunks_exact_mut(PAGE_BYTES).for_each(seal_page);
    out
}

/// Ends a page with its checksum.
fn seal_page(page: &mut [u8]) {
    let (bits, checksum) = page.split_at_mut(PAGE_BYTES - 4);
    checksum.copy_from_slice(&crc32fast::hash(bits).to_le_bytes());
}

/// The page that knows of a key, of so many.
pub(super) fn page_of(hash: u64, pages: u64) -> usize {
    let page = (u128::from(hash) * u128::from(pages)) >> 64;
    usize::try_from(page).expect("below the number of pages")
}

/// Whether a page is as it was written.
pub(super) fn page_holds(page: &[u8]) -> bool {
    page.split_at_checked(PAGE_BYTES - 4).is_some_and(|(bits, sum)| sum == crc32fast::hash(bits).to_le_bytes())
}

/// Whether the key may be in the run; never wrong when it says no.
pub(super) fn may_hold(page: &[u8], hash: u64) -> bool {
    bits(hash).all(|bit| page[bit / 8] & (1 << (bit % 8)) != 0)
}

fn bits(hash: u64) -> impl Iterator<Item = usize> {
    let step = hash.rotate_left(32) | 1;
    (0..PROBES).map(move |probe| usize::try_from(hash.wrapping_add(probe.wrapping_mul(step)) % PAGE_BITS).unwrap_or(0))
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

    fn holds(filter: &[u8], key: &[u8]) -> bool {
        let hash = hash(key);
        let page = &filter[page_of(hash, (filter.len() / PAGE_BYTES) as u64) * PAGE_BYTES..][..PAGE_BYTES];
        assert!(page_holds(page));
        may_hold(page, hash)
    }

    #[test]
    fn what_is_in_is_never_denied_and_little_else_is_claimed() {
        for count in [1, 100, 3_000, 10_000] {
            let keys: Vec<[u8; 9]> =
                (0..20_000u64).map(|n| [&n.to_be_bytes()[..], &[1]].concat().try_into().unwrap()).collect();
            let filter = build(&keys[..count].iter().map(|key| hash(key)).collect::<Vec<_>>());
            assert!(keys[..count].iter().all(|key| holds(&filter, key)));
            let wrong = keys[10_000..].iter().filter(|key| holds(&filter, &key[..])).count();
            assert!(wrong < 300, "{wrong} false answers in 10,000 of a filter over {count}");
        }
    }

    #[test]
    fn the_stored_hash_is_frozen() {
        assert_eq!([hash(b""), hash(b"seiza"), hash(b"0123456789abcdef")], FROZEN);
    }

    const FROZEN: [u64; 3] = [1_982_813_796_049_509_476, 17_230_951_907_687_063_640, 10_568_301_281_820_027_143];
}
