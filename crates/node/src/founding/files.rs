//! The files of a founding, and what is said of one that is missing, half-written or wrong.

use seiza_chain::Genesis;
use seiza_types::ValidatorKey;
use serde::{Deserialize, Serialize};

use super::Founders;
use crate::failure::Failure;
use crate::home::{Home, read, write_secret};
use crate::keys::Words;

/// `validator_key.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    /// Consensus address, to see whose key it is.
    address: String,
    /// The ed25519 seed in hex: secret.
    seed: String,
}

/// Writes the validator's key.
pub(super) fn write_key(home: &Home, key: &ValidatorKey) -> Result<(), Failure> {
    let seed = alloy_primitives::hex::encode(key.seed());
    let file = KeyFile { address: key.address().to_string(), seed };
    write_secret(&home.validator_key(), &json(&file))
}

/// Reads the validator's key.
///
/// # Errors
/// Missing, half-written, or not the key that its address says.
pub fn read_key(home: &Home) -> Result<ValidatorKey, Failure> {
    let path = home.validator_key();
    let damaged = |why: &dyn std::fmt::Display| {
        Failure::refused(format!("{}: damaged key file: {why}: restore it from your copy", path.display()))
    };
    let file: KeyFile = serde_json::from_str(&read(&path)?).map_err(|error| damaged(&error))?;
    let seed = seed_from_hex(&file.seed).ok_or_else(|| damaged(&"seed is not 64 hex digits"))?;
    let key = ValidatorKey::from_seed(seed);
    if key.address().to_string() != file.address {
        return Err(damaged(&"seed and address do not belong together"));
    }
    Ok(key)
}

/// Reads the founding document.
///
/// # Errors
/// Missing, half-written, wrong.
pub fn read_genesis(home: &Home) -> Result<Genesis, Failure> {
    let path = home.genesis();
    Genesis::from_json(&read(&path)?).map_err(|error| {
        let advice = if home.data().exists() {
            "restore the file that the chain was founded with"
        } else {
            "correct it; it may change until the first start"
        };
        Failure::refused(format!("{}: {error}: {advice}", path.display()))
    })
}

/// `devnet.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FoundersFile {
    mnemonic: String,
    accounts: u32,
    balance_sei: u64,
}

/// Writes who was funded.
pub(super) fn write_founders(home: &Home, founders: &Founders) -> Result<(), Failure> {
    let Founders { words, accounts, balance } = founders;
    let file = FoundersFile { mnemonic: words.to_string(), accounts: *accounts, balance_sei: *balance };
    write_secret(&home.devnet(), &json(&file))
}

/// Reads who was funded, if the home says so.
///
/// # Errors
/// Half-written.
pub fn read_founders(home: &Home) -> Result<Option<Founders>, Failure> {
    let path = home.devnet();
    if !path.exists() {
        return Ok(None);
    }
    let file: FoundersFile = serde_json::from_str(&read(&path)?).map_err(|error| {
        Failure::refused(format!("{}: {error}: remove it, it only names the funded accounts", path.display()))
    })?;
    Ok(Some(Founders { words: Words::parse(&file.mnemonic)?, accounts: file.accounts, balance: file.balance_sei }))
}

pub(super) fn json(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("texts and numbers are JSON");
    bytes.push(b'\n');
    bytes
}

/// A secret of 32 bytes from the system.
pub(super) fn random_seed() -> Result<[u8; 32], Failure> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| Failure::refused(format!("no entropy: {error}")))?;
    Ok(seed)
}

/// 64 hex digits as bytes.
pub(super) fn seed_from_hex(text: &str) -> Option<[u8; 32]> {
    alloy_primitives::hex::decode(text).ok()?.try_into().ok()
}
