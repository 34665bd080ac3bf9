//! Blocks, and what of a block can be asked for by itself. What does not exist is `null`, as in geth.

use alloy_eips::{BlockId, BlockNumberOrTag};
use alloy_primitives::U64;

use super::shapes::{self, RpcBlock, RpcReceipt};
use crate::B256;
use crate::args::Args;
use crate::backend::View;
use crate::limits::CALL_TIME_MAX;
use crate::methods::{Answer, Api, Registered, Table};
use crate::workers::{Deadline, Weight};

const WEIGHT: (Weight, std::time::Duration) = (Weight::Call, CALL_TIME_MAX);

pub(super) fn register(table: &mut Table) -> Registered {
    table.quick("eth_blockNumber", |api, _| Ok(U64::from(api.backend.head().height)))?;
    table.heavy("eth_getBlockByNumber", WEIGHT, by_number)?;
    table.heavy("eth_getBlockByHash", WEIGHT, by_hash)?;
    table.heavy("eth_getBlockReceipts", WEIGHT, receipts)?;
    table.quick("eth_getBlockTransactionCountByNumber", |api, args| Ok(numbered(api, args)?.map(count)))?;
    table.quick("eth_getBlockTransactionCountByHash", |api, args| Ok(hashed(api, args)?.map(count)))?;
    table.quick("eth_getUncleCountByBlockNumber", |api, args| Ok(numbered(api, args)?.map(|_| U64::ZERO)))?;
    table.quick("eth_getUncleCountByBlockHash", |api, args| Ok(hashed(api, args)?.map(|_| U64::ZERO)))?;
    table.quick("eth_getUncleByBlockNumberAndIndex", |_, _| Ok(()))?;
    table.quick("eth_getUncleByBlockHashAndIndex", |_, _| Ok(()))
}

/// The block that the first parameter numbers.
pub(super) fn numbered(api: &Api, args: &Args<'_>) -> Answer<Option<View>> {
    api.backend.view(args.required::<BlockNumberOrTag>(0)?.into())
}

/// The block that the first parameter hashes to.
pub(super) fn hashed(api: &Api, args: &Args<'_>) -> Answer<Option<View>> {
    api.backend.view_by_hash(args.required::<B256>(0)?)
}

fn count(view: View) -> U64 {
    U64::from(view.shown().count())
}

fn shape(view: Option<View>, args: &Args<'_>) -> Answer<Option<RpcBlock>> {
    let full = args.optional::<bool>(1)?.unwrap_or(false);
    view.map(|view| shapes::block(&view, full)).transpose()
}

fn by_number(api: &Api, args: &Args<'_>, _: &Deadline) -> Answer<Option<RpcBlock>> {
    shape(numbered(api, args)?, args)
}

fn by_hash(api: &Api, args: &Args<'_>, _: &Deadline) -> Answer<Option<RpcBlock>> {
    shape(hashed(api, args)?, args)
}

fn receipts(api: &Api, args: &Args<'_>, _: &Deadline) -> Answer<Option<Vec<RpcReceipt>>> {
    let view = api.backend.view(args.required::<BlockId>(0)?)?;
    Ok(view.map(|view| view.shown().map(|shown| shapes::receipt(&view, shown)).collect()))
}
