//! What the node is told, and what its handle shows.

use std::time::Instant;

use tokio::sync::mpsc::error::TrySendError;

use super::Hub;
use crate::{
    event::{Event, PeerInfo},
    figures::count,
    limits::EVENTS_MAX,
};

impl Hub {
    /// Tells the node. What must not be lost waits; of the rest, what does not fit is dropped and counted.
    pub(super) fn tell(&mut self, event: Event) {
        let lasting = matches!(event, Event::Joined { .. } | Event::Left { .. });
        if !lasting && self.waiting.len() >= EVENTS_MAX {
            count(&self.shared.counters.events_dropped);
            return;
        }
        self.waiting.push_back(event);
        self.drain();
    }

    pub(super) fn drain(&mut self) {
        while let Some(event) = self.waiting.pop_front() {
            match self.events.try_send(event) {
                Ok(()) => {}
                Err(TrySendError::Full(event)) => {
                    self.waiting.push_front(event);
                    return;
                }
                Err(TrySendError::Closed(_)) => self.waiting.clear(),
            }
        }
    }

    /// Renews what the handle shows.
    pub(super) fn show(&self) {
        let now = Instant::now();
        let shown = self.peers.iter().map(|(id, peer)| {
            let score = self.scores.score(id, now);
            PeerInfo { score, rtt: peer.rtt, ..peer.info.clone() }
        });
        *self.shared.peers.write() = shown.collect();
    }
}
