//! Sorts the keys of a list without moving the list.
//!
//! Keys share long beginnings (store, prefix, often the contract), and comparing two means two jumps in memory. So the
//! sort compares sixteen bytes at a time, taken out of the keys beforehand; only keys that have them in common are looked at
//! again, sixteen bytes further on.

use crate::Key;

/// Bytes of a key that are compared at a time.
const WORD_BYTES: usize = 16;
/// Up to so many keys with a common beginning are compared whole.
const COMPARED_WHOLE: usize = 8;
/// Keys with so many bytes in common are compared whole, however many.
const WORDS_TO: usize = 64;

/// Numbers in the order of their keys, which all differ.
pub(crate) fn sorted<'a>(numbers: impl Iterator<Item = u32>, key: impl Fn(u32) -> &'a Key) -> Box<[u32]> {
    let mut places: Vec<(u128, u32)> = numbers.map(|number| (0, number)).collect();
    sort(&key, &mut places, 0);
    places.into_iter().map(|(_, number)| number).collect()
}

/// Sorts `places`, whose keys have their first `common` bytes in common.
fn sort<'a>(key_of: &impl Fn(u32) -> &'a Key, places: &mut [(u128, u32)], common: usize) {
    let key = |place: &(u128, u32)| key_of(place.1);
    if places.len() <= COMPARED_WHOLE || common >= WORDS_TO {
        return places.sort_unstable_by(|a, b| key(a).cmp(key(b)));
    }
    for place in places.iter_mut() {
        place.0 = word(key(place).as_bytes(), common);
    }
    places.sort_unstable_by_key(|(word, _)| *word);
    for same in places.chunk_by_mut(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
        sort(key_of, same, common + WORD_BYTES);
    }
}

/// The bytes from `at` on as a number, padded with zeros: it orders as the bytes do, where it differs.
fn word(bytes: &[u8], at: usize) -> u128 {
    let rest = bytes.get(at..).unwrap_or_default();
    let mut word = [0; WORD_BYTES];
    match rest.first_chunk() {
        Some(whole) => word = *whole,
        None => word[..rest.len()].copy_from_slice(rest),
    }
    u128::from_be_bytes(word)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::StoreId;
    use crate::key::tests::any_path;

    proptest! {
        /// Beginnings in common of every length, keys that are beginnings of others, zeros that look like padding.
        #[test]
        fn places_come_in_key_order(paths in prop::collection::vec((any_path(), any_path()), 0..80)) {
            let keys: BTreeSet<Key> = paths.iter().map(|(a, b)| Key::new(StoreId::Evm, &[a, b])).collect();
            let mut pairs: Vec<(Key, ())> = keys.iter().map(|key| (key.clone(), ())).collect();
            pairs.sort_by_key(|(key, ())| key.hash64());
            let found = sorted(0..pairs.len() as u32, |place| &pairs[place as usize].0);
            prop_assert!(found.iter().map(|place| &pairs[*place as usize].0).eq(&keys));
        }
    }

    #[test]
    fn keys_that_differ_by_trailing_zeros_alone_are_sorted_by_length() {
        let mut pairs: Vec<(Key, ())> = (0..200).map(|len| (Key::new(StoreId::Bank, &[&vec![0; len]]), ())).collect();
        pairs.reverse();
        assert!(sorted(0..200, |place| &pairs[place as usize].0).iter().copied().eq((0..200).rev()));
    }
}
