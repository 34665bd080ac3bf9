//! Dialling: persistent peers for ever, with growing waits; found ones while there is room.

use std::{net::SocketAddr, time::Instant};

use futures::FutureExt;
use libp2p::{
    PeerId,
    swarm::{
        ConnectionId, DialError,
        dial_opts::{DialOpts, PeerCondition},
    },
};

use super::{
    Hub,
    dialler::{Resolved, State},
};
use crate::{backoff::wait, figures::count, start::multiaddr};

impl Hub {
    /// Dials whoever is due.
    pub(super) fn dial_due(&mut self, now: Instant) {
        self.dialler.avoided.retain(|_, until| *until > now);
        for at in 0..self.dialler.persistent.len() {
            if self.is_due(at, now) {
                self.resolve(at);
            }
        }
        self.dial_found(now);
    }

    fn is_due(&self, at: usize, now: Instant) -> bool {
        let peer = &self.dialler.persistent[at];
        let due = matches!(peer.state, State::Wait(until) if until <= now);
        due && peer.id.is_none_or(|id| !self.swarm.is_connected(&id) && !self.dialler.avoids(&id, now))
    }

    fn resolve(&mut self, at: usize) {
        let peer = &mut self.dialler.persistent[at];
        peer.state = State::Resolving;
        let (host, port, timeout) = (peer.address.host.clone(), peer.address.port, self.config.limits.dial_timeout);
        let resolved = async move {
            let found = tokio::time::timeout(timeout, tokio::net::lookup_host((host, port))).await;
            let mut found: Vec<_> = found.ok().and_then(Result::ok).into_iter().flatten().collect();
            found.sort_by_key(SocketAddr::is_ipv6);
            (at, found)
        };
        self.resolving.push(resolved.boxed());
    }

    /// Of several addresses each failure turns to the next.
    pub(super) fn on_resolved(&mut self, (at, addresses): Resolved) {
        let (id, failures) = (self.dialler.persistent[at].id, self.dialler.persistent[at].failures as usize);
        let address = addresses.get(failures % addresses.len().max(1)).copied();
        if address.is_none() {
            tracing::debug!(peer = %self.dialler.persistent[at].address, "the name has no address");
        }
        let state = match address.map(|address| self.dial(id, address)) {
            Some(Ok(connection)) => State::Dialling(connection),
            // The swarm strikes out addresses that we listen on ourselves; this was the only one.
            Some(Err(DialError::NoAddresses)) => State::Never,
            Some(Err(_)) | None => return self.postpone(at),
        };
        self.dialler.persistent[at].state = state;
    }

    /// From a port of its own: one that is listened on could connect to itself, or be held by a dead connection.
    pub(super) fn dial(&mut self, id: Option<PeerId>, address: SocketAddr) -> Result<ConnectionId, DialError> {
        count(&self.shared.counters.dials);
        let options = match id {
            Some(id) => DialOpts::peer_id(id)
                .condition(PeerCondition::DisconnectedAndNotDialing)
                .addresses(vec![multiaddr(address)])
                .allocate_new_port()
                .build(),
            None => DialOpts::unknown_peer_id().address(multiaddr(address)).allocate_new_port().build(),
        };
        let connection = options.connection_id();
        self.swarm.dial(options).map(|()| connection)
    }

    /// A connection stands. Until its hello was good it counts as a failure: who lets us in and throws us out again is
    /// dialled ever more seldom.
    pub(super) fn on_dialled(&mut self, connection: ConnectionId, peer: PeerId) {
        if let Some(at) = self.dialler.connected(connection, peer) {
            self.swarm.behaviour_mut().gate.favour(peer);
            self.postpone(at);
        }
    }

    fn postpone(&mut self, at: usize) {
        let (limits, dialler) = (&self.config.limits, &mut self.dialler);
        let peer = &mut dialler.persistent[at];
        let pause = wait(peer.failures, (limits.redial_min, limits.redial_max), &mut dialler.dice);
        peer.failures = peer.failures.saturating_add(1);
        peer.state = State::Wait(Instant::now() + pause);
    }

    pub(super) fn on_dial_failed(&mut self, connection: ConnectionId, peer: Option<PeerId>, error: &DialError) {
        count(&self.shared.counters.dials_failed);
        tracing::debug!(?peer, %error, "dial failed");
        let found = self.dialler.dialling.remove(&connection);
        if let Some(found) = found {
            let (limits, dialler) = (&self.config.limits, &mut self.dialler);
            dialler.book.failed(&found, Instant::now(), limits, &mut dialler.dice);
        }
        let at = self.dialler.persistent.iter().position(|peer| peer.state == State::Dialling(connection));
        match (at, error) {
            (Some(at), DialError::LocalPeerId { .. }) => self.dialler.persistent[at].state = State::Never,
            (Some(at), _) => self.postpone(at),
            (None, _) => {}
        }
    }
}
