//! Faults and bans.

use std::time::Instant;

use libp2p::PeerId;

use super::Hub;
use crate::{
    figures::count,
    score::{Fault, ban_length},
};

impl Hub {
    /// Scores a fault; the one too many bans the peer and closes its connections. What a banned peer's closing
    /// connections still bring costs it nothing more.
    pub(super) fn fault(&mut self, peer: PeerId, fault: Fault) {
        let now = Instant::now();
        if self.swarm.behaviour().gate.banned(&peer, now) {
            return;
        }
        tracing::debug!(%peer, ?fault, "fault");
        count(&self.shared.counters.faults);
        if let Some(bans) = self.scores.fault(peer, fault, now) {
            let length = ban_length(bans, self.swarm.behaviour().gate.favours(&peer), &self.config.limits);
            tracing::warn!(%peer, ?fault, ?length, "peer banned");
            self.ban(peer, now + length);
        }
    }

    fn ban(&mut self, peer: PeerId, until: Instant) {
        count(&self.shared.counters.bans);
        self.swarm.behaviour_mut().gate.ban(peer, until);
        self.dialler.banned(peer, until);
        let _ = self.swarm.disconnect_peer_id(peer);
    }
}
