//! `exchange_fills`: what of an account's orders traded. Storage's index says in which blocks; only these are read.

use seiza_types::exchange::MarketId;
use seiza_types::{Address, Height};
use serde::Serialize;

use super::super::call::{Call, Written, written};
use super::super::feed::Blocks;
use super::super::owned::{Wanted, newest, since};
use super::super::shapes::Event;
use super::address;
use crate::Failure;
use crate::limits::{FILLS_DEFAULT, FILLS_MAX};
use crate::methods::Answer;

/// Fills of a range of blocks.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fills {
    height: Height,
    owner: Address,
    from_height: Height,
    to_height: Height,
    fills: Vec<Event>,
    /// Where to read on; `null` at the head.
    next: Option<Height>,
}

/// `exchange_fills`.
pub(crate) fn fills(call: &Call<'_>) -> Answer<Written> {
    let owner = address(&call.backend.at_head()?.state, call.fields.owner()?)?;
    let from = call.fields.number("from", 1..=u64::MAX)?;
    let enough = call.fields.limit(FILLS_DEFAULT, FILLS_MAX)?;
    let market = call.fields.optional_market()?.map(MarketId);
    let wanted = Wanted { owner, market, enough, deadline: call.deadline };
    let (backend, earliest) = (call.backend, Blocks::earliest(call.backend).max(1));
    let head = call.backend.head().height;
    let found = match from {
        Some(from) if from < earliest => return Err(Failure::HistoryPruned { earliest }),
        Some(from) => since(backend, &wanted, from, head)?,
        None => newest(backend, &wanted, earliest, head)?,
    };
    let height = call.backend.head().height;
    let (from_height, to_height, next) = (found.from, found.to, found.next(height));
    written(&Fills { height, owner, from_height, to_height, fills: found.items, next })
}
