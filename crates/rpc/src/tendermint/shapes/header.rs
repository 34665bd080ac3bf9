//! Headers, block ids, commits.

use seiza_types::Header;
use serde_json::{Value, json};
use tendermint::block::{self, Commit, CommitSig};
use tendermint::{Hash, Signature, Time, account};

use super::{base64, hex};

/// Go's zero time: what an absent precommit carries.
const NO_TIME: &str = "0001-01-01T00:00:00Z";
const FLAG_ABSENT: u8 = 1;
const FLAG_COMMIT: u8 = 2;
const FLAG_NIL: u8 = 3;

/// A block's id.
pub(crate) fn block_id(id: &block::Id) -> Value {
    let parts = &id.part_set_header;
    json!({ "hash": hex(id.hash), "parts": { "total": parts.total, "hash": hex(parts.hash) } })
}

/// The id of no block.
pub(crate) fn no_block_id() -> Value {
    json!({ "hash": "", "parts": { "total": 0, "hash": "" } })
}

/// A header.
pub(crate) fn header(header: &Header) -> Value {
    let hash = |hash: Option<Hash>| hash.map(hex).unwrap_or_default();
    json!({
        "version": { "block": header.version.block.to_string(), "app": header.version.app.to_string() },
        "chain_id": header.chain_id,
        "height": header.height.to_string(),
        "time": header.time.to_rfc3339(),
        "last_block_id": header.last_block_id.as_ref().map_or_else(no_block_id, block_id),
        "last_commit_hash": hash(header.last_commit_hash),
        "data_hash": hash(header.data_hash),
        "validators_hash": hex(header.validators_hash),
        "next_validators_hash": hex(header.next_validators_hash),
        "consensus_hash": hex(header.consensus_hash),
        "app_hash": hex(header.app_hash.as_bytes()),
        "last_results_hash": hash(header.last_results_hash),
        "evidence_hash": hash(header.evidence_hash),
        "proposer_address": hex(header.proposer_address),
    })
}

/// A commit; that of height 0 where there is none.
pub(crate) fn commit(commit: Option<&Commit>) -> Value {
    let Some(commit) = commit else {
        return json!({ "height": "0", "round": 0, "block_id": no_block_id(), "signatures": [] });
    };
    let signatures: Vec<Value> = commit.signatures.iter().map(signature).collect();
    json!({
        "height": commit.height.to_string(),
        "round": commit.round.value(),
        "block_id": block_id(&commit.block_id),
        "signatures": signatures,
    })
}

fn signature(sig: &CommitSig) -> Value {
    match sig {
        CommitSig::BlockIdFlagAbsent => {
            json!({ "block_id_flag": FLAG_ABSENT, "validator_address": "", "timestamp": NO_TIME, "signature": null })
        }
        CommitSig::BlockIdFlagCommit { validator_address, timestamp, signature } => {
            signed(FLAG_COMMIT, validator_address, timestamp, signature.as_ref())
        }
        CommitSig::BlockIdFlagNil { validator_address, timestamp, signature } => {
            signed(FLAG_NIL, validator_address, timestamp, signature.as_ref())
        }
    }
}

fn signed(flag: u8, validator: &account::Id, time: &Time, signature: Option<&Signature>) -> Value {
    json!({
        "block_id_flag": flag,
        "validator_address": hex(validator),
        "timestamp": time.to_rfc3339(),
        "signature": signature.map(|signature| base64(signature.as_bytes())),
    })
}
