//! The `sei_` name space: from one form of an address or transaction to the other.

use seiza_chain::modules::auth;
use seiza_types::{Hrp, SeiAddress};
use sha2::{Digest, Sha256};

use crate::args::Args;
use crate::eth::raw_of;
use crate::methods::{Answer, Api, Registered, Table};
use crate::{Address, B256, Failure};

pub(crate) fn register(table: &mut Table) -> Registered {
    table.quick("sei_getSeiAddress", sei_address)?;
    table.quick("sei_getEVMAddress", evm_address)?;
    table.quick("sei_getCosmosTx", cosmos_tx)
}

/// The Cosmos address of an account whose two addresses are linked.
fn sei_address(api: &Api, args: &Args<'_>) -> Answer<String> {
    let address: Address = args.required(0)?;
    let key = auth::account(&api.backend.head().state, &address)?.and_then(|account| account.public_key);
    let key = key.ok_or_else(|| Failure::Rejected(format!("failed to find Sei address for {address}")))?;
    Ok(SeiAddress::from_public_key(&key).to_bech32(Hrp::Account))
}

/// The EVM address that a Cosmos address is linked to.
fn evm_address(api: &Api, args: &Args<'_>) -> Answer<Address> {
    let text: String = args.required(0)?;
    let address: SeiAddress = text.parse().map_err(|error| Failure::Rejected(format!("{error}")))?;
    let linked = auth::linked(&api.backend.head().state, &address)?;
    linked.ok_or_else(|| Failure::Rejected(format!("failed to find EVM address for {text}")))
}

/// The hash by which Tendermint knows an Ethereum transaction: SHA-256 of its encoding, in upper-case hex.
fn cosmos_tx(api: &Api, args: &Args<'_>) -> Answer<String> {
    let hash: B256 = args.required(0)?;
    let raw = raw_of(api, &hash)?.ok_or(Failure::TransactionNotFound)?;
    Ok(alloy_primitives::hex::encode_upper(Sha256::digest(&raw)))
}
