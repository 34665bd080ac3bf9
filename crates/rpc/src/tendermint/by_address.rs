//! Searching by the addresses of a transaction: the index names all that may match, and some that don't.

use std::sync::Arc;

use seiza_storage::StoredBlock;
use seiza_types::Height;

use super::fault::Fault;
use super::methods::Call;
use super::query::Query;
use super::search::{bounded, tags_of};
use crate::Address;
use crate::limits::SEARCH_FOUND_MAX;

/// Tags whose addresses are indexed.
const TAGS: [&str; 3] = ["message.sender", "transfer.sender", "transfer.recipient"];

/// The address that a query names by an indexed tag.
pub(super) fn named(query: &Query) -> Option<Address> {
    TAGS.into_iter().find_map(|tag| seiza_storage::address(query.text_of(tag)?))
}

/// Height and place of every transaction that the address has part in and that matches, ascending.
pub(super) fn find(call: &Call<'_>, query: &Query, address: &Address) -> Result<Vec<(Height, usize)>, Fault> {
    let backend = call.service.backend();
    let (low, high) = query.bounds_of("tx.height");
    let last = high.unwrap_or(Height::MAX).min(backend.head().height);
    let mut named = Vec::new();
    backend.txs_of(address, low.unwrap_or(0)..=last, &mut |height, index| {
        named.push((height, index));
        named.len() <= SEARCH_FOUND_MAX
    })?;
    bounded(named.len())?;
    let (mut found, mut stored): (_, Option<Arc<StoredBlock>>) = (Vec::new(), None);
    for (height, index) in named {
        call.deadline.check()?;
        let block = match stored.take().filter(|stored| stored.block.height() == height) {
            Some(block) => block,
            None => call.service.block(height)?,
        };
        if query.matches(&tags_of(&block, index)?) {
            found.push((height, index));
        }
        stored = Some(block);
    }
    Ok(found)
}
