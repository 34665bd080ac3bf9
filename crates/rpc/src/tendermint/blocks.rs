//! Blocks and what hangs on them: headers, commits, results.

use std::sync::Arc;

use seiza_chain::modules::exchange;
use seiza_storage::StoredBlock;
use seiza_types::{Height, block_id};
use serde_json::{Value, json};

use super::fault::Fault;
use super::methods::Call;
use super::shapes::{self, block, header, result};
use super::{Dialect, Service, events};
use crate::limits::BLOCK_METAS_MAX;

/// What a call answers.
pub(crate) type Reply = Result<Value, Fault>;

impl Service {
    /// The height that a caller names, the newest block's where it names none; CometBFT's sentences where there is no such
    /// block.
    pub(crate) fn height(&self, named: Option<i64>) -> Result<Height, Fault> {
        self.height_up_to(named, self.backend().head().height)
    }

    /// As [`Service::height`], where something is known up to `last`.
    pub(crate) fn height_up_to(&self, named: Option<i64>, last: Height) -> Result<Height, Fault> {
        let earliest = self.backend().earliest().max(1);
        let Some(named) = named else {
            return if last == 0 { Err(Fault::internal("there is no block yet")) } else { Ok(last) };
        };
        let height = Height::try_from(named).unwrap_or(0);
        if height == 0 {
            return Err(Fault::internal(format!("height must be greater than 0, but got {named}")));
        }
        if height > last {
            let text = format!("height {height} must be less than or equal to the current blockchain height {last}");
            return Err(Fault::internal(text));
        }
        if height < earliest {
            return Err(Fault::internal(format!("height {height} is not available, lowest height is {earliest}")));
        }
        Ok(height)
    }

    /// A committed block, with its results.
    pub(crate) fn block(&self, height: Height) -> Result<Arc<StoredBlock>, Fault> {
        let missing = || Fault::internal(format!("block at height {height} is not available"));
        self.backend().stored(height)?.ok_or_else(missing)
    }

    fn block_named(&self, call: &Call<'_>) -> Result<Arc<StoredBlock>, Fault> {
        self.block(self.height(call.params.number("height")?)?)
    }

    fn block_hashed(&self, call: &Call<'_>) -> Result<Option<Arc<StoredBlock>>, Fault> {
        let hash = call.params.hash("hash")?.ok_or_else(|| Fault::params("hash is missing"))?;
        let stored = self.backend().stored_by_hash(&hash)?;
        Ok(stored)
    }
}

/// `block`.
pub(crate) fn block(call: &Call<'_>) -> Reply {
    Ok(block::with_id(&*call.service.block_named(call)?))
}

/// `block_by_hash`: a block of nothing where there is none, as CometBFT has it.
pub(crate) fn block_by_hash(call: &Call<'_>) -> Reply {
    let none = || json!({ "block_id": header::no_block_id(), "block": null });
    Ok(call.service.block_hashed(call)?.map_or_else(none, |stored| block::with_id(&stored)))
}

/// `header`.
pub(crate) fn header(call: &Call<'_>) -> Reply {
    Ok(json!({ "header": header::header(&call.service.block_named(call)?.block.header) }))
}

/// `header_by_hash`.
pub(crate) fn header_by_hash(call: &Call<'_>) -> Reply {
    let stored = call.service.block_hashed(call)?;
    Ok(json!({ "header": stored.map(|stored| header::header(&stored.block.header)) }))
}

/// `commit`. Every commit here is the one that decided the block, so all are canonical.
pub(crate) fn commit(call: &Call<'_>) -> Reply {
    let stored = call.service.block_named(call)?;
    Ok(json!({ "signed_header": block::signed_header(&stored), "canonical": true }))
}

/// `blockchain`: newest first, at most [`BLOCK_METAS_MAX`].
pub(crate) fn blockchain(call: &Call<'_>) -> Reply {
    let last = call.service.backend().head().height;
    let earliest = call.service.backend().earliest().max(1);
    let bound = |name| Ok::<_, Fault>(call.params.number(name)?.unwrap_or(0));
    let (low, high) = (bound("minHeight")?, bound("maxHeight")?);
    let (Ok(low), Ok(high)) = (Height::try_from(low), Height::try_from(high)) else {
        return Err(Fault::internal("heights must be non-negative"));
    };
    let high = if high == 0 { last } else { high.min(last) };
    let low = low.max(earliest).max(high.saturating_sub(BLOCK_METAS_MAX - 1));
    if low > high && last > 0 {
        return Err(Fault::internal(format!("min height {low} can't be greater than max height {high}")));
    }
    let metas = (low..=high).rev().filter(|height| *height > 0);
    let metas = metas.map(|height| Ok(block::meta(&*call.service.block(height)?)));
    let metas = metas.collect::<Result<Vec<_>, Fault>>()?;
    Ok(json!({ "last_height": last.to_string(), "block_metas": metas }))
}

/// `block_results`.
pub(crate) fn block_results(call: &Call<'_>) -> Reply {
    let stored = call.service.block_named(call)?;
    let height = stored.block.height();
    let results = results(call.dialect, &stored);
    let results = if results.is_empty() { Value::Null } else { results.into() };
    let updates = call.service.validator_updates(height)?;
    let updates = if updates.is_empty() { Value::Null } else { updates.into() };
    let events = block_events(call.dialect, &stored);
    let events = if events.is_empty() { Value::Null } else { events.into() };
    Ok(match call.dialect {
        // Hex, although CometBFT has base64: `tendermint-rpc` reads hex alone, and nobody else reads it.
        Dialect::V38 => json!({
            "height": height.to_string(),
            "txs_results": results,
            "finalize_block_events": events,
            "validator_updates": updates,
            "consensus_param_updates": null,
            "app_hash": shapes::hex(call.service.backend().app_hash_at(height)?),
        }),
        Dialect::V34 => json!({
            "height": height.to_string(),
            "txs_results": results,
            "begin_block_events": null,
            "end_block_events": events,
            "validator_updates": updates,
            "consensus_param_updates": null,
        }),
    })
}

/// The results of a block's transactions.
pub(crate) fn results(dialect: Dialect, stored: &StoredBlock) -> Vec<Value> {
    let Some(results) = &stored.results else { return Vec::new() };
    let all = stored.block.txs.iter().zip(&results.receipts);
    all.map(|(raw, receipt)| result::result(dialect, receipt, &events::of_tx(raw, receipt))).collect()
}

/// What the block's end told: what became of orders in each market, then of each venue's call-back.
pub(crate) fn block_events(dialect: Dialect, stored: &StoredBlock) -> Vec<Value> {
    let Some(results) = &stored.results else { return Vec::new() };
    let markets = results.outcomes.iter().flat_map(exchange::event::of_outcome);
    let events = markets.chain(results.calls.iter().flat_map(exchange::event::of_call));
    events.map(|event| result::event(dialect, &event)).collect()
}

/// A block's id in JSON.
pub(crate) fn id(stored: &StoredBlock) -> Value {
    header::block_id(&block_id(stored.hash))
}
