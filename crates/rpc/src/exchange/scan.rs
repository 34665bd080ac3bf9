//! Reading the past block by block, a bounded number of blocks at a time.
//!
//! An answer says which blocks it is about: everything in them is in it, nothing else. A block is never split.

use seiza_types::Height;

use super::feed::Blocks;
use super::series::Published;
use crate::Failure;
use crate::limits::SCAN_BLOCKS_MAX;
use crate::methods::Answer;
use crate::workers::Deadline;

/// What was found in a range of blocks, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found<T> {
    /// The first block looked at.
    pub(crate) from: Height,
    /// The last block looked at; one less than `from` where there was none.
    pub(crate) to: Height,
    /// What was found.
    pub(crate) items: Vec<T>,
}

impl<T> Found<T> {
    /// Where to read on; `None` at the head.
    pub(crate) fn next(&self, head: Height) -> Option<Height> {
        (self.to < head).then_some(self.to + 1)
    }
}

/// Reads on from a height until there is enough, the head is reached, or the time or the bound on blocks is over.
///
/// # Errors
/// [`Failure::HistoryPruned`], and where a block cannot be read.
pub(crate) fn forward<T>(
    blocks: &impl Blocks,
    from: Height,
    enough: usize,
    deadline: &Deadline,
    pick: impl Fn(&Published, &mut Vec<T>),
) -> Answer<Found<T>> {
    let (from, earliest) = (from.max(1), blocks.earliest());
    if from < earliest {
        return Err(Failure::HistoryPruned { earliest });
    }
    let last = blocks.head().min(from.saturating_add(SCAN_BLOCKS_MAX - 1));
    let mut found = Found { from, to: from - 1, items: Vec::new() };
    while found.to < last && found.items.len() < enough && !deadline.passed() {
        pick(&blocks.published(found.to + 1)?, &mut found.items);
        found.to += 1;
    }
    Ok(found)
}

/// Reads back from a height, bounded in the same way; what is pruned ends it.
///
/// # Errors
/// Where a block cannot be read.
pub(crate) fn backward<T>(
    blocks: &impl Blocks,
    to: Height,
    enough: usize,
    deadline: &Deadline,
    pick: impl Fn(&Published, &mut Vec<T>),
) -> Answer<Found<T>> {
    let first = blocks.earliest().max(1).max((to + 1).saturating_sub(SCAN_BLOCKS_MAX));
    let (mut from, mut count, mut newest_first) = (to + 1, 0, Vec::new());
    while from > first && count < enough && !deadline.passed() {
        let mut items = Vec::new();
        pick(&blocks.published(from - 1)?, &mut items);
        (from, count) = (from - 1, count + items.len());
        newest_first.push(items);
    }
    Ok(Found { from, to, items: newest_first.into_iter().rev().flatten().collect() })
}

/// The first block of that time or later; one beyond the head where there is none.
///
/// # Errors
/// Where a block cannot be read.
pub(crate) fn height_at(blocks: &impl Blocks, time: u64) -> Answer<Height> {
    let (mut low, mut high) = (blocks.earliest().max(1), blocks.head() + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        if blocks.published(middle)?.time < time { low = middle + 1 } else { high = middle }
    }
    Ok(low)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use seiza_storage::BlockResults;

    use super::*;

    /// Blocks 5 to 40, each a second after the one before.
    struct Short;

    impl Blocks for Short {
        fn head(&self) -> Height {
            40
        }
        fn earliest(&self) -> Height {
            5
        }
        fn published(&self, height: Height) -> Answer<Published> {
            assert!((5..=40).contains(&height), "{height}");
            Ok(Published { height, time: height * 1_000, results: Arc::new(BlockResults::default()) })
        }
    }

    fn even(block: &Published, found: &mut Vec<Height>) {
        if block.height.is_multiple_of(2) {
            found.extend([block.height, block.height]);
        }
    }

    fn soon() -> Deadline {
        Deadline::after(Duration::from_secs(60))
    }

    #[test]
    fn a_scan_says_what_it_covers_and_splits_no_block() {
        let forward = |from, enough| forward(&Short, from, enough, &soon(), even);
        let backward = |to, enough| backward(&Short, to, enough, &soon(), even).unwrap();
        assert_eq!(forward(5, 3), Ok(Found { from: 5, to: 8, items: vec![6, 6, 8, 8] }));
        assert_eq!(forward(39, 3), Ok(Found { from: 39, to: 40, items: vec![40, 40] }));
        assert_eq!(forward(41, 3), Ok(Found { from: 41, to: 40, items: vec![] }));
        assert_eq!(forward(4, 3), Err(Failure::HistoryPruned { earliest: 5 }));
        assert_eq!(backward(40, 3), Found { from: 38, to: 40, items: vec![38, 38, 40, 40] });
        assert_eq!(backward(7, 30), Found { from: 5, to: 7, items: vec![6, 6] });
    }

    #[test]
    fn time_over_ends_a_scan_without_a_lie() {
        let over = Deadline::after(Duration::ZERO);
        assert_eq!(super::forward(&Short, 9, 3, &over, even), Ok(Found { from: 9, to: 8, items: vec![] }));
        assert_eq!(super::backward(&Short, 9, 3, &over, even), Ok(Found { from: 10, to: 9, items: vec![] }));
    }

    #[test]
    fn times_are_found() {
        for (time, height) in [(0, 5), (5_000, 5), (5_001, 6), (40_000, 40), (40_001, 41)] {
            assert_eq!(height_at(&Short, time), Ok(height), "{time}");
        }
    }
}
