//! Whom to dial: persistent peers for ever, with growing waits; found ones while there is room.

use std::{collections::HashMap, net::SocketAddr, time::Instant};

use futures::FutureExt;
use libp2p::{
    PeerId,
    swarm::{
        ConnectionId, DialError,
        dial_opts::{DialOpts, PeerCondition},
    },
};
use seiza_types::PeerAddress;

use super::Hub;
use crate::{
    backoff::{Dice, wait},
    book::{Book, read_book, tellable, write_book},
    config::NetworkConfig,
    figures::count,
    limits::{DIALS_MAX, EXCHANGE_MAX, REFUSED_MAX},
    start::multiaddr,
    wire::Entry,
};

/// A persistent peer's resolved address: its place in the list, and where it is.
pub type Resolved = (usize, Option<SocketAddr>);

/// A peer of the configuration.
struct Persistent {
    address: PeerAddress,
    id: Option<PeerId>,
    failures: u32,
    state: State,
}

/// Where a persistent peer's dialling stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Dial it then, unless it is connected.
    Wait(Instant),
    /// Its name is being resolved.
    Resolving,
    /// It is being dialled.
    Dialling(ConnectionId),
    /// It is ourselves, or its id is none: never.
    Never,
}

/// All that is known of addresses.
pub struct Dialler {
    /// The address book.
    pub book: Book,
    /// The seeded choice.
    pub dice: Dice,
    persistent: Vec<Persistent>,
    dialling: HashMap<ConnectionId, PeerId>,
    /// Not to be dialled until then.
    avoided: HashMap<PeerId, Instant>,
    next_exchange: Instant,
}

impl Dialler {
    /// With the configuration's peers, and the book of its file.
    pub fn new(config: &NetworkConfig, now: Instant) -> Self {
        Self {
            book: config.book.as_deref().map(read_book).unwrap_or_default(),
            dice: Dice::new(config.seed),
            persistent: config.peers.iter().map(|address| Persistent::new(address, now)).collect(),
            dialling: HashMap::new(),
            avoided: HashMap::new(),
            next_exchange: now + config.limits.exchange_interval,
        }
    }

    /// Ids of persistent peers, where they are known.
    pub fn persistent_ids(&self) -> impl Iterator<Item = PeerId> {
        self.persistent.iter().filter_map(|peer| peer.id)
    }

    /// A connection stands; the place of the persistent peer that it was dialled for. That tells its id, if it was not
    /// known.
    fn connected(&mut self, connection: ConnectionId, peer: PeerId) -> Option<usize> {
        self.dialling.remove(&connection);
        let at = self.persistent.iter().position(|one| one.state == State::Dialling(connection))?;
        self.persistent[at].id = Some(peer);
        Some(at)
    }

    /// Its hello was good: waits start afresh.
    pub fn joined(&mut self, peer: &PeerId) {
        self.persistent.iter_mut().filter(|one| one.id.as_ref() == Some(peer)).for_each(|one| one.failures = 0);
    }

    /// Not to be dialled until then. Beyond [`REFUSED_MAX`] the first to end is forgotten.
    pub fn avoid(&mut self, peer: PeerId, until: Instant) {
        if self.avoided.len() >= REFUSED_MAX {
            let first = self.avoided.iter().min_by_key(|(_, until)| **until).map(|(peer, _)| *peer);
            first.map(|first| self.avoided.remove(&first));
        }
        self.avoided.insert(peer, until);
        self.book.strike(&peer);
    }

    /// A banned peer is not dialled while its ban lasts.
    pub fn banned(&mut self, peer: PeerId, until: Instant) {
        self.avoid(peer, until);
    }

    fn avoids(&self, peer: &PeerId, now: Instant) -> bool {
        self.avoided.get(peer).is_some_and(|until| *until > now)
    }
}

