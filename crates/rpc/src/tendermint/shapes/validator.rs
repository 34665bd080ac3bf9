//! Validators and keys.

use serde_json::{Value, json};
use tendermint::PublicKey;

use super::{base64, hex};

/// A public key as Amino's JSON has it.
pub(crate) fn public_key(key: &PublicKey) -> Value {
    json!({ "type": "tendermint/PubKeyEd25519", "value": base64(key.to_bytes()) })
}

/// A validator.
pub(crate) fn validator(key: &PublicKey, power: u64, priority: i64) -> Value {
    json!({
        "address": hex(tendermint::account::Id::from(*key)),
        "pub_key": public_key(key),
        "voting_power": power.to_string(),
        "proposer_priority": priority.to_string(),
    })
}
