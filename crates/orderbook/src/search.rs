//! Finding a number in a list that rises about evenly: a guess by its distance from the ends, then ever larger steps.

/// Where `wanted` stands among `len` keys that rise, or would. Even lists are found in a step or two, all others in
/// O(log len).
pub(crate) fn position(len: usize, key: impl Fn(usize) -> u64, wanted: u64) -> Result<usize, usize> {
    let Some(last) = len.checked_sub(1) else { return Err(0) };
    let guess = guess(key(0), key(last), last, wanted);
    let (mut low, mut high) = bracket(len, &key, wanted, guess);
    while low < high {
        let middle = low.midpoint(high);
        match key(middle).cmp(&wanted) {
            std::cmp::Ordering::Equal => return Ok(middle),
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    Err(low)
}

fn guess(first: u64, end: u64, last: usize, wanted: u64) -> usize {
    if wanted <= first {
        return 0;
    }
    if wanted >= end {
        return last;
    }
    let shift = (64 - (end - first).leading_zeros()).saturating_sub(32);
    let (part, whole) = ((wanted - first) >> shift, ((end - first) >> shift).max(1));
    (part.saturating_mul(last as u64) / whole).min(last as u64) as usize
}

/// The range around a guess in which the number must stand, if it is there.
fn bracket(len: usize, key: impl Fn(usize) -> u64, wanted: u64, guess: usize) -> (usize, usize) {
    let mut step = 1;
    if key(guess) <= wanted {
        let mut low = guess;
        while low + step < len && key(low + step) <= wanted {
            low += step;
            step *= 2;
        }
        return (low, len.min(low + step));
    }
    let mut high = guess;
    while high >= step && key(high - step) > wanted {
        high -= step;
        step *= 2;
    }
    (high.saturating_sub(step), high)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::position;

    proptest! {
        #[test]
        fn it_finds_what_a_binary_search_finds(mut keys in prop::collection::btree_set(any::<u64>(), 0..200), wanted: u64) {
            keys.extend([7, u64::MAX]);
            let keys: Vec<u64> = keys.into_iter().collect();
            for wanted in keys.iter().copied().chain([0, wanted, wanted % 9]) {
                prop_assert_eq!(position(keys.len(), |at| keys[at], wanted), keys.binary_search(&wanted));
            }
        }
    }

    #[test]
    fn nothing_is_found_in_nothing() {
        assert_eq!(position(0, |_| 0, 7), Err(0));
    }
}
