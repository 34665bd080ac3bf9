//! The hello, how it is answered, and how a lane ends.

use std::time::{Duration, Instant};

use libp2p::{PeerId, swarm::ConnectionId};

use super::Hub;
use crate::{
    codec::wire_fault,
    figures::count,
    handshake::{judge, refuse_unread},
    lane::Breach,
    score::Fault,
    wire::{Hello, LaneMessage, Refusal, WireError},
};

/// How long a refused connection stays, so that the reason reaches the other side.
const FAREWELL: Duration = Duration::from_millis(500);

impl Hub {
    /// Whether gossip may come on this connection: its hello was good. We need not be welcome for that.
    pub(super) fn greeted(&self, connection: ConnectionId) -> bool {
        self.links.get(&connection).is_some_and(|link| link.hello.is_some() && !link.refused)
    }

    pub(super) fn on_hello(&mut self, peer: PeerId, connection: ConnectionId, hello: Hello) {
        let Some(link) = self.links.get_mut(&connection) else { return };
        if link.hello.is_some() {
            return self.fault(peer, Fault::Unsolicited);
        }
        match judge(&self.config, &peer, &hello) {
            Ok(validator) => {
                link.hello = Some((hello, validator));
                self.send(peer, connection, &LaneMessage::Welcome);
                self.join(peer, connection);
            }
            Err(refusal) => self.refuse(peer, connection, refusal),
        }
    }

    pub(super) fn on_welcome(&mut self, peer: PeerId, connection: ConnectionId) {
        let Some(link) = self.links.get_mut(&connection) else { return };
        if link.welcomed || link.hello.is_none() {
            return self.fault(peer, Fault::Unsolicited);
        }
        link.welcomed = true;
        self.join(peer, connection);
    }

    fn refuse(&mut self, peer: PeerId, connection: ConnectionId, refusal: Refusal) {
        tracing::warn!(%peer, field = %refusal.field, reason = %refusal.reason, "peer refused");
        self.send(peer, connection, &LaneMessage::Refuse(refusal));
        self.part(peer, connection);
    }

    pub(super) fn on_refused(&mut self, peer: PeerId, connection: ConnectionId, refusal: &Refusal) {
        tracing::warn!(%peer, field = %refusal.field, reason = ?refusal.reason, "refused by peer");
        self.part(peer, connection);
    }

    /// Closes a connection in a moment, and does not dial the peer for a while.
    fn part(&mut self, peer: PeerId, connection: ConnectionId) {
        let now = Instant::now();
        if let Some(link) = self.links.get_mut(&connection) {
            link.closing = Some(now + FAREWELL);
            link.refused = true;
        }
        self.dialler.avoid(peer, now + self.config.limits.refused_pause);
        count(&self.shared.counters.refused);
    }

    pub(super) fn on_breach(&mut self, peer: PeerId, connection: ConnectionId, breach: &Breach) {
        let refused = self.links.get(&connection).is_none_or(|link| link.refused);
        match breach {
            _ if refused => {}
            Breach::Wire(error) => return self.on_wire_error(peer, connection, error),
            Breach::Second => self.fault(peer, Fault::Unsolicited),
            Breach::Unsupported => {
                tracing::warn!(%peer, "the peer does not speak our protocol");
                return self.part(peer, connection);
            }
            Breach::Broken => {}
        }
        self.close(connection);
    }

    fn on_wire_error(&mut self, peer: PeerId, connection: ConnectionId, error: &WireError) {
        match refuse_unread(error) {
            Some(refusal) => self.refuse(peer, connection, refusal),
            None => {
                tracing::debug!(%peer, %error, "not a message");
                self.fault(peer, wire_fault(error));
                self.close(connection);
            }
        }
    }
}
