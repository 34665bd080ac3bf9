//! Blocks, and what lists of blocks show.

use seiza_storage::StoredBlock;
use seiza_types::{Block, block_id};
use serde_json::{Value, json};

use super::{base64, header};

/// A block.
pub(crate) fn block(block: &Block) -> Value {
    let txs: Vec<String> = block.txs.iter().map(base64).collect();
    json!({
        "header": header::header(&block.header),
        "data": { "txs": txs },
        "evidence": { "evidence": [] },
        "last_commit": header::commit(block.last_commit.as_ref()),
    })
}

/// A block and its id.
pub(crate) fn with_id(stored: &StoredBlock) -> Value {
    json!({ "block_id": header::block_id(&block_id(stored.hash)), "block": block(&stored.block) })
}

/// What `blockchain` shows of a block.
pub(crate) fn meta(stored: &StoredBlock) -> Value {
    json!({
        "block_id": header::block_id(&block_id(stored.hash)),
        "block_size": stored.block.encode().len().to_string(),
        "header": header::header(&stored.block.header),
        "num_txs": stored.block.txs.len().to_string(),
    })
}

/// A header with the commit that decided it.
pub(crate) fn signed_header(stored: &StoredBlock) -> Value {
    json!({
        "header": header::header(&stored.block.header),
        "commit": header::commit(Some(&stored.certificate.0)),
    })
}
