//! `seiza keys node`: who a node is among its peers and among the validators. Shows public things only.

use std::path::Path;

use serde::Serialize;

use super::print_json;
use crate::failure::Failure;
use crate::founding::{NodeKey, read_key};
use crate::home::Home;

/// A node's two identities.
#[derive(Debug, Serialize)]
struct Identity {
    peer_id: String,
    validator: Validator,
}

/// Its validator's, as genesis.json takes it.
#[derive(Debug, Serialize)]
struct Validator {
    address: String,
    public_key: tendermint::PublicKey,
}

/// Prints both.
///
/// # Errors
/// A key file is missing or damaged.
pub fn run(home: &Path, json: bool) -> Result<(), Failure> {
    let home = Home::at(home);
    let validator = read_key(&home)?;
    let (address, public_key) = (validator.address().to_string(), validator.public_key());
    let identity = Identity { peer_id: NodeKey::read(&home)?.peer_id(), validator: Validator { address, public_key } };
    if json {
        print_json(&identity);
        return Ok(());
    }
    let Identity { peer_id, validator: Validator { address, public_key } } = identity;
    let public_key = serde_json::to_string(&public_key).expect("a public key is two texts");
    println!("peer id     {peer_id}\nvalidator   {address}\npublic key  {public_key}");
    Ok(())
}
