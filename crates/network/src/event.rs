//! What the network tells the node, and what the node is asked.

use std::{net::SocketAddr, time::Duration};

use libp2p::PeerId;
use seiza_types::{B256, Bytes};
use tendermint::account;
use tokio::sync::oneshot;

use crate::wire::{Item, Piece};

/// A transaction that a peer holds, or that we tell peers of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    /// Its hash.
    pub hash: B256,
    /// The transaction itself, where it travels along. A receiver must compare its hash: nobody has.
    pub bytes: Option<Bytes>,
}

/// What happened. Dropping a `reply` says "not held".
#[derive(Debug)]
pub enum Event {
    /// A peer holds these transactions. Those without bytes can be fetched from it.
    Announced {
        /// Who says so.
        peer: PeerId,
        /// At most 1,024.
        txs: Vec<Announced>,
    },
    /// A peer asks for waiting transactions.
    TxsAsked {
        /// Who asks.
        peer: PeerId,
        /// At most 1,024.
        hashes: Vec<B256>,
        /// One answer for each hash, in order; cut where it would be beyond the bytes of one response.
        reply: oneshot::Sender<Vec<Option<Bytes>>>,
    },
    /// A peer asks for transactions of a block.
    BlockTxsAsked {
        /// Who asks.
        peer: PeerId,
        /// The block's hash.
        block: B256,
        /// Places in the block, at most 8,192; any numbers.
        indexes: Vec<u32>,
        /// One transaction for each index, in order; `None` if the block, or one of them, is not held.
        reply: oneshot::Sender<Option<Vec<Bytes>>>,
    },
    /// A peer asks for a part of a block.
    PartAsked {
        /// Who asks.
        peer: PeerId,
        /// The block's hash.
        block: B256,
        /// The part's place; any number.
        index: u32,
        /// The part with its proof, at most 256 KiB.
        reply: oneshot::Sender<Option<Bytes>>,
    },
    /// A peer asks for a part of a snapshot's item.
    SnapshotAsked {
        /// Who asks.
        peer: PeerId,
        /// What for.
        item: Item,
        /// The part's place; any number.
        part: u32,
        /// The part; `None` where it is not held, or not yet.
        reply: oneshot::Sender<Option<Piece>>,
    },
    /// A peer passes on evidence, new to us. To be verified, and passed on by [`crate::Network::gossip_evidence`].
    Evidence {
        /// From whom.
        peer: PeerId,
        /// At most 8 KiB.
        bytes: Bytes,
    },
    /// A peer said a good hello, and heard that ours was good.
    Joined {
        /// What it said.
        peer: PeerInfo,
    },
    /// The last connection to a peer that had joined is gone.
    Left {
        /// Whose.
        peer: PeerId,
    },
}

/// Who dialled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The peer.
    Inbound,
    /// We.
    Outbound,
}

/// A connected peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerInfo {
    /// Its identity, authenticated.
    pub id: PeerId,
    /// Its address on this connection; of an inbound one the port is the peer's own claim of where it listens.
    pub address: SocketAddr,
    /// Its name, as it says.
    pub moniker: String,
    /// Consensus address of the validator whose key it proved to hold.
    pub validator: Option<account::Id>,
    /// Port of its consensus engine, as it says.
    pub consensus_port: u16,
    /// Height of its head when it connected, as it said.
    pub height: u64,
    /// Who dialled.
    pub direction: Direction,
    /// Whether the configuration names it.
    pub persistent: bool,
    /// 0 is spotless; at -100 it is banned.
    pub score: i32,
    /// Round trip of the last ping.
    pub rtt: Option<Duration>,
}
