//! One WebSocket connection: calls are answered in their order, events come in between.

use std::sync::Arc;

use axum::extract::ws::{self, WebSocket};
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};

use super::envelope::{self, Body, Request};
use super::fault::Fault;
use super::follow::{Message, Outbox, Subscriptions, follow};
use super::{Dialect, Service, methods};
use crate::limits::{SOCKET_PING_INTERVAL, SOCKET_WRITE_TIME_MAX};

/// Serves a connection until one of the two ends it.
pub(crate) async fn serve(
    socket: WebSocket,
    service: Arc<Service>,
    dialect: Dialect,
    mut stopped: watch::Receiver<bool>,
) {
    let (sink, stream) = socket.split();
    let (outbox, messages) = Outbox::new();
    let subscriptions = Arc::new(Subscriptions::default());
    let follower = follow(service.clone(), dialect, subscriptions.clone(), outbox.clone());
    // The first of them to end ends the others.
    tokio::select! {
        () = read(stream, &service, dialect, &subscriptions, &outbox) => {}
        () = write(sink, messages) => {}
        () = async { follower.await; std::future::pending().await } => {}
        _ = stopped.wait_for(|stop| *stop) => {}
    }
}

async fn read(
    mut stream: SplitStream<WebSocket>,
    service: &Arc<Service>,
    dialect: Dialect,
    subscriptions: &Subscriptions,
    outbox: &Outbox,
) {
    while let Some(Ok(message)) = stream.next().await {
        let bytes = match &message {
            ws::Message::Text(text) => text.as_bytes(),
            ws::Message::Binary(bytes) => bytes,
            // Reading on sends the answer to a goodbye; then the stream ends. Without it clients wait half a minute for it.
            ws::Message::Close(_) | ws::Message::Ping(_) | ws::Message::Pong(_) => continue,
        };
        let calls = match envelope::read(bytes) {
            Body::One(call) => vec![call],
            Body::Many(calls) => calls,
        };
        for call in calls {
            let answer = match call {
                Ok(None) => continue,
                Err((id, fault)) => envelope::answer(&id, &Err(fault)),
                Ok(Some(request)) => {
                    let id = request.id.clone();
                    envelope::answer(&id, &answer(service, dialect, subscriptions, request).await)
                }
            };
            if !outbox.send(answer.to_string()).await {
                return;
            }
        }
    }
}

async fn answer(
    service: &Arc<Service>,
    dialect: Dialect,
    subscriptions: &Subscriptions,
    Request { id, method, params }: Request,
) -> Result<Value, Fault> {
    let params = params?;
    let query = || params.named(&["query"]).and_then(|params| params.text("query"));
    match method.as_str() {
        "subscribe" => subscriptions.add(id, query()?, service.backend().head().height)?,
        "unsubscribe" => subscriptions.remove(&query()?)?,
        "unsubscribe_all" => subscriptions.clear()?,
        _ => return methods::answer(service, dialect, &method, params).await,
    }
    Ok(json!({}))
}

async fn write(mut sink: SplitSink<WebSocket, ws::Message>, mut messages: mpsc::Receiver<Message>) {
    loop {
        let next = tokio::time::timeout(SOCKET_PING_INTERVAL, messages.recv()).await;
        let (message, share) = match next {
            Ok(Some(mut message)) => (ws::Message::Text(std::mem::take(&mut message.text).into()), Some(message)),
            Ok(None) => return,
            Err(_) => (ws::Message::Ping(Default::default()), None),
        };
        // A client that takes nothing for so long is gone.
        let sent = tokio::time::timeout(SOCKET_WRITE_TIME_MAX, sink.send(message)).await;
        drop(share);
        if !matches!(sent, Ok(Ok(()))) {
            return;
        }
    }
}
