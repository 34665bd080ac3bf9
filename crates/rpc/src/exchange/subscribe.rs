//! `exchange_subscribe`: streams pushed to WebSocket clients.
//!
//! As with `eth_subscribe`, what is told is read block by block from the store: whoever is slow gets it late and whole, and
//! holds nothing but its own place. One that falls behind what is kept begins anew with a snapshot.

use std::sync::Arc;

use jsonrpsee::core::SubscriptionResult;
use jsonrpsee::types::{ErrorObjectOwned, Params};
use jsonrpsee::{PendingSubscriptionSink, SubscriptionSink};
use seiza_types::exchange::MarketId;

use super::answers::address;
use super::fields::{Fields, wrong};
use super::interval::Interval;
use super::stream::{Next, Stream, Topic};
use crate::Failure;
use crate::eth::subscribe::{Counted, send};
use crate::methods::{Answer, Api, Registered, Table};
use crate::workers::aside;

/// Begins a subscription.
pub(crate) const SUBSCRIBE: &str = "exchange_subscribe";
/// Ends a subscription.
pub(crate) const UNSUBSCRIBE: &str = "exchange_unsubscribe";
/// The notifications of a subscription.
const SUBSCRIPTION: &str = "exchange_subscription";

/// What a subscription is named by: the stream, and an object of the rest.
const PARAMS: [&str; 5] = ["stream", "market", "interval", "owner", "fromHeight"];

pub(super) fn register(table: &mut Table) -> Registered {
    table
        .module()
        .register_subscription(SUBSCRIBE, SUBSCRIPTION, UNSUBSCRIBE, |params, pending, api, _| {
            subscribe(params, pending, api)
        })
        .map(|_| ())
}

async fn subscribe(params: Params<'static>, pending: PendingSubscriptionSink, api: Arc<Api>) -> SubscriptionResult {
    match aside(|| asked(params.as_str(), &api)) {
        Ok(stream) => {
            let _counted = Counted::new();
            follow(pending.accept().await?, &api, stream).await;
        }
        Err(failure) => pending.reject(ErrorObjectOwned::from(failure)).await,
    }
    Ok(())
}

/// The stream that a client asks for: `["depth", {"market": 1, "fromHeight": 7}]`, or all in one object.
fn asked(params: Option<&str>, api: &Api) -> Answer<Stream> {
    let fields = Fields::of_topic(&PARAMS, params)?;
    let from = fields.number("fromHeight", 0..=u64::MAX)?;
    Stream::new(topic(&fields, api)?, from, &*api.backend)
}

fn topic(fields: &Fields, api: &Api) -> Answer<Topic> {
    let stream: String = fields.required_text("stream", "text")?;
    let market = || {
        let market = MarketId(fields.market()?);
        api.backend.at_head()?.market(market).map(|found| found.id)
    };
    let takes = |names: &[&str]| {
        let odd = PARAMS[1..4].iter().find(|name| fields.has(name) && !names.contains(name));
        odd.map_or(Ok(()), |name| Err(wrong(name, &format!("not a parameter of the stream {stream}"))))
    };
    match stream.as_str() {
        "depth" => takes(&["market"]).and_then(|()| Ok(Topic::Depth(market()?))),
        "trades" => takes(&["market"]).and_then(|()| Ok(Topic::Trades(market()?))),
        "candles" => {
            takes(&["market", "interval"])?;
            let names = Interval::ALL.map(Interval::name).join(", ");
            Ok(Topic::Candles(market()?, fields.required_text("interval", &format!("interval: {names}"))?))
        }
        "orders" => {
            takes(&["market", "owner"])?;
            let only = if fields.has("market") { Some(market()?) } else { None };
            Ok(Topic::Orders(address(&api.backend.at_head()?.state, fields.owner()?)?, only))
        }
        other => Err(Failure::NoSubscription(other.chars().take(64).collect(), "exchange")),
    }
}

/// Sends what a stream has to say, until the client leaves.
async fn follow(sink: SubscriptionSink, api: &Api, mut stream: Stream) {
    let mut heads = api.backend.notifier().heads();
    loop {
        let goes_on = match aside(|| stream.next(&*api.backend)) {
            Ok(Next::Message(message)) => send(&sink, &message).await,
            Ok(Next::Later) => !sink.is_closed(),
            Ok(Next::InStep) => tokio::select! {
                () = sink.closed() => false,
                changed = heads.changed() => changed.is_ok(),
            },
            Err(failure) => {
                // The client sees the subscription end, and comes back with the height that it has.
                tracing::warn!(%failure, "a market data stream has ended");
                false
            }
        };
        if !goes_on {
            return;
        }
        tokio::task::yield_now().await;
    }
}
