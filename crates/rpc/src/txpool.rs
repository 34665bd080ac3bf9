//! The `txpool_` name space: what waits, by sender and nonce.

use std::collections::BTreeMap;

use alloy_consensus::Transaction as _;
use alloy_primitives::U64;
use seiza_types::VerifiedTx;
use seiza_types::tx::Body;
use serde::Serialize;

use crate::Address;
use crate::args::Args;
use crate::eth::shapes::{self, RpcTx};
use crate::limits::CALL_TIME_MAX;
use crate::methods::{Answer, Api, Registered, Table};
use crate::workers::{Deadline, Weight};

const WEIGHT: (Weight, std::time::Duration) = (Weight::Scan, CALL_TIME_MAX);

/// Executable and queued ones.
#[derive(Debug, Clone, Serialize)]
struct Both<T> {
    pending: T,
    queued: T,
}

/// By nonce.
type Lane<T> = BTreeMap<String, T>;
/// By sender, then by nonce.
type Lanes<T> = BTreeMap<String, Lane<T>>;

pub(crate) fn register(table: &mut Table) -> Registered {
    table.quick("txpool_status", status)?;
    table.heavy("txpool_content", WEIGHT, |api, _, _| Ok(lanes(api, shapes::waiting)))?;
    table.heavy("txpool_inspect", WEIGHT, |api, _, _| Ok(lanes(api, summary)))?;
    table.heavy("txpool_contentFrom", WEIGHT, content_from)
}

fn status(api: &Api, _: &Args<'_>) -> Answer<Both<U64>> {
    let counts = api.backend.counts();
    Ok(Both { pending: U64::from(counts.pending), queued: U64::from(counts.queued) })
}

fn content_from(api: &Api, args: &Args<'_>, _: &Deadline) -> Answer<Both<Lane<RpcTx>>> {
    let address: Address = args.required(0)?;
    let (pending, queued) = api.backend.lane(&address);
    Ok(Both { pending: lane(&pending, shapes::waiting), queued: lane(&queued, shapes::waiting) })
}

fn lanes<T>(api: &Api, shape: fn(&VerifiedTx) -> Option<T>) -> Both<Lanes<T>> {
    let mut both = Both { pending: Lanes::new(), queued: Lanes::new() };
    for (address, (pending, queued)) in api.backend.lanes() {
        for (lanes, txs) in [(&mut both.pending, pending), (&mut both.queued, queued)] {
            let lane = lane(&txs, shape);
            if !lane.is_empty() {
                lanes.insert(address.to_checksum(None), lane);
            }
        }
    }
    both
}

fn lane<T>(txs: &[VerifiedTx], shape: fn(&VerifiedTx) -> Option<T>) -> Lane<T> {
    txs.iter().filter_map(|tx| Some((tx.nonce.to_string(), shape(tx)?))).collect()
}

/// geth's one-line form.
fn summary(tx: &VerifiedTx) -> Option<String> {
    let Body::Evm(evm) = &tx.body else { return None };
    let to = evm.to().map_or_else(|| "contract creation".into(), |to| to.to_checksum(None));
    Some(format!("{to}: {} wei + {} gas × {} wei", evm.value(), tx.gas_limit, tx.fee.max_fee_per_gas))
}
