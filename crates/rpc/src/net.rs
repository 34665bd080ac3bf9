//! The `net_` name space: which network, and who is connected.

use alloy_primitives::U64;

use crate::methods::{Registered, Table};

pub(crate) fn register(table: &mut Table) -> Registered {
    table.quick("net_version", |api, _| Ok(api.backend.rules().evm_chain_id.to_string()))?;
    // As in geth always true: clients ask it to learn whether the node lives.
    table.quick("net_listening", |_, _| Ok(true))?;
    table.quick("net_peerCount", |api, _| Ok(U64::from(api.backend.peers().count)))
}
