//! Transactions, waiting or included, and sending them.

use alloy_rpc_types_eth::Index;
use jsonrpsee::types::Params;
use seiza_types::exchange::settlement_height;
use seiza_types::tx::Body;

use super::blocks::{hashed, numbered};
use super::shapes::{self, RpcReceipt, RpcTx};
use crate::args::Args;
use crate::backend::{Shown, View};
use crate::limits::CALL_TIME_MAX;
use crate::methods::{Answer, Api, Registered, SEND_RAW, Table};
use crate::workers::{Deadline, Weight};
use crate::{B256, Bytes, Failure};

/// A block may have to be read from disk and decoded.
const WEIGHT: (Weight, std::time::Duration) = (Weight::Call, CALL_TIME_MAX);

pub(super) fn register(table: &mut Table) -> Registered {
    table.module().register_async_method(SEND_RAW, |params: Params<'static>, api, _| async move {
        let raw = Args::parse(params.as_str()).and_then(|args| args.required::<Bytes>(0));
        api.submit(vec![raw]).await.pop().unwrap_or_else(|| Err(Failure::Internal("no answer".into())))
    })?;
    table.heavy("eth_getTransactionByHash", WEIGHT, by_hash)?;
    table.heavy("eth_getTransactionReceipt", WEIGHT, receipt)?;
    table.heavy("eth_getRawTransactionByHash", WEIGHT, raw_by_hash)?;
    table.heavy("eth_getTransactionByBlockNumberAndIndex", WEIGHT, |api, args, _| {
        indexed(numbered(api, args)?, args, full)
    })?;
    table.heavy("eth_getTransactionByBlockHashAndIndex", WEIGHT, |api, args, _| {
        indexed(hashed(api, args)?, args, full)
    })?;
    table.heavy("eth_getRawTransactionByBlockNumberAndIndex", WEIGHT, |api, args, _| {
        indexed(numbered(api, args)?, args, raw)
    })?;
    table.heavy("eth_getRawTransactionByBlockHashAndIndex", WEIGHT, |api, args, _| {
        indexed(hashed(api, args)?, args, raw)
    })
}

fn full(view: &View, shown: Shown<'_>) -> Answer<RpcTx> {
    shapes::transaction(view, shown)
}

fn raw(_: &View, shown: Shown<'_>) -> Answer<Bytes> {
    Ok(shown.raw.clone())
}

/// What `shape` makes of the settlement of a block; `None` where the hash is no settlement's.
fn settled<T>(api: &Api, hash: &B256, shape: impl FnOnce(&View, Shown<'_>) -> T) -> Answer<Option<T>> {
    let Some(height) = settlement_height(hash) else { return Ok(None) };
    let Some(view) = api.backend.view_at(height)? else { return Ok(None) };
    Ok(view.settlement().map(|shown| shape(&view, shown)))
}

/// What `shape` makes of an included transaction; `None` where there is none of that hash.
pub(crate) fn included<T>(
    api: &Api,
    hash: &B256,
    shape: impl FnOnce(&View, Shown<'_>) -> Answer<T>,
) -> Answer<Option<T>> {
    let Some((view, place)) = api.backend.transaction(hash)? else { return Ok(None) };
    let shown = view.shown().find(|shown| shown.place == place);
    shown.map(|shown| shape(&view, shown)).transpose()
}

fn indexed<T>(view: Option<View>, args: &Args<'_>, shape: fn(&View, Shown<'_>) -> Answer<T>) -> Answer<Option<T>> {
    let index: Index = args.required(1)?;
    let Some(view) = view else { return Ok(None) };
    let shown = view.shown().nth(index.0);
    shown.map(|shown| shape(&view, shown)).transpose()
}

fn by_hash(api: &Api, args: &Args<'_>, _: &Deadline) -> Answer<Option<RpcTx>> {
    let hash: B256 = args.required(0)?;
    if let Some(tx) = included(api, &hash, shapes::transaction)? {
        return Ok(Some(tx));
    }
    let waiting = api.backend.waiting(&hash).as_ref().and_then(shapes::waiting);
    waiting.map_or_else(|| settled(api, &hash, shapes::settlement), |tx| Ok(Some(tx)))
}

fn receipt(api: &Api, args: &Args<'_>, _: &Deadline) -> Answer<Option<RpcReceipt>> {
    let hash: B256 = args.required(0)?;
    match included(api, &hash, |view, shown| Ok(shapes::receipt(view, shown)))? {
        Some(receipt) => Ok(Some(receipt)),
        None => settled(api, &hash, shapes::receipt),
    }
}

fn raw_by_hash(api: &Api, args: &Args<'_>, _: &Deadline) -> Answer<Option<Bytes>> {
    let hash: B256 = args.required(0)?;
    raw_of(api, &hash)
}

/// The encoding of an Ethereum transaction, included or waiting.
pub(crate) fn raw_of(api: &Api, hash: &B256) -> Answer<Option<Bytes>> {
    if let Some(raw) = included(api, hash, raw)? {
        return Ok(Some(raw));
    }
    let waiting = api.backend.waiting(hash).filter(|tx| matches!(tx.body, Body::Evm(_)));
    Ok(waiting.map(|tx| tx.raw.clone()))
}
