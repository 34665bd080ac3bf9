//! `eth_subscribe`: news pushed to WebSocket clients.
//!
//! Heads and logs are read from the store, height by height, up to the published head: whoever is slow gets them late, and
//! all of them. Pending transactions are pushed as they come; whoever is too slow misses some.

use std::sync::Arc;

use alloy_rpc_types_eth::{Filter, Log};
use jsonrpsee::core::SubscriptionResult;
use jsonrpsee::core::server::SubscriptionMessage;
use jsonrpsee::types::{ErrorObjectOwned, Params};
use jsonrpsee::{PendingSubscriptionSink, SubscriptionSink};
use serde::Serialize;
use serde_json::value::to_raw_value;
use tokio::sync::broadcast::error::RecvError;

use super::{logs, shapes};
use crate::Failure;
use crate::args::Args;
use crate::backend::View;
use crate::methods::{Answer, Api, Registered, SUBSCRIBE, SUBSCRIPTION, Table, UNSUBSCRIBE};

pub(super) fn register(table: &mut Table) -> Registered {
    table
        .module()
        .register_subscription(SUBSCRIBE, SUBSCRIPTION, UNSUBSCRIBE, |params, pending, api, _| {
            subscribe(params, pending, api)
        })
        .map(|_| ())
}

/// What a client wants to hear of.
enum Topic {
    Heads,
    Logs(Box<Filter>),
    Pending { full: bool },
    Syncing,
}

impl Topic {
    fn parse(params: &Params<'_>) -> Answer<Self> {
        let args = Args::parse(params.as_str())?;
        match args.required::<String>(0)?.as_str() {
            "newHeads" => Ok(Self::Heads),
            "logs" => {
                let filter: Filter = args.optional(1)?.unwrap_or_default();
                logs::check(&filter)?;
                Ok(Self::Logs(Box::new(filter)))
            }
            "newPendingTransactions" => Ok(Self::Pending { full: args.optional(1)?.unwrap_or(false) }),
            "syncing" => Ok(Self::Syncing),
            other => Err(Failure::NoSubscription(other.chars().take(64).collect(), "eth")),
        }
    }
}

async fn subscribe(params: Params<'static>, pending: PendingSubscriptionSink, api: Arc<Api>) -> SubscriptionResult {
    let topic = match Topic::parse(&params) {
        Ok(topic) => topic,
        Err(failure) => {
            pending.reject(ErrorObjectOwned::from(failure)).await;
            return Ok(());
        }
    };
    let _counted = Counted::new();
    // The place is marked before the client hears that it is subscribed: nothing after that is missed.
    let next = api.backend.head().height + 1;
    match topic {
        Topic::Heads => follow(pending.accept().await?, api, next, |view| vec![shapes::header(view)]).await,
        Topic::Logs(filter) => {
            let matching = move |view: &View| -> Vec<Log> { logs::matching(&filter, view) };
            follow(pending.accept().await?, api, next, matching).await;
        }
        Topic::Pending { full } => push_pending(pending, &api, full).await?,
        Topic::Syncing => push_syncing(pending.accept().await?, &api).await,
    }
    Ok(())
}

/// Counts a subscription while it lives.
pub(crate) struct Counted;

impl Counted {
    /// One more.
    pub(crate) fn new() -> Self {
        metrics::gauge!("rpc_subscriptions").increment(1);
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        metrics::gauge!("rpc_subscriptions").decrement(1);
    }
}

/// Sends what `render` makes of each new block, until the client leaves.
async fn follow<T: Serialize>(sink: SubscriptionSink, api: Arc<Api>, mut next: u64, render: impl Fn(&View) -> Vec<T>) {
    let mut heads = api.backend.notifier().heads();
    loop {
        let head = api.backend.head().height;
        while next <= head {
            // A block that cannot be read is our own trouble, which the node's log tells; the client hears of the next.
            if let Ok(Some(view)) = api.backend.view_at(next) {
                for item in render(&view) {
                    if !send(&sink, &item).await {
                        return;
                    }
                }
            }
            next += 1;
        }
        tokio::select! {
            () = sink.closed() => return,
            changed = heads.changed() => if changed.is_err() { return },
        }
    }
}

async fn push_pending(pending: PendingSubscriptionSink, api: &Api, full: bool) -> SubscriptionResult {
    let mut news = api.backend.notifier().pending();
    let sink = pending.accept().await?;
    loop {
        let tx = tokio::select! {
            () = sink.closed() => return Ok(()),
            news = news.recv() => match news {
                Ok(tx) => tx,
                Err(RecvError::Lagged(_)) => continue,
                Err(RecvError::Closed) => return Ok(()),
            },
        };
        let sent = match shapes::waiting(&tx) {
            Some(shape) if full => send(&sink, &shape).await,
            Some(_) => send(&sink, &tx.hash).await,
            None => true,
        };
        if !sent {
            return Ok(());
        }
    }
}

/// Sends whether the node is behind, when asked first and whenever that changes.
async fn push_syncing(sink: SubscriptionSink, api: &Api) {
    let mut heads = api.backend.notifier().heads();
    let mut told = None;
    loop {
        let syncing = api.backend.peers().syncing.is_some();
        if told != Some(syncing) {
            told = Some(syncing);
            if !send(&sink, &syncing).await {
                return;
            }
        }
        tokio::select! {
            () = sink.closed() => return,
            changed = heads.changed() => if changed.is_err() { return },
        }
    }
}

/// Sends one item, when the client has room for it; whether it is still there.
pub(crate) async fn send(sink: &SubscriptionSink, item: &impl Serialize) -> bool {
    match to_raw_value(item) {
        Ok(json) => sink.send(SubscriptionMessage::from(json)).await.is_ok(),
        Err(_) => false,
    }
}
