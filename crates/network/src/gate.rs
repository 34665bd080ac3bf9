//! Who may connect: bans by peer id, and the number of connections, in all, of one peer and from one address.
//!
//! Persistent peers are let in even where all places are taken.

mod behaviour;

use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
    sync::Arc,
    time::Instant,
};

use libp2p::{Multiaddr, PeerId, multiaddr::Protocol, swarm::ConnectionId};

use crate::{
    figures::Counters,
    limits::{BANS_MAX, CONNECTIONS_PER_PEER, Limits, STRANGERS_MAX},
};

/// Why a connection was refused.
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    /// The peer is banned.
    #[error("banned")]
    Banned,
    /// All places are taken.
    #[error("all places are taken")]
    Full,
    /// The peer has its connections already.
    #[error("connected already")]
    Connected,
    /// The address has its connections already.
    #[error("too many connections from one address")]
    Address,
}

/// The doorkeeper.
pub struct Gate {
    max: usize,
    per_ip: usize,
    per_loopback: usize,
    bans: HashMap<PeerId, Instant>,
    persistent: HashSet<PeerId>,
    /// Connections that were let in, pending and established: from where, and whose as soon as that is known.
    inside: HashMap<ConnectionId, (Option<IpAddr>, Option<PeerId>)>,
    counters: Arc<Counters>,
}

impl Gate {
    /// With room for `peers_max` peers.
    pub fn new(peers_max: usize, limits: &Limits, counters: Arc<Counters>) -> Self {
        Self {
            max: peers_max,
            per_ip: limits.inbound_per_ip,
            per_loopback: limits.inbound_per_loopback,
            bans: HashMap::new(),
            persistent: HashSet::new(),
            inside: HashMap::new(),
            counters,
        }
    }

    /// A persistent peer is always let in, unless it is banned.
    pub fn favour(&mut self, peer: PeerId) {
        self.persistent.insert(peer);
    }

    /// Whether the operator named this peer.
    pub fn favours(&self, peer: &PeerId) -> bool {
        self.persistent.contains(peer)
    }

    /// Refuses a peer until then. Beyond [`BANS_MAX`], the ban that ends first is forgotten.
    pub fn ban(&mut self, peer: PeerId, until: Instant) {
        if self.bans.len() >= BANS_MAX && !self.bans.contains_key(&peer) {
            let first = self.bans.iter().min_by_key(|(_, until)| **until).map(|(peer, _)| *peer);
            first.map(|first| self.bans.remove(&first));
        }
        self.bans.insert(peer, until);
    }

    /// Whether a peer is banned now.
    pub fn banned(&self, peer: &PeerId, now: Instant) -> bool {
        self.bans.get(peer).is_some_and(|until| *until > now)
    }

    /// Forgets bans that are over.
    pub fn forgive(&mut self, now: Instant) {
        self.bans.retain(|_, until| *until > now);
    }

    fn admit_address(&self, ip: Option<IpAddr>) -> Result<(), Denied> {
        let bound = if ip.is_some_and(|ip| ip.is_loopback()) { self.per_loopback } else { self.per_ip };
        let same = self.inside.values().filter(|(other, _)| ip.is_some() && *other == ip).count();
        if self.inside.len() >= (self.max + STRANGERS_MAX) * CONNECTIONS_PER_PEER {
            return Err(Denied::Full);
        }
        if same >= bound { Err(Denied::Address) } else { Ok(()) }
    }

    fn admit_peer(&self, peer: &PeerId, inbound: bool) -> Result<(), Denied> {
        if self.banned(peer, Instant::now()) {
            return Err(Denied::Banned);
        }
        let held = self.inside.values().filter(|(_, owner)| owner.as_ref() == Some(peer)).count();
        if held >= CONNECTIONS_PER_PEER {
            return Err(Denied::Connected);
        }
        let others: HashSet<_> = self.inside.values().filter_map(|(_, owner)| *owner).filter(|p| p != peer).collect();
        let full = inbound && others.len() >= self.max && !self.favours(peer);
        if full { Err(Denied::Full) } else { Ok(()) }
    }
}

/// The address part of a multiaddress.
pub fn ip_of(address: &Multiaddr) -> Option<IpAddr> {
    address.iter().find_map(|part| match part {
        Protocol::Ip4(ip) => Some(IpAddr::V4(ip)),
        Protocol::Ip6(ip) => Some(IpAddr::V6(ip)),
        _ => None,
    })
}

#[cfg(test)]
mod tests;
