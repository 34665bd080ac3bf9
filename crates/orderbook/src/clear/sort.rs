//! Sorting a queue's newcomers: prices are mostly close, so that counting them does it.

use super::queue::Entry;

/// Fewer entries are compared with each other rather than counted.
const FEW: usize = 64;
/// Prices are counted where there are at most so many for each entry.
const SPREAD: u64 = 4;

/// Sorts entries that were pushed in the order of time: counting them by price is enough where the prices are close.
pub(super) fn sort_fresh(fresh: &mut [Entry], spare: &mut Vec<Entry>, counts: &mut Vec<u32>) {
    let ranks = fresh.iter().map(Entry::rank);
    let (low, high) = ranks.fold((u64::MAX, 0), |(low, high), rank| (low.min(rank), high.max(rank)));
    let (spread, len) = (high - low, fresh.len());
    if len < FEW || spread > SPREAD * len as u64 {
        return fresh.sort_unstable_by_key(|entry| entry.key);
    }
    counts.clear();
    counts.resize(spread as usize + 1, 0);
    fresh.iter().for_each(|entry| counts[(entry.rank() - low) as usize] += 1);
    let mut before = 0;
    for count in counts.iter_mut() {
        before += std::mem::replace(count, before);
    }
    spare.clear();
    spare.extend_from_slice(fresh);
    for entry in spare.iter() {
        let to = &mut counts[(entry.rank() - low) as usize];
        fresh[*to as usize] = *entry;
        *to += 1;
    }
}
