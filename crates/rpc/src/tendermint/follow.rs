//! Subscriptions of one connection: who follows the head for it, and what becomes of a client that is too slow.
//!
//! Blocks are read from storage, so no event is missed between two looks. What waits for the client is bounded in messages
//! and in bytes; where an event does not fit, the subscription ends with an error, as in CometBFT.

use std::sync::Arc;

use parking_lot::Mutex;
use seiza_types::Height;
use serde_json::Value;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::fault::Fault;
use super::news::Item;
use super::query::Query;
use super::{Dialect, Service, envelope};
use crate::limits::{SOCKET_BYTES_WAITING_MAX, SOCKET_MESSAGES_WAITING_MAX, SOCKET_SUBSCRIPTIONS_MAX};
use crate::workers::aside;

/// Bytes of one permit of the budget.
const PERMIT_BYTES: usize = 1 << 10;
/// How CometBFT says it.
const TOO_SLOW: &str = "subscription was canceled (reason: client is not pulling messages fast enough)";

/// A message on its way to the client, and its share of the budget.
pub(crate) struct Message {
    /// What is sent.
    pub(crate) text: String,
    _share: OwnedSemaphorePermit,
}

/// Where messages wait for the client.
#[derive(Clone)]
pub(crate) struct Outbox {
    queue: mpsc::Sender<Message>,
    budget: Arc<Semaphore>,
}

impl Outbox {
    /// An empty one, and its other end.
    pub(crate) fn new() -> (Self, mpsc::Receiver<Message>) {
        let (queue, messages) = mpsc::channel(SOCKET_MESSAGES_WAITING_MAX);
        (Self { queue, budget: Arc::new(Semaphore::new(SOCKET_BYTES_WAITING_MAX / PERMIT_BYTES)) }, messages)
    }

    /// Permits that a message takes; one that is bigger than the budget takes all of it.
    fn permits(text: &str) -> u32 {
        let permits = (text.len() / PERMIT_BYTES + 1).min(SOCKET_BYTES_WAITING_MAX / PERMIT_BYTES);
        u32::try_from(permits).unwrap_or(u32::MAX)
    }

    /// Waits for room; answers whether the client is still there.
    pub(crate) async fn send(&self, text: String) -> bool {
        let permits = Self::permits(&text);
        let Ok(share) = self.budget.clone().acquire_many_owned(permits).await else { return false };
        self.queue.send(Message { text, _share: share }).await.is_ok()
    }

    /// Answers whether there was room.
    fn try_send(&self, text: String) -> Result<(), Slow> {
        let permits = Self::permits(&text);
        let share = self.budget.clone().try_acquire_many_owned(permits).map_err(|_| Slow::Full)?;
        self.queue.try_send(Message { text, _share: share }).map_err(|error| match error {
            TrySendError::Full(_) => Slow::Full,
            TrySendError::Closed(_) => Slow::Gone,
        })
    }
}

enum Slow {
    Full,
    Gone,
}

#[derive(Clone)]
struct Subscription {
    id: Value,
    text: String,
    query: Query,
    /// Blocks above it are told.
    since: Height,
}

/// The subscriptions of one connection.
#[derive(Default)]
pub(crate) struct Subscriptions(Mutex<Vec<Subscription>>);

impl Subscriptions {
    /// Adds one; events will carry `id`.
    pub(crate) fn add(&self, id: Value, text: String, since: Height) -> Result<(), Fault> {
        let query = Query::parse(&text).map_err(Fault::internal)?;
        let mut all = self.0.lock();
        if all.iter().any(|one| one.text == text) {
            return Err(Fault::internal("already subscribed"));
        }
        if all.len() >= SOCKET_SUBSCRIPTIONS_MAX {
            let text = format!("max_subscriptions_per_client {SOCKET_SUBSCRIPTIONS_MAX} reached");
            return Err(Fault::internal(text));
        }
        all.push(Subscription { id, text, query, since });
        Ok(())
    }

    /// Ends the one with that query.
    pub(crate) fn remove(&self, text: &str) -> Result<(), Fault> {
        let mut all = self.0.lock();
        let before = all.len();
        all.retain(|one| one.text != text);
        if all.len() == before { Err(Fault::internal("subscription not found")) } else { Ok(()) }
    }

