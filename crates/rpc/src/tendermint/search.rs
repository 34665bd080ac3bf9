//! Finding transactions and blocks: `tx`, `tx_search`, `block_search`.
//!
//! A hash is found by the index, and so is who names an address as `message.sender`, `transfer.sender` or
//! `transfer.recipient`: of all heights that are kept. All else walks blocks, newest bound first: a search without a lower
//! bound on its height looks at the last [`SEARCH_BLOCKS_MAX`] below its upper one; one that names a wider range is refused.

use std::ops::{Range, RangeInclusive};

use seiza_storage::StoredBlock;
use seiza_types::Height;
use serde_json::{Value, json};

use super::blocks::Reply;
use super::events::{self, tendermint_hash};
use super::fault::Fault;
use super::methods::Call;
use super::query::{Query, Tags};
use super::shapes::{base64, block, hex, result};
use super::{Dialect, by_address, proof};
use crate::limits::{PER_PAGE_DEFAULT, PER_PAGE_MAX, SEARCH_BLOCKS_MAX, SEARCH_FOUND_MAX};
use crate::{B256, Bytes};

/// One page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    number: usize,
    size: usize,
}

impl Page {
    /// The page that a caller wants of a list of `total`, by CometBFT's rules.
    pub(crate) fn of(call: &Call<'_>, total: usize) -> Result<Self, Fault> {
        let size = match call.params.number("per_page")? {
            None | Some(..1) => PER_PAGE_DEFAULT,
            Some(size) => usize::try_from(size).unwrap_or(PER_PAGE_MAX).min(PER_PAGE_MAX),
        };
        let (wanted, pages) = (call.params.number("page")?.unwrap_or(1), total.div_ceil(size).max(1));
        match usize::try_from(wanted) {
            Ok(number) if (1..=pages).contains(&number) => Ok(Self { number, size }),
            _ => Err(Fault::internal(format!("page should be within [1, {pages}] range, given {wanted}"))),
        }
    }

    /// Its places in a list of `total`.
    pub(crate) fn range(self, total: usize) -> Range<usize> {
        let start = ((self.number - 1) * self.size).min(total);
        start..(start + self.size).min(total)
    }
}

/// `tx`.
pub(crate) fn tx(call: &Call<'_>) -> Reply {
    let hash = call.params.hash("hash")?.ok_or_else(|| Fault::params("hash is missing"))?;
    let prove = call.params.switch("prove")?;
    match call.service.backend().tx_location(&hash)? {
        Some((height, index)) => shown(call.dialect, &*call.service.block(height)?, index, prove),
        None => Err(Fault::internal(format!("tx ({}) not found", hex(hash)))),
    }
}

/// A transaction of a block.
fn shown(dialect: Dialect, stored: &StoredBlock, index: usize, prove: bool) -> Reply {
    let (raw, receipt) = pair(stored, index)?;
    let mut shown = json!({
        "hash": hex(tendermint_hash(raw)),
        "height": stored.block.height().to_string(),
        "index": index,
        "tx_result": result::result(dialect, receipt, &events::of_tx(raw, receipt)),
        "tx": base64(raw),
    });
    if prove {
        shown["proof"] = proof::of_tx(&stored.block.txs, index);
    }
    Ok(shown)
}

fn pair(stored: &StoredBlock, index: usize) -> Result<(&Bytes, &seiza_types::Receipt), Fault> {
    let receipt = stored.results.as_ref().and_then(|results| results.receipts.get(index));
    stored.block.txs.get(index).zip(receipt).ok_or_else(|| Fault::internal("the block has no such transaction"))
}

/// `tx_search`.
pub(crate) fn tx_search(call: &Call<'_>) -> Reply {
    let query = query(call)?;
    let found = match query.text_of("tx.hash") {
        Some(text) => by_hash(call, &query, text)?,
        None => match by_address::named(&query) {
            Some(address) => by_address::find(call, &query, &address)?,
            None => walk(call, &query)?,
        },
    };
    let prove = call.params.switch("prove")?;
    let found = ordered(call, found)?;
    let page = Page::of(call, found.len())?.range(found.len());
    let mut last: Option<std::sync::Arc<StoredBlock>> = None;
    let mut txs = Vec::with_capacity(page.len());
    for (height, index) in &found[page] {
        let stored = match last.take().filter(|stored| stored.block.height() == *height) {
            Some(stored) => stored,
            None => call.service.block(*height)?,
        };
        txs.push(shown(call.dialect, &stored, *index, prove)?);
        last = Some(stored);
    }
    Ok(json!({ "txs": txs, "total_count": found.len().to_string() }))
}

