//! Finding a number in a list that rises about evenly: a guess by its distance from the ends, then ever larger steps.

/// Where `wanted` stands among `len` keys that rise, or would; none is before the first of `ends` or behind the second. Even
/// lists are found in a step or two, all others in O(log len).
pub(crate) fn position_between(
    len: usize,
    ends: (u64, u64),
    key: impl Fn(usize) -> u64,
    wanted: u64,
) -> Result<usize, usize> {
    let Some(last) = len.checked_sub(1) else { return Err(0) };
    position_near(len, key, wanted, guess(ends, last, wanted))
}

/// The same, where a guess is at hand; the better it is, the fewer steps it takes.
pub(crate) fn position_near(len: usize, key: impl Fn(usize) -> u64, wanted: u64, guess: usize) -> Result<usize, usize> {
    let Some(last) = len.checked_sub(1) else { return Err(0) };
    let (mut low, high) = bracket(len, &key, wanted, guess.min(last));
    // The first that is not below `wanted` is in low..=high; no step asks what the one before it found.
    let mut size = high - low;
    while size > 0 {
        let half = size.div_ceil(2);
        low += if key(low + half - 1) < wanted { half } else { 0 };
        size -= half;
    }
    if low < len && key(low) == wanted { Ok(low) } else { Err(low) }
}

fn guess((first, end): (u64, u64), last: usize, wanted: u64) -> usize {
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

/// The range around a guess in which the first key stands that is not below `wanted`.
fn bracket(len: usize, key: impl Fn(usize) -> u64, wanted: u64, guess: usize) -> (usize, usize) {
    let mut step = 8;
    if key(guess) < wanted {
        let mut low = guess + 1;
        while low + step <= len && key(low + step - 1) < wanted {
            low += step;
            step *= 2;
        }
        return (low, len.min(low + step));
    }
    let mut high = guess;
    while high >= step && key(high - step) >= wanted {
        high -= step;
        step *= 2;
    }
    (high.saturating_sub(step), high)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{position_between, position_near};

    proptest! {
        #[test]
        fn it_finds_what_a_binary_search_finds(mut keys in prop::collection::btree_set(any::<u64>(), 0..200), wanted: u64) {
            keys.extend([7, u64::MAX]);
            let keys: Vec<u64> = keys.into_iter().collect();
            for wanted in keys.iter().copied().chain([0, wanted, wanted % 9]) {
                let expected = keys.binary_search(&wanted);
                for ends in [(keys[0], keys[keys.len() - 1]), (0, u64::MAX), (keys[0] / 2, u64::MAX)] {
                    prop_assert_eq!(position_between(keys.len(), ends, |at| keys[at], wanted), expected);
                }
                for guess in [0, keys.len() / 3, keys.len() - 1, usize::MAX] {
                    prop_assert_eq!(position_near(keys.len(), |at| keys[at], wanted, guess), expected);
                }
            }
        }
    }

    #[test]
    fn nothing_is_found_in_nothing() {
        assert_eq!(position_between(0, (0, 9), |_| 0, 7), Err(0));
    }
}
