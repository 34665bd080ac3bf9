//! Blocks, and what lists of blocks show.

use prost::Message as _;
use seiza_storage::StoredBlock;
use seiza_types::{Block, CastVote, Evidence, VoteKind, block_id};
use serde_json::{Value, json};
use tendermint_proto::v0_38::types::DuplicateVoteEvidence;

use super::{base64, header, hex};

/// A block.
pub(crate) fn block(block: &Block) -> Value {
    let txs: Vec<String> = block.txs.iter().map(base64).collect();
    json!({
        "header": header::header(&block.header),
        "data": { "txs": txs },
        "evidence": { "evidence": block.evidence.iter().map(evidence).collect::<Vec<_>>() },
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

/// Two conflicting votes.
fn evidence(evidence: &Evidence) -> Value {
    let [a, b] = evidence.votes();
    // The place in the set stands in the encoding alone.
    let raw = DuplicateVoteEvidence::decode(evidence.encode().as_slice()).unwrap_or_default();
    let index = raw.vote_a.map_or(0, |vote| vote.validator_index);
    json!({ "type": "tendermint/DuplicateVoteEvidence", "value": {
        "vote_a": vote(a, index),
        "vote_b": vote(b, index),
        "TotalVotingPower": evidence.total_power().to_string(),
        "ValidatorPower": evidence.power().to_string(),
        "Timestamp": evidence.time().to_rfc3339(),
    } })
}

fn vote(vote: &CastVote, index: i32) -> Value {
    let time = vote.value.map(|value| value.time()).unwrap_or_else(tendermint::Time::unix_epoch);
    let id = vote.value.map_or_else(header::no_block_id, |value| header::block_id(&block_id(value.block)));
    json!({
        "type": match vote.kind { VoteKind::Prevote => 1, VoteKind::Precommit => 2 },
        "height": vote.height.to_string(),
        "round": vote.round,
        "block_id": id,
        "timestamp": time.to_rfc3339(),
        "validator_address": hex(vote.validator),
        "validator_index": index,
        "signature": base64(vote.signature.0),
        "extension": null,
        "extension_signature": null,
    })
}
