//! The table of methods: each name, its parameters, and who answers.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::blocks::Reply;
use super::fault::Fault;
use super::params::{Named, Params};
use super::{Dialect, Service, abci, blocks, broadcast, consensus, info, search, validators};
use crate::Bytes;
use crate::limits::{CALL_TIME_MAX, SEARCH_TIME_MAX};
use crate::workers::{Deadline, Weight};

/// One call, on its way to a method.
pub(crate) struct Call<'a> {
    /// What all calls share.
    pub(crate) service: &'a Service,
    /// How to answer.
    pub(crate) dialect: Dialect,
    /// Its parameters.
    pub(crate) params: Named<'a>,
    /// When it must be done.
    pub(crate) deadline: Deadline,
}

/// Who answers a method, and where that runs.
enum Run {
    /// A worker, within the time.
    Read(Weight, Duration, fn(&Call<'_>) -> Reply),
    /// The pool's door.
    Send(Way),
}

#[derive(Clone, Copy)]
enum Way {
    Async,
    Sync,
    Commit,
}

struct Method {
    name: &'static str,
    params: &'static [&'static str],
    run: Run,
}

const fn read(name: &'static str, params: &'static [&'static str], run: fn(&Call<'_>) -> Reply) -> Method {
    Method { name, params, run: Run::Read(Weight::Call, CALL_TIME_MAX, run) }
}

const fn scan(name: &'static str, params: &'static [&'static str], run: fn(&Call<'_>) -> Reply) -> Method {
    Method { name, params, run: Run::Read(Weight::Scan, SEARCH_TIME_MAX, run) }
}

const fn send(name: &'static str, how: Way) -> Method {
    Method { name, params: &["tx"], run: Run::Send(how) }
}

const METHODS: &[Method] = &[
    read("abci_info", &[], info::abci_info),
    read("abci_query", &["path", "data", "height", "prove"], abci::query),
    read("block", &["height"], blocks::block),
    read("block_by_hash", &["hash"], blocks::block_by_hash),
    read("block_results", &["height"], blocks::block_results),
    scan("block_search", &["query", "page", "per_page", "order_by"], search::block_search),
    read("blockchain", &["minHeight", "maxHeight"], blocks::blockchain),
    read("broadcast_evidence", &["evidence"], broadcast::evidence),
    send("broadcast_tx_async", Way::Async),
    send("broadcast_tx_commit", Way::Commit),
    send("broadcast_tx_sync", Way::Sync),
    read("check_tx", &["tx"], broadcast::check),
    read("commit", &["height"], blocks::commit),
    read("consensus_params", &["height"], info::consensus_params),
    read("consensus_state", &[], consensus::state),
    read("dump_consensus_state", &[], consensus::dump),
    scan("genesis", &[], info::genesis),
    scan("genesis_chunked", &["chunk"], info::genesis_chunked),
    read("header", &["height"], blocks::header),
    read("header_by_hash", &["hash"], blocks::header_by_hash),
    read("health", &[], info::health),
    read("net_info", &[], info::net_info),
    read("num_unconfirmed_txs", &[], broadcast::count),
    read("status", &[], info::status),
    read("tx", &["hash", "prove"], search::tx),
    scan("tx_search", &["query", "prove", "page", "per_page", "order_by"], search::tx_search),
    read("unconfirmed_txs", &["limit"], broadcast::unconfirmed),
    read("validators", &["height", "page", "per_page"], validators::validators),
];

/// Names of all methods, for those who look by hand.
pub(crate) fn names() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    METHODS.iter().map(|method| (method.name, method.params))
}

/// Answers a call.
pub(crate) async fn answer(service: &Arc<Service>, dialect: Dialect, name: &str, params: Params) -> Reply {
    let method = METHODS.iter().find(|method| method.name == name).ok_or_else(Fault::method)?;
    match method.run {
        Run::Send(how) => {
            let raw = Bytes::from(params.named(method.params)?.bytes("tx")?);
            sent(service, dialect, how, raw).await
        }
        Run::Read(weight, limit, run) => {
            let (service, names) = (service.clone(), method.params);
            let workers = service.clone();
            // Our own faults have their own shape, which the workers pass through.
            let work = move |deadline| {
                let answer =
                    params.named(names).and_then(|params| run(&Call { service: &service, dialect, params, deadline }));
                Ok::<Result<Value, Fault>, crate::Failure>(answer)
            };
            workers.api.workers.run(weight, limit, work).await?
        }
    }
}

async fn sent(service: &Arc<Service>, dialect: Dialect, how: Way, raw: Bytes) -> Reply {
    match how {
        Way::Async => broadcast::asynchronous(service.clone(), raw),
        Way::Sync => broadcast::sync(service, raw).await,
        Way::Commit => broadcast::commit(service, dialect, raw).await,
    }
}