fn query(call: &Call<'_>) -> Result<Query, Fault> {
    let text = call.params.text("query")?;
    if text.is_empty() {
        return Err(Fault::internal("query cannot be empty"));
    }
    Query::parse(&text).map_err(Fault::internal)
}

fn by_hash(call: &Call<'_>, query: &Query, text: &str) -> Result<Vec<(Height, usize)>, Fault> {
    let hash: B256 =
        text.trim_start_matches("0x").parse().map_err(|error| Fault::internal(format!("tx.hash: {error}")))?;
    let Some((height, index)) = call.service.backend().tx_location(&hash)? else { return Ok(Vec::new()) };
    let stored = call.service.block(height)?;
    let mut tags = tags_of(&stored, index)?;
    // Whichever of its hashes was asked for, in whichever letters.
    tags.insert("tx.hash".into(), vec![text.to_owned()]);
    Ok(if query.matches(&tags) { vec![(height, index)] } else { Vec::new() })
}

pub(super) fn tags_of(stored: &StoredBlock, index: usize) -> Result<Tags, Fault> {
    let (raw, receipt) = pair(stored, index)?;
    Ok(events::tx_tags(raw, stored.block.height(), &events::of_tx(raw, receipt)))
}

/// The heights that a query is about.
fn heights(call: &Call<'_>, query: &Query, tag: &str) -> Result<RangeInclusive<Height>, Fault> {
    let backend = call.service.backend();
    let (low, high) = query.bounds_of(tag);
    let last = high.unwrap_or(Height::MAX).min(backend.head().height);
    let first = low.unwrap_or_else(|| (last + 1).saturating_sub(SEARCH_BLOCKS_MAX)).max(backend.earliest()).max(1);
    if first <= last && last - first >= SEARCH_BLOCKS_MAX {
        let text = format!(
            "the query covers {} blocks, at most {SEARCH_BLOCKS_MAX} are searched at once: narrow {tag}",
            last - first + 1
        );
        return Err(Fault::internal(text));
    }
    Ok(first..=last)
}

fn walk(call: &Call<'_>, query: &Query) -> Result<Vec<(Height, usize)>, Fault> {
    let mut found = Vec::new();
    for height in heights(call, query, "tx.height")? {
        call.deadline.check()?;
        let stored = call.service.block(height)?;
        for index in 0..stored.block.txs.len() {
            if query.matches(&tags_of(&stored, index)?) {
                found.push((height, index));
            }
        }
        bounded(found.len())?;
    }
    Ok(found)
}

pub(super) fn bounded(found: usize) -> Result<(), Fault> {
    if found > SEARCH_FOUND_MAX {
        let text = format!("more than {SEARCH_FOUND_MAX} results: narrow the query");
        return Err(Fault::internal(text));
    }
    Ok(())
}

/// In the order that the caller wants; what was found is ascending.
fn ordered<T>(call: &Call<'_>, mut found: Vec<T>) -> Result<Vec<T>, Fault> {
    match call.params.text("order_by")?.as_str() {
        "" | "asc" => {}
        "desc" => found.reverse(),
        _ => return Err(Fault::internal("expected order_by to be either `asc` or `desc` or empty")),
    }
    Ok(found)
}

/// The tags of a block.
pub(crate) fn block_tags(height: Height) -> Tags {
    Tags::from([("tm.event".into(), vec!["NewBlock".into()]), ("block.height".into(), vec![height.to_string()])])
}

/// `block_search`: newest first unless asked otherwise, as in CometBFT.
pub(crate) fn block_search(call: &Call<'_>) -> Reply {
    let query = query(call)?;
    let matching = heights(call, &query, "block.height")?.filter(|height| query.matches(&block_tags(*height)));
    let mut found: Vec<Height> = matching.collect();
    bounded(found.len())?;
    found = match call.params.text("order_by")?.as_str() {
        "" => found.into_iter().rev().collect(),
        _ => ordered(call, found)?,
    };
    let page = Page::of(call, found.len())?.range(found.len());
    let blocks = found[page].iter().map(|height| Ok(block::with_id(&*call.service.block(*height)?)));
    let blocks = blocks.collect::<Result<Vec<Value>, Fault>>()?;
    Ok(json!({ "blocks": blocks, "total_count": found.len().to_string() }))
}
