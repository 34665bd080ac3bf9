//! What subscribers are told of a block, written once for all of them: in CometBFT's order, each with the tags that queries
//! look at.

use std::sync::Arc;

use parking_lot::Mutex;
use seiza_storage::StoredBlock;
use seiza_types::Height;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::fault::Fault;
use super::query::Tags;
use super::shapes::{base64, block, header, result};
use super::{Dialect, Service, blocks, events, search};

/// One event.
#[derive(Debug)]
pub(crate) struct Item {
    /// What queries look at.
    pub(crate) tags: Tags,
    /// `{"type":…,"value":…}`.
    pub(crate) data: Box<RawValue>,
    /// The tags, written.
    pub(crate) events: Box<RawValue>,
}

/// Events of the newest block asked for, in each dialect.
#[derive(Debug, Default)]
pub(crate) struct Cache([Mutex<Newest>; 2]);

type Newest = Option<(Height, Arc<Vec<Item>>)>;

impl Service {
    /// The events of a block. Takes as long as writing the block: not to be called on the reactor.
    pub(crate) fn news(&self, dialect: Dialect, height: Height) -> Result<Arc<Vec<Item>>, Fault> {
        // The lock is held while writing, so that a thousand subscribers wait for one writer.
        let mut cached = self.news.0[dialect as usize].lock();
        if let Some((_, items)) = cached.as_ref().filter(|(cached, _)| *cached == height) {
            return Ok(items.clone());
        }
        let items = Arc::new(self.written(dialect, &*self.block(height)?)?);
        *cached = Some((height, items.clone()));
        Ok(items)
    }

    fn written(&self, dialect: Dialect, stored: &StoredBlock) -> Result<Vec<Item>, Fault> {
        let height = stored.block.height();
        let updates = self.validator_updates(height)?;
        let mut items = vec![
            item("NewBlock", block_tags("NewBlock", height), &self.new_block(dialect, stored, &updates)?)?,
            item("NewBlockHeader", block_tags("NewBlockHeader", height), &new_header(dialect, stored))?,
            item("NewBlockEvents", block_tags("NewBlockEvents", height), &new_events(dialect, stored))?,
        ];
        for index in 0..stored.block.txs.len() {
            items.extend(new_tx(dialect, stored, index)?);
        }
        if !updates.is_empty() {
            let value = json!({ "validator_updates": updates });
            items.push(item("ValidatorSetUpdates", block_tags("ValidatorSetUpdates", height), &value)?);
        }
        Ok(items)
    }

    fn new_block(&self, dialect: Dialect, stored: &StoredBlock, updates: &[Value]) -> blocks::Reply {
        let height = stored.block.height();
        Ok(match dialect {
            Dialect::V38 => json!({
                "block": block::block(&stored.block),
                "block_id": blocks::id(stored),
                "result_finalize_block": {
                    "events": blocks::block_events(dialect, stored),
                    "tx_results": blocks::results(dialect, stored),
                    "validator_updates": updates,
                    "app_hash": base64(self.backend().app_hash_at(height)?),
                },
            }),
            Dialect::V34 => json!({
                "block": block::block(&stored.block),
                "result_begin_block": { "events": [] },
                "result_end_block": {
                    "validator_updates": updates,
                    "events": blocks::block_events(dialect, stored),
                },
            }),
        })
    }
}

fn block_tags(kind: &str, height: Height) -> Tags {
    let mut tags = search::block_tags(height);
    tags.insert("tm.event".into(), vec![kind.into()]);
    tags
}

fn item(kind: &str, tags: Tags, value: &Value) -> Result<Item, Fault> {
    let raw = |value: &Value| serde_json::value::to_raw_value(value).map_err(Fault::internal);
    let data = raw(&json!({ "type": format!("tendermint/event/{kind}"), "value": value }))?;
    Ok(Item { data, events: raw(&json!(tags))?, tags })
}

fn new_header(dialect: Dialect, stored: &StoredBlock) -> Value {
    let header = header::header(&stored.block.header);
    match dialect {
        Dialect::V38 => json!({ "header": header }),
        Dialect::V34 => json!({
            "header": header,
            "num_txs": stored.block.txs.len().to_string(),
            "result_begin_block": { "events": [] },
            "result_end_block": { "validator_updates": [], "events": [] },
        }),
    }
}

fn new_events(dialect: Dialect, stored: &StoredBlock) -> Value {
    let (height, count) = (stored.block.height().to_string(), stored.block.txs.len().to_string());
    json!({ "height": height, "events": blocks::block_events(dialect, stored), "num_txs": count })
}

fn new_tx(dialect: Dialect, stored: &StoredBlock, index: usize) -> Result<Option<Item>, Fault> {
    let raw = &stored.block.txs[index];
    let Some(receipt) = stored.results.as_ref().and_then(|results| results.receipts.get(index)) else {
        return Ok(None);
    };
    let (height, told) = (stored.block.height(), events::of_tx(raw, receipt));
    let value = json!({ "TxResult": {
        "height": height.to_string(),
        "index": index,
        "tx": base64(raw),
        "result": result::result(dialect, receipt, &told),
    } });
    item("Tx", events::tx_tags(raw, height, &told), &value).map(Some)
}
