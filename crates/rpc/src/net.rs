//! The `net_` name space: which network, and who is connected.

use alloy_primitives::U64;

use crate::methods::{Registered, Table};

pub(crate) fn register(table: &mut Table) -> Registered {
    table.quick("net_version", |api, _| Ok(api.backend.rules().evm_chain_id.to_string()))?;
    table.quick("net_listening", |api, _| Ok(api.backend.peers().listening))?;
    table.quick("net_peerCount", |api, _| Ok(U64::from(api.backend.peers().count)))
}
