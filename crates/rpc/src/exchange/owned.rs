//! An account's fills, block by block, by the index of whose orders a block filled.
//!
//! As in a scan, an answer says which blocks it is about, and no block is split. What is not the account's is never read, so
//! the cost grows with the account's own blocks.

use std::ops::RangeInclusive;

use seiza_types::exchange::MarketId;
use seiza_types::{Address, Height};

use super::feed::Blocks;
use super::scan::Found;
use super::shapes::Event;
use crate::methods::Answer;
use crate::workers::Deadline;

/// Blocks that the first look back from the head covers; each further one covers this many times more.
const LOOK_BACK: (Height, Height) = (1_024, 8);

/// Which blocks filled whose orders.
pub(crate) trait Owned: Blocks {
    /// Visits the heights of a range at which an order of that owner was filled, ascending, with the markets, until `visit`
    /// answers `false`.
    ///
    /// # Errors
    /// Where the index cannot be read.
    fn fills_of(
        &self,
        owner: &Address,
        heights: RangeInclusive<Height>,
        visit: &mut dyn FnMut(Height, &[MarketId]) -> bool,
    ) -> Answer<()>;
}

/// Whose fills are wanted, in which market, and how many are enough.
pub(crate) struct Wanted<'a> {
    pub(crate) owner: Address,
    pub(crate) market: Option<MarketId>,
    pub(crate) enough: usize,
    pub(crate) deadline: &'a Deadline,
}

impl Wanted<'_> {
    fn concerns(&self, market: MarketId) -> bool {
        self.market.is_none_or(|only| only == market)
    }

    /// At most that many heights of a range, the first or the last ones: each has a fill at least.
    fn heights(&self, blocks: &impl Owned, range: RangeInclusive<Height>, first: bool) -> Answer<Vec<Height>> {
        let mut found = std::collections::VecDeque::new();
        blocks.fills_of(&self.owner, range, &mut |height, markets| {
            found.extend(Some(height).filter(|_| markets.iter().any(|market| self.concerns(*market))));
            if !first && found.len() > self.enough {
                found.pop_front();
            }
            let more = !first || found.len() < self.enough;
            more && !self.deadline.passed()
        })?;
        Ok(found.into())
    }

    /// What is the owner's of one block.
    fn of_block(&self, blocks: &impl Owned, height: Height) -> Answer<Vec<Event>> {
        let block = blocks.published(height)?;
        let outcomes = block.outcomes().iter().filter(|outcome| self.concerns(outcome.market));
        let own = outcomes.flat_map(|outcome| outcome.fills.iter().map(move |fill| (outcome.market, fill)));
        let own = own.filter(|(_, fill)| fill.owner == self.owner);
        Ok(own.map(|(market, fill)| Event::filled((block.height, block.time, market), fill)).collect())
    }
}

/// Reads on from a height until there is enough, or the head is reached, or the time is over.
///
/// # Errors
/// Where index or blocks cannot be read.
pub(crate) fn since(blocks: &impl Owned, wanted: &Wanted<'_>, from: Height, head: Height) -> Answer<Found<Event>> {
    let mut found = Found { from, to: from - 1, items: Vec::new() };
    if from > head || wanted.deadline.passed() {
        return Ok(found);
    }
    for height in wanted.heights(blocks, from..=head, true)? {
        if found.items.len() >= wanted.enough || wanted.deadline.passed() {
            return Ok(found);
        }
        found.items.extend(wanted.of_block(blocks, height)?);
        found.to = height;
    }
    if found.items.len() < wanted.enough && !wanted.deadline.passed() {
        found.to = head;
    }
    Ok(found)
}

/// Reads back from the head until there is enough, or nothing earlier is kept, or the time is over.
///
/// # Errors
/// Where index or blocks cannot be read.
pub(crate) fn newest(blocks: &impl Owned, wanted: &Wanted<'_>, earliest: Height, head: Height) -> Answer<Found<Event>> {
    let (mut from, mut count, mut newest_first) = (head + 1, 0, Vec::new());
    let (mut span, factor) = LOOK_BACK;
    'looks: while from > earliest && count < wanted.enough {
        let begin = from.saturating_sub(span).max(earliest);
        let heights = wanted.heights(blocks, begin..=from - 1, false)?;
        for height in heights.into_iter().rev() {
            if count >= wanted.enough || wanted.deadline.passed() {
                break 'looks;
            }
            newest_first.push(wanted.of_block(blocks, height)?);
            (from, count) = (height, count + newest_first.last().map_or(0, Vec::len));
        }
        if wanted.deadline.passed() {
            break;
        }
        if count < wanted.enough {
            from = begin;
        }
        span = span.saturating_mul(factor);
    }
    Ok(Found { from, to: head, items: newest_first.into_iter().rev().flatten().collect() })
}

#[cfg(test)]
#[path = "owned_tests.rs"]
mod tests;
