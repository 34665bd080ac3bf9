//! What is known of addresses: the configuration's peers, the book, and whom not to dial.

use std::{collections::HashMap, net::SocketAddr, time::Instant};

use libp2p::{PeerId, swarm::ConnectionId};
use seiza_types::PeerAddress;

use crate::{
    backoff::Dice,
    book::{Book, read_book},
    config::NetworkConfig,
    limits::REFUSED_MAX,
};

/// A persistent peer's place in the list, and its addresses, the first to try first; none where its name is unknown.
pub type Resolved = (usize, Vec<SocketAddr>);

/// A peer of the configuration.
pub(super) struct Persistent {
    pub(super) address: PeerAddress,
    pub(super) id: Option<PeerId>,
    pub(super) failures: u32,
    pub(super) state: State,
}

/// Where a persistent peer's dialling stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
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
    pub(super) book: Book,
    /// The seeded choice.
    pub(super) dice: Dice,
    pub(super) persistent: Vec<Persistent>,
    pub(super) dialling: HashMap<ConnectionId, PeerId>,
    /// Not to be dialled until then.
    pub(super) avoided: HashMap<PeerId, Instant>,
    pub(super) next_exchange: Instant,
}

impl Dialler {
    /// With the configuration's peers, and the book of its file.
    pub(super) fn new(config: &NetworkConfig, now: Instant) -> Self {
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
    pub(super) fn persistent_ids(&self) -> impl Iterator<Item = PeerId> {
        self.persistent.iter().filter_map(|peer| peer.id)
    }

    /// A connection stands; the place of the persistent peer that it was dialled for. That tells its id, if it was not
    /// known.
    pub(super) fn connected(&mut self, connection: ConnectionId, peer: PeerId) -> Option<usize> {
        self.dialling.remove(&connection);
        let at = self.persistent.iter().position(|one| one.state == State::Dialling(connection))?;
        self.persistent[at].id = Some(peer);
        Some(at)
    }

    /// Its hello was good: waits start afresh.
    pub(super) fn joined(&mut self, peer: &PeerId) {
        self.persistent.iter_mut().filter(|one| one.id.as_ref() == Some(peer)).for_each(|one| one.failures = 0);
    }

    /// Not to be dialled until then. Beyond [`REFUSED_MAX`] the first to end is forgotten.
    pub(super) fn avoid(&mut self, peer: PeerId, until: Instant) {
        if self.avoided.len() >= REFUSED_MAX {
            let first = self.avoided.iter().min_by_key(|(_, until)| **until).map(|(peer, _)| *peer);
            first.map(|first| self.avoided.remove(&first));
        }
        self.avoided.insert(peer, until);
        self.book.strike(&peer);
    }

    /// A banned peer is not dialled while its ban lasts.
    pub(super) fn banned(&mut self, peer: PeerId, until: Instant) {
        self.avoid(peer, until);
    }

    pub(super) fn avoids(&self, peer: &PeerId, now: Instant) -> bool {
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
