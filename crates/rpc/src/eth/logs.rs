//! Searching logs. There is no cap on the range of blocks: blooms say which to open, and the answer is bounded by its size
//! and by time. Where a bound is met, the error names the part of the range that fits.

use std::ops::RangeInclusive;

use alloy_eips::BlockNumberOrTag;
use alloy_rpc_types_eth::{Filter, FilterBlockOption, Log};
use seiza_types::Height;

use super::shapes;
use crate::backend::View;
use crate::limits::{FILTER_CHOICES_MAX, LOGS_MAX, LOGS_TIME_MAX};
use crate::methods::{Answer, Api, Registered, Table};
use crate::workers::{Deadline, Weight};
use crate::{Bloom, Failure};

/// Blooms between two looks at the clock.
const HEIGHTS_PER_CLOCK_LOOK: Height = 1_024;

pub(super) fn register(table: &mut Table) -> Registered {
    table.heavy("eth_getLogs", (Weight::Scan, LOGS_TIME_MAX), |api, args, deadline| {
        let filter: Filter = args.required(0)?;
        search(api, &filter, deadline)
    })
}

/// Logs that match a filter.
pub(super) fn search(api: &Api, filter: &Filter, deadline: &Deadline) -> Answer<Vec<Log>> {
    check(filter)?;
    match filter.block_option {
        FilterBlockOption::AtBlockHash(hash) => {
            let view = api.backend.view_by_hash(hash)?.ok_or(Failure::UnknownBlock)?;
            Ok(matching(filter, &view))
        }
        FilterBlockOption::Range { from_block, to_block } => {
            search_range(api, filter, range(api, from_block, to_block)?, deadline)
        }
    }
}

/// Bounds what a filter asks for.
///
/// # Errors
/// [`Failure::LimitExceeded`].
pub(super) fn check(filter: &Filter) -> Answer<()> {
    let choices = filter.topics.iter().map(|topic| topic.len()).chain([filter.address.len()]).max().unwrap_or(0);
    if choices > FILTER_CHOICES_MAX {
        let text = format!("a filter has at most {FILTER_CHOICES_MAX} addresses, and choices of a topic");
        return Err(Failure::LimitExceeded(text));
    }
    Ok(())
}

/// The heights that a filter means: the head where it says nothing.
fn range(api: &Api, from: Option<BlockNumberOrTag>, to: Option<BlockNumberOrTag>) -> Answer<RangeInclusive<Height>> {
    let head = api.backend.head().height;
    let height = |tag: Option<BlockNumberOrTag>| tag.and_then(|tag| api.backend.height_of(tag)).unwrap_or(head);
    let (from, to) = (height(from), height(to));
    if from > to {
        return Err(Failure::InvalidParams("invalid block range params".into()));
    }
    Ok(from..=to.min(head))
}

/// Logs of a range of heights.
pub(super) fn search_range(
    api: &Api,
    filter: &Filter,
    range: RangeInclusive<Height>,
    deadline: &Deadline,
) -> Answer<Vec<Log>> {
    if range.is_empty() {
        return Ok(Vec::new());
    }
    let (from, earliest) = (*range.start(), api.backend.earliest());
    if from < earliest {
        return Err(Failure::HistoryPruned { earliest });
    }
    let matcher = Matcher::new(filter);
    let in_time = |height: Height| !height.is_multiple_of(HEIGHTS_PER_CLOCK_LOOK) || !deadline.passed();
    let (heights, stopped) = api.backend.heights_with(range, |bloom| matcher.may_match(bloom), in_time)?;
    let mut found = Vec::new();
    for height in heights.into_iter().chain(stopped) {
        if deadline.passed() {
            return Err(too_many(from, height).unwrap_or_else(|| deadline.failure()));
        }
        if let Some(view) = api.backend.view_at(height)? {
            collect(filter, &view, &mut found);
        }
        match too_many(from, height) {
            Some(failure) if found.len() > LOGS_MAX => return Err(failure),
            _ => {}
        }
    }
    Ok(found)
}

/// The standard error: the range up to the block before `height` fits. `None` where that is no range: a single block is
/// answered whatever it holds.
fn too_many(from: Height, height: Height) -> Option<Failure> {
    let last = height.checked_sub(1).filter(|last| *last >= from)?;
    Some(Failure::LimitExceeded(format!(
        "query returned more than {LOGS_MAX} results. Try with this block range [{from:#x}, {last:#x}]."
    )))
}

/// The matching logs of one block.
pub(super) fn matching(filter: &Filter, view: &View) -> Vec<Log> {
    let mut found = Vec::new();
    collect(filter, view, &mut found);
    found
}

fn collect(filter: &Filter, view: &View, found: &mut Vec<Log>) {
    for shown in view.shown().chain(view.settlement()) {
        if shown.receipt.logs.iter().any(|log| filter.matches(log)) {
            found.extend(shapes::logs(view, shown).filter(|log| filter.matches(&log.inner)));
        }
    }
}

/// A filter's blooms, computed once.
struct Matcher(Vec<alloy_rpc_types_eth::BloomFilter>);

impl Matcher {
    fn new(filter: &Filter) -> Self {
        let topics = filter.topics_bloom_filter().map(|bloom| bloom.into_owned());
        Self(topics.into_iter().chain([filter.address_bloom_filter().into_owned()]).collect())
    }

    fn may_match(&self, bloom: &Bloom) -> bool {
        self.0.iter().all(|choices| choices.matches(*bloom))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_names_a_range_that_fits() {
        let text = too_many(16, 33).unwrap().to_string();
        assert_eq!(text, "query returned more than 10000 results. Try with this block range [0x10, 0x20].");
        assert_eq!(too_many(16, 16), None);
    }

    #[test]
    fn filters_are_bounded() {
        let many = |count: u64| {
            Filter::new()
                .address((0..count).map(|n| crate::Address::left_padding_from(&n.to_be_bytes())).collect::<Vec<_>>())
        };
        assert!(check(&many(1_000)).is_ok());
        assert_eq!(check(&many(1_001)).unwrap_err().code(), -32005);
    }
}
