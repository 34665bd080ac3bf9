//! Connections: from the first byte to the good hello, and their end.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use libp2p::{PeerId, core::ConnectedPoint, ping, swarm::ConnectionId};
use tendermint::account;

use super::{Hub, peer::Peer};
use crate::{
    event::{Direction, Event, PeerInfo},
    figures::count,
    lane::{FromLane, LaneEvent},
    score::Fault,
    start::socket_of,
    wire::{Entry, Hello, LaneMessage},
};

/// How long the older of two connections of one peer stays, so that its requests can end.
const SPARE: Duration = Duration::from_secs(2);

/// One connection.
pub struct Link {
    peer: PeerId,
    address: SocketAddr,
    direction: Direction,
    /// When to close it: if it has no good hello by then, or because it is refused or spare.
    pub(super) closing: Option<Instant>,
    /// The other side's hello, once it was good.
    pub(super) hello: Option<(Hello, Option<account::Id>)>,
    /// The other side found ours good.
    pub(super) welcomed: bool,
    pub(super) refused: bool,
}

impl Link {
    const fn joined(&self) -> bool {
        self.hello.is_some() && self.welcomed && !self.refused
    }

    /// Where the peer listens: where we dialled it, or the port that it claims.
    fn listens(&self) -> SocketAddr {
        match (self.direction, &self.hello) {
            (Direction::Inbound, Some((hello, _))) => SocketAddr::new(self.address.ip(), hello.port),
            _ => self.address,
        }
    }

    fn info(&self, persistent: bool) -> Option<PeerInfo> {
        let (hello, validator) = self.hello.as_ref()?;
        Some(PeerInfo {
            id: self.peer,
            address: self.listens(),
            moniker: hello.moniker.clone(),
            validator: *validator,
            consensus_port: hello.consensus_port,
            height: hello.height,
            direction: self.direction,
            persistent,
            score: 0,
            rtt: None,
        })
    }
}

impl Hub {
    pub(super) fn on_connected(&mut self, peer: PeerId, connection: ConnectionId, endpoint: &ConnectedPoint) {
        let direction = if endpoint.is_dialer() { Direction::Outbound } else { Direction::Inbound };
        let address = socket_of(endpoint.get_remote_address()).unwrap_or(([0, 0, 0, 0], 0).into());
        let closing = Some(Instant::now() + self.config.limits.hello_timeout);
        let link = Link { peer, address, direction, closing, hello: None, welcomed: false, refused: false };
        self.links.insert(connection, link);
        self.on_dialled(connection, peer);
    }

    pub(super) fn on_closed(&mut self, id: PeerId, connection: ConnectionId) {
        self.links.remove(&connection);
        let Some(peer) = self.peers.get_mut(&id) else { return };
        peer.connections.retain(|held| *held != connection);
        if peer.connections.is_empty() {
            self.peers.remove(&id);
            tracing::info!(peer = %id, "peer left");
            self.tell(Event::Left { peer: id });
            self.show();
        }
    }

    pub(super) fn on_ping(&mut self, event: &ping::Event) {
        match (&event.result, self.peers.get_mut(&event.peer)) {
            (Ok(rtt), Some(peer)) => peer.rtt = Some(*rtt),
            (Err(ping::Failure::Timeout), _) => self.close(event.connection),
            _ => {}
        }
    }

    pub(super) fn on_lane(&mut self, event: LaneEvent) {
        let LaneEvent { peer, connection, told } = event;
        match told {
            FromLane::Message(LaneMessage::Hello(hello)) => self.on_hello(peer, connection, *hello),
            FromLane::Message(LaneMessage::Welcome) => self.on_welcome(peer, connection),
            FromLane::Message(LaneMessage::Refuse(refusal)) => self.on_refused(peer, connection, &refusal),
            FromLane::Message(message) if self.greeted(connection) => self.on_gossip(peer, message),
            FromLane::Message(_) => {
                self.fault(peer, Fault::Unsolicited);
                self.close(connection);
            }
            FromLane::Breach(breach) => self.on_breach(peer, connection, &breach),
        }
    }

    /// The peer joins with its first connection on which both hellos were good.
    pub(super) fn join(&mut self, id: PeerId, connection: ConnectionId) {
        let persistent = self.swarm.behaviour().gate.favours(&id);
        let Some(link) = self.links.get_mut(&connection).filter(|link| link.joined()) else { return };
        link.closing = None;
        let Some(info) = link.info(persistent) else { return };
        let met = (link.direction == Direction::Outbound).then_some(link.address);
        met.into_iter().for_each(|address| self.dialler.book.met(Entry { id, address }));
        self.dialler.joined(&id);
        match self.peers.get_mut(&id) {
            Some(peer) => {
                peer.connections.push(connection);
                self.spare(id);
            }
            None => self.welcome(info, connection),
        }
    }

    fn welcome(&mut self, info: PeerInfo, connection: ConnectionId) {
        let (id, now) = (info.id, Instant::now());
        tracing::info!(peer = %id, address = %info.address, moniker = ?info.moniker, "peer joined");
        self.peers.insert(id, Peer::new(info.clone(), connection, &self.config.limits, now));
        count(&self.shared.counters.joined);
        self.show();
        self.tell(Event::Joined { peer: info });
        if self.config.discovery {
            self.ask_for_peers(id);
        }
    }

    /// Of two connections the side with the smaller id closes the older, later: so both sides agree on which.
    fn spare(&mut self, id: PeerId) {
        let oldest = self.peers.get(&id).filter(|peer| peer.connections.len() > 1).map(|peer| peer.connections[0]);
        let link = oldest.filter(|_| self.shared.id < id).and_then(|oldest| self.links.get_mut(&oldest));
        if let Some(link) = link {
            link.closing = Some(Instant::now() + SPARE);
        }
    }

    pub(super) fn close_overdue(&mut self, now: Instant) {
        let overdue = |link: &Link| link.closing.is_some_and(|closing| closing <= now);
        let closing: Vec<_> = self.links.iter().filter(|(_, link)| overdue(link)).map(|(id, _)| *id).collect();
        closing.into_iter().for_each(|connection| self.close(connection));
    }

    pub(super) fn close(&mut self, connection: ConnectionId) {
        self.swarm.close_connection(connection);
    }

    pub(super) fn send(&mut self, peer: PeerId, connection: ConnectionId, message: &LaneMessage) {
        self.swarm.behaviour_mut().lane.send(peer, connection, message.encode().into());
    }
}