impl Persistent {
    fn new(address: &PeerAddress, now: Instant) -> Self {
        let id = address.id.as_ref().map(|id| id.parse::<PeerId>());
        if let Some(Err(error)) = &id {
            tracing::error!(peer = %address, %error, "not a peer id: this peer is never dialled");
        }
        let state = if matches!(id, Some(Err(_))) { State::Never } else { State::Wait(now) };
        Self { address: address.clone(), id: id.and_then(Result::ok), failures: 0, state }
    }
}

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
            (at, found.ok().and_then(Result::ok).and_then(|mut found| found.next()))
        };
        self.resolving.push(resolved.boxed());
    }

    pub(super) fn on_resolved(&mut self, (at, address): Resolved) {
        let id = self.dialler.persistent[at].id;
        match address.and_then(|address| self.dial(id, address)) {
            Some(connection) => self.dialler.persistent[at].state = State::Dialling(connection),
            None => self.postpone(at),
        }
    }

    fn dial(&mut self, id: Option<PeerId>, address: SocketAddr) -> Option<ConnectionId> {
        count(&self.shared.counters.dials);
        let options = match id {
            Some(id) => DialOpts::peer_id(id)
                .condition(PeerCondition::DisconnectedAndNotDialing)
                .addresses(vec![multiaddr(address)])
                .build(),
            None => DialOpts::unknown_peer_id().address(multiaddr(address)).build(),
        };
        let connection = options.connection_id();
        self.swarm.dial(options).ok().map(|()| connection)
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

    /// Dials found peers, while there is room: half of the places stay for those that dial us.
    fn dial_found(&mut self, now: Instant) {
        let target = self.config.peers_max.div_ceil(2).max(self.config.peers_max.min(8));
        let busy = self.peers.len() + self.dialler.dialling.len();
        let room = target.saturating_sub(busy).min(DIALS_MAX.saturating_sub(self.dialler.dialling.len()));
        if !self.config.discovery || room == 0 {
            return;
        }
        let mut dice = self.dialler.dice.clone();
        let chosen = self.dialler.book.choose(room, now, &mut dice, |id| self.is_stranger(id, now));
        self.dialler.dice = dice;
        for entry in chosen {
            if let Some(connection) = self.dial(Some(entry.id), entry.address) {
                self.dialler.dialling.insert(connection, entry.id);
            }
        }
    }

    fn is_stranger(&self, id: &PeerId, now: Instant) -> bool {
        let dialling = self.dialler.dialling.values().any(|dialled| dialled == id);
        *id != self.shared.id && !dialling && !self.swarm.is_connected(id) && !self.dialler.avoids(id, now)
    }

    /// Asks a random peer for addresses, now and then, and writes the book.
    pub(super) fn exchange(&mut self, now: Instant) {
        if !self.config.discovery || now < self.dialler.next_exchange {
            return;
        }
        self.dialler.next_exchange = now + self.config.limits.exchange_interval;
        let at = self.dialler.dice.below(self.peers.len());
        if let Some(id) = self.peers.keys().nth(at).copied() {
            self.ask_for_peers(id);
        }
        self.keep_book();
    }

    pub(super) fn on_addresses(&mut self, from: PeerId, entries: &[Entry]) {
        if self.config.discovery && self.dialler.book.heard(from, entries) > 0 {
            self.dial_found(Instant::now());
        }
    }

    /// Connected peers whose address the asking one can use; none, without discovery.
    pub(super) fn addresses_for(&self, asking: &PeerId) -> Vec<Entry> {
        let Some(to) = self.peers.get(asking).filter(|_| self.config.discovery) else { return vec![] };
        let others = self.peers.values().filter(|peer| peer.info.id != *asking);
        let known = others.map(|peer| Entry { id: peer.info.id, address: peer.info.address });
        known.filter(|entry| tellable(&entry.address, &to.info.address)).take(EXCHANGE_MAX).collect()
    }

    /// Writes the book beside the task: a disk must not hold the swarm up.
    pub(super) fn keep_book(&self) {
        if let Some(path) = self.config.book.clone() {
            let text = self.dialler.book.to_text();
            tokio::task::spawn_blocking(move || {
                if let Err(error) = write_book(&path, &text) {
                    tracing::warn!(path = %path.display(), %error, "the address book was not written");
                }
            });
        }
    }
}