    /// Ends all.
    pub(crate) fn clear(&self) -> Result<(), Fault> {
        let mut all = self.0.lock();
        if all.is_empty() {
            return Err(Fault::internal("subscription not found"));
        }
        all.clear();
        Ok(())
    }

    fn interested(&self, height: Height) -> Vec<Subscription> {
        self.0.lock().iter().filter(|one| one.since < height).cloned().collect()
    }
}

/// Follows the head and tells what subscriptions ask for, until the client is gone.
pub(crate) async fn follow(service: Arc<Service>, dialect: Dialect, subscriptions: Arc<Subscriptions>, outbox: Outbox) {
    let mut heads = service.backend().notifier().heads();
    let mut told = *heads.borrow_and_update();
    while heads.changed().await.is_ok() {
        let head = *heads.borrow_and_update();
        while told < head {
            told += 1;
            if !tell(&service, dialect, &subscriptions, &outbox, told).await {
                return;
            }
        }
    }
}

/// Tells one height; answers whether the client is still there.
async fn tell(
    service: &Service,
    dialect: Dialect,
    subscriptions: &Subscriptions,
    outbox: &Outbox,
    height: Height,
) -> bool {
    let interested = subscriptions.interested(height);
    if interested.is_empty() {
        return true;
    }
    let items = match aside(|| service.news(dialect, height)) {
        Ok(items) => items,
        Err(fault) => return end(subscriptions, outbox, &interested, &fault).await,
    };
    for item in items.iter() {
        for one in interested.iter().filter(|one| one.query.matches(&item.tags)) {
            match outbox.try_send(message(one, item)) {
                Ok(()) => {}
                Err(Slow::Gone) => return false,
                Err(Slow::Full) => return end(subscriptions, outbox, &interested, &Fault::server(TOO_SLOW)).await,
            }
        }
    }
    true
}

/// Ends these subscriptions, each with the error.
async fn end(subscriptions: &Subscriptions, outbox: &Outbox, ended: &[Subscription], fault: &Fault) -> bool {
    for one in ended {
        // An error says that the client has ended it meanwhile.
        let _ = subscriptions.remove(&one.text);
        if !outbox.send(envelope::answer(&one.id, &Err(fault.clone())).to_string()).await {
            return false;
        }
    }
    true
}

fn message(one: &Subscription, item: &Item) -> String {
    let query = Value::from(one.text.as_str());
    let (id, data, events) = (&one.id, item.data.get(), item.events.get());
    format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{"query":{query},"data":{data},"events":{events}}}}}"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subscriptions_are_bounded_and_found_by_their_query() {
        let all = Subscriptions::default();
        assert!(all.add(1.into(), "tm.event='Tx'".into(), 4).is_ok());
        assert!(all.add(2.into(), "tm.event='Tx'".into(), 4).is_err(), "twice");
        assert!(all.add(2.into(), "nonsense".into(), 4).is_err());
        assert!(all.interested(4).is_empty());
        assert_eq!(all.interested(5).len(), 1);
        for index in 1..SOCKET_SUBSCRIPTIONS_MAX {
            assert!(all.add(3.into(), format!("tx.height={index}"), 4).is_ok());
        }
        assert!(all.add(4.into(), "tx.height=0".into(), 4).is_err(), "one too many");
        assert!(all.remove("tm.event='Tx'").is_ok());
        assert!(all.remove("tm.event='Tx'").is_err());
        assert!(all.clear().is_ok());
        assert!(all.clear().is_err());
    }

    #[tokio::test]
    async fn an_outbox_is_bounded_in_bytes_and_in_messages() {
        let (outbox, mut messages) = Outbox::new();
        assert!(outbox.try_send("x".repeat(SOCKET_BYTES_WAITING_MAX * 2)).is_ok(), "one message of any size fits");
        assert!(matches!(outbox.try_send("x".into()), Err(Slow::Full)));
        drop(messages.recv().await);
        for _ in 0..SOCKET_MESSAGES_WAITING_MAX {
            assert!(outbox.try_send("x".into()).is_ok());
        }
        assert!(matches!(outbox.try_send("x".into()), Err(Slow::Full)));
        drop(messages);
        assert!(!outbox.send("x".into()).await);
    }
}
