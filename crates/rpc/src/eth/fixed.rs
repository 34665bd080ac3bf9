//! Methods whose answer is the same for every block: identity, what this chain does not have, and signing, which it leaves
//! to wallets.

use alloy_primitives::U64;
use alloy_rpc_types_eth::SyncInfo;
use serde::Serialize;

use crate::args::Args;
use crate::methods::{Answer, Api, Registered, Table};
use crate::{Address, B256, Failure, U256};

pub(super) fn register(table: &mut Table) -> Registered {
    table.quick("eth_chainId", |api, _| Ok(U64::from(api.backend.rules().evm_chain_id)))?;
    table.quick("eth_protocolVersion", |_, _| Ok("0x41"))?;
    table.quick("eth_syncing", syncing)?;
    table.quick("eth_accounts", |_, _| Ok([Address::ZERO; 0]))?;
    table.quick("eth_coinbase", |api, _| Ok(api.backend.proposer()))?;
    table.quick("eth_mining", |_, _| Ok(false))?;
    table.quick("eth_hashrate", |_, _| Ok(U64::ZERO))?;
    table.quick("eth_getWork", no_work)?;
    table.quick("eth_submitWork", |_, _| Ok(false))?;
    table.quick("eth_submitHashrate", |_, _| Ok(false))?;
    for name in ["eth_sign", "eth_signTransaction", "eth_sendTransaction", "eth_signTypedData", "eth_signTypedData_v4"]
    {
        table.refused(name, || Failure::UnknownAccount)?;
    }
    Ok(())
}

/// `false`, or how far the sync has come.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum Syncing {
    InStep(bool),
    Behind(Box<SyncInfo>),
}

fn syncing(api: &Api, _: &Args<'_>) -> Answer<Syncing> {
    let Some((start, highest)) = api.backend.peers().syncing else { return Ok(Syncing::InStep(false)) };
    Ok(Syncing::Behind(Box::new(SyncInfo {
        starting_block: U256::from(start),
        current_block: U256::from(api.backend.head().height),
        highest_block: U256::from(highest),
        ..SyncInfo::default()
    })))
}

fn no_work(_: &Api, _: &Args<'_>) -> Answer<[B256; 3]> {
    Err(Failure::NotSupported("eth_getWork: blocks are voted, not mined"))
}
