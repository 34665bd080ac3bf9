//! The `web3_` name space: who we are, and keccak.

use crate::args::Args;
use crate::methods::{Answer, Api, Registered, Table};
use crate::{B256, Bytes};

/// Name, version and platform, as other clients write it.
pub(crate) const CLIENT_VERSION: &str = concat!("seiza/v", env!("CARGO_PKG_VERSION"), "/rust");

pub(crate) fn register(table: &mut Table) -> Registered {
    table.quick("web3_clientVersion", |_, _| Ok(CLIENT_VERSION))?;
    table.quick("web3_sha3", sha3)
}

fn sha3(_: &Api, args: &Args<'_>) -> Answer<B256> {
    Ok(alloy_primitives::keccak256(args.required::<Bytes>(0)?))
}
