//! A peer that has joined: what it said, what it knows, and what it may still send.

use std::time::{Duration, Instant};

use libp2p::swarm::ConnectionId;

use crate::{
    bucket::Bucket,
    event::PeerInfo,
    known::Known,
    limits::{KNOWN_MAX, Limits},
};

/// A joined peer.
pub struct Peer {
    /// What is shown of it.
    pub info: PeerInfo,
    /// Connections whose hellos were good, the newest last.
    pub connections: Vec<ConnectionId>,
    /// Transactions and evidence that it has.
    pub known: Known,
    /// Transactions that it may announce.
    pub announcements: Bucket,
    /// Requests that it may make.
    pub requests: Bucket,
    /// Evidence that it may send.
    pub evidence: Bucket,
    /// Requests of it that wait for the node's answer.
    pub answering: usize,
    /// Requests of ours that wait for its answer.
    pub asked: usize,
    /// Round trip of the last ping.
    pub rtt: Option<Duration>,
}

impl Peer {
    /// A newcomer on this connection.
    pub fn new(info: PeerInfo, connection: ConnectionId, limits: &Limits, now: Instant) -> Self {
        Self {
            info,
            connections: vec![connection],
            known: Known::new(KNOWN_MAX),
            announcements: Bucket::new(limits.announcements, now),
            requests: Bucket::new(limits.requests, now),
            evidence: Bucket::new(limits.evidence, now),
            answering: 0,
            asked: 0,
            rtt: None,
        }
    }

    /// The connection to write to.
    pub fn connection(&self) -> Option<ConnectionId> {
        self.connections.last().copied()
    }
}
