//! Filters: subscriptions for clients that poll. Each remembers how far its client has read; one that nobody polls is
//! dropped.

use std::collections::HashMap;
use std::time::Instant;

use alloy_rpc_types_eth::{Filter as LogFilter, FilterBlockOption, Log};
use parking_lot::Mutex;
use seiza_types::{Height, VerifiedTx};
use serde::Serialize;
use tokio::sync::broadcast::{self, error::TryRecvError};

use super::logs;
use super::shapes::{self, RpcTx};
use crate::args::Args;
use crate::limits::{FILTER_IDLE_MAX, FILTERS_MAX, LOGS_TIME_MAX};
use crate::methods::{Answer, Api, Registered, Table};
use crate::server::random_hex;
use crate::workers::{Deadline, Weight};
use crate::{B256, Failure};

/// All filters.
#[derive(Default)]
pub(crate) struct Filters(Mutex<HashMap<String, Filter>>);

struct Filter {
    kind: Kind,
    polled: Instant,
}

enum Kind {
    /// New blocks, from that height.
    Blocks(Height),
    /// New logs, from that height.
    Logs(Box<LogFilter>, Height),
    /// New waiting transactions, in full or as hashes.
    Pending(broadcast::Receiver<VerifiedTx>, bool),
}

/// What a poll gives.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum Changes {
    Hashes(Vec<B256>),
    Logs(Vec<Log>),
    Txs(Vec<RpcTx>),
}

/// What is to be read for a poll, once the lock is released.
enum Reading {
    Blocks(Height),
    Logs(Box<LogFilter>, Height),
    Pending(Vec<VerifiedTx>, bool),
}

pub(super) fn register(table: &mut Table) -> Registered {
    table.quick("eth_newFilter", |api, args| {
        let filter: LogFilter = args.required(0)?;
        logs::check(&filter)?;
        Ok(api.filters.add(Kind::Logs(Box::new(filter), api.backend.head().height + 1)))
    })?;
    table.quick("eth_newBlockFilter", |api, _| Ok(api.filters.add(Kind::Blocks(api.backend.head().height + 1))))?;
    table.quick("eth_newPendingTransactionFilter", |api, args| {
        let full = args.optional::<bool>(0)?.unwrap_or(false);
        Ok(api.filters.add(Kind::Pending(api.backend.notifier().pending(), full)))
    })?;
    table.quick("eth_uninstallFilter", |api, args| Ok(api.filters.remove(&args.required::<String>(0)?)))?;
    table.heavy("eth_getFilterChanges", (Weight::Scan, LOGS_TIME_MAX), changes)?;
    table.heavy("eth_getFilterLogs", (Weight::Scan, LOGS_TIME_MAX), filter_logs)
}

impl Filters {
    fn add(&self, kind: Kind) -> String {
        let mut filters = self.0.lock();
        filters.retain(|_, filter| filter.polled.elapsed() < FILTER_IDLE_MAX);
        if filters.len() >= FILTERS_MAX {
            let oldest = filters.iter().min_by_key(|(_, filter)| filter.polled).map(|(id, _)| id.clone());
            oldest.and_then(|id| filters.remove(&id));
        }
        let id = random_hex();
        filters.insert(id.clone(), Filter { kind, polled: Instant::now() });
        id
    }

    fn remove(&self, id: &str) -> bool {
        self.0.lock().remove(id).is_some()
    }

    /// Marks the filter as read up to `head`, and says what is to be read.
    fn poll(&self, id: &str, head: Height) -> Answer<Reading> {
        let mut filters = self.0.lock();
        let filter = filters.get_mut(id).ok_or(Failure::FilterNotFound)?;
        filter.polled = Instant::now();
        Ok(match &mut filter.kind {
            Kind::Blocks(next) => Reading::Blocks(std::mem::replace(next, head + 1)),
            Kind::Logs(filter, next) => Reading::Logs(filter.clone(), std::mem::replace(next, head + 1)),
            Kind::Pending(receiver, full) => Reading::Pending(drain(receiver), *full),
        })
    }

