//! Consensus parameters.

use serde_json::{Value, json};

/// Heights for which evidence counts.
const EVIDENCE_AGE_HEIGHTS: u64 = 100_000;
/// Nanoseconds for which evidence counts: two days.
const EVIDENCE_AGE_NANOS: u64 = 172_800_000_000_000;
/// Bytes of evidence in one block.
const EVIDENCE_BYTES: u64 = 1 << 20;

/// The parameters of a chain whose blocks hold that much gas.
pub(crate) fn consensus(block_gas_max: u64) -> Value {
    json!({
        "block": { "max_bytes": seiza_types::limits::BLOCK_BYTES_MAX.to_string(), "max_gas": block_gas_max.to_string() },
        "evidence": {
            "max_age_num_blocks": EVIDENCE_AGE_HEIGHTS.to_string(),
            "max_age_duration": EVIDENCE_AGE_NANOS.to_string(),
            "max_bytes": EVIDENCE_BYTES.to_string(),
        },
        "validator": { "pub_key_types": ["ed25519"] },
        "version": { "app": "1" },
        "abci": { "vote_extensions_enable_height": "0" },
    })
}
