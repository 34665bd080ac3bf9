//! Consensus parameters.

use seiza_types::limits::{BLOCK_BYTES_MAX, EVIDENCE_AGE_BLOCKS_MAX, EVIDENCE_MAX};
use serde_json::{Value, json};

/// Nanoseconds for which evidence counts. In CometBFT evidence is too old when it is so by time and by height; here height
/// alone decides, so time must not keep it.
const EVIDENCE_AGE_NANOS: u64 = 1;
/// Bytes of one piece of evidence, at most, by CometBFT's count.
const EVIDENCE_BYTES: usize = 444;

/// The parameters of a chain whose blocks hold that much gas.
pub(crate) fn consensus(block_gas_max: u64) -> Value {
    json!({
        "block": { "max_bytes": BLOCK_BYTES_MAX.to_string(), "max_gas": block_gas_max.to_string() },
        "evidence": {
            "max_age_num_blocks": EVIDENCE_AGE_BLOCKS_MAX.to_string(),
            "max_age_duration": EVIDENCE_AGE_NANOS.to_string(),
            "max_bytes": (EVIDENCE_MAX * EVIDENCE_BYTES).to_string(),
        },
        "validator": { "pub_key_types": ["ed25519"] },
        "version": { "app": "1" },
        "abci": { "vote_extensions_enable_height": "0" },
    })
}