    /// Puts a log filter back, where reading failed: nothing is lost.
    fn unread(&self, id: &str, from: Height) {
        if let Some(Filter { kind: Kind::Logs(_, next) | Kind::Blocks(next), .. }) = self.0.lock().get_mut(id) {
            *next = (*next).min(from);
        }
    }

    fn log_filter(&self, id: &str) -> Answer<LogFilter> {
        let mut filters = self.0.lock();
        match filters.get_mut(id) {
            Some(Filter { kind: Kind::Logs(filter, _), polled }) => {
                *polled = Instant::now();
                Ok((**filter).clone())
            }
            _ => Err(Failure::FilterNotFound),
        }
    }
}

fn drain(receiver: &mut broadcast::Receiver<VerifiedTx>) -> Vec<VerifiedTx> {
    let mut txs = Vec::new();
    loop {
        match receiver.try_recv() {
            Ok(tx) => txs.push(tx),
            // The oldest are gone: go on with what is there.
            Err(TryRecvError::Lagged(_)) => {}
            Err(TryRecvError::Empty | TryRecvError::Closed) => return txs,
        }
    }
}

fn changes(api: &Api, args: &Args<'_>, deadline: &Deadline) -> Answer<Changes> {
    let id: String = args.required(0)?;
    let head = api.backend.head().height;
    match api.filters.poll(&id, head)? {
        Reading::Pending(txs, true) => Ok(Changes::Txs(txs.iter().filter_map(shapes::waiting).collect())),
        Reading::Pending(txs, false) => {
            Ok(Changes::Hashes(txs.iter().filter(|tx| shapes::is_shown(tx)).map(|tx| tx.hash).collect()))
        }
        Reading::Blocks(from) => {
            let hash = |height| Ok(api.backend.view_at(height)?.and_then(|view| view.hash));
            let hashes: Answer<Vec<_>> = (from..=head).filter_map(|height| hash(height).transpose()).collect();
            hashes.map(Changes::Hashes).inspect_err(|_| api.filters.unread(&id, from))
        }
        Reading::Logs(filter, from) => {
            let bounds = bounds(api, &filter, from, head);
            let found = logs::search_range(api, &filter, bounds, deadline);
            found.map(Changes::Logs).inspect_err(|_| api.filters.unread(&id, from))
        }
    }
}

/// What of the new heights a filter's own range wants.
fn bounds(api: &Api, filter: &LogFilter, from: Height, head: Height) -> std::ops::RangeInclusive<Height> {
    let FilterBlockOption::Range { from_block, to_block } = filter.block_option else { return from..=head };
    let number = |tag: Option<alloy_eips::BlockNumberOrTag>| {
        tag.filter(|tag| tag.is_number()).and_then(|tag| api.backend.height_of(tag))
    };
    let first = number(from_block).map_or(from, |first| first.max(from));
    let last = number(to_block).map_or(head, |last| last.min(head));
    first..=last
}

fn filter_logs(api: &Api, args: &Args<'_>, deadline: &Deadline) -> Answer<Vec<Log>> {
    let filter = api.filters.log_filter(&args.required::<String>(0)?)?;
    logs::search(api, &filter, deadline)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_poll_reads_once() {
        let filters = Filters::default();
        let id = filters.add(Kind::Blocks(5));
        assert!(matches!(filters.poll(&id, 7), Ok(Reading::Blocks(5))));
        assert!(matches!(filters.poll(&id, 7), Ok(Reading::Blocks(8))));
        filters.unread(&id, 5);
        assert!(matches!(filters.poll(&id, 9), Ok(Reading::Blocks(5))));
        assert!(filters.remove(&id) && !filters.remove(&id));
        assert_eq!(filters.poll(&id, 9).err(), Some(Failure::FilterNotFound));
        assert_eq!(filters.log_filter("0x1"), Err(Failure::FilterNotFound));
    }

    #[test]
    fn the_longest_unpolled_gives_way() {
        let filters = Filters::default();
        let ids: Vec<_> = (0..=FILTERS_MAX).map(|_| filters.add(Kind::Blocks(1))).collect();
        assert!(filters.poll(&ids[0], 1).is_err());
        assert!(filters.poll(&ids[1], 1).is_ok());
        assert_eq!(filters.0.lock().len(), FILTERS_MAX);
    }
}
