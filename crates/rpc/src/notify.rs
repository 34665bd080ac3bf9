//! News for those who wait: a block was committed, a transaction came into the pool.
//!
//! Heads are a level, not a queue: whoever is slow sees the newest height and reads what lies between from storage, so no
//! head is ever missed. Pending transactions are a queue with a bound: a slow reader misses the oldest.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use seiza_types::{Height, VerifiedTx};
use tokio::sync::{broadcast, watch};

use crate::limits::PENDING_EVENTS_MAX;

/// Tells subscribers what happened. Cloning shares it.
#[derive(Debug, Clone)]
pub struct Notifier {
    heads: watch::Sender<Height>,
    pending: broadcast::Sender<VerifiedTx>,
    revision: Arc<AtomicU64>,
}

impl Notifier {
    /// A notifier of a chain whose head is at `head`.
    #[must_use]
    pub fn new(head: Height) -> Self {
        Self {
            heads: watch::Sender::new(head),
            pending: broadcast::Sender::new(PENDING_EVENTS_MAX),
            revision: Arc::default(),
        }
    }

    /// The block at `height` has been published.
    pub fn committed(&self, height: Height) {
        self.revision.fetch_add(1, Ordering::Relaxed);
        self.heads.send_if_modified(|head| {
            let newer = height > *head;
            *head = height.max(*head);
            newer
        });
    }

    /// The pool took in `tx`.
    pub fn admitted(&self, tx: &VerifiedTx) {
        self.revision.fetch_add(1, Ordering::Relaxed);
        if self.pending.receiver_count() > 0 {
            // An error only says that the last receiver left since the count.
            let _ = self.pending.send(tx.clone());
        }
    }

    /// A number that changes with everything that is told here.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision.load(Ordering::Relaxed)
    }

    /// Follows the head from now on.
    #[must_use]
    pub fn heads(&self) -> watch::Receiver<Height> {
        self.heads.subscribe()
    }

    /// Follows the pool from now on.
    #[must_use]
    pub fn pending(&self) -> broadcast::Receiver<VerifiedTx> {
        self.pending.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_only_rise() {
        let notifier = Notifier::new(5);
        let mut heads = notifier.heads();
        notifier.committed(4);
        assert!(!heads.has_changed().unwrap());
        notifier.committed(6);
        notifier.committed(7);
        assert!(heads.has_changed().unwrap());
        assert_eq!(*heads.borrow_and_update(), 7);
    }
}
