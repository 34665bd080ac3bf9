//! What the node says to start a network, and why it may not start.

use std::{net::SocketAddr, path::PathBuf};

use seiza_types::{B256, PeerAddress, ValidatorKey};

use crate::limits::{CHAIN_ID_BYTES_MAX, Limits, MONIKER_BYTES_MAX, PERSISTENT_MAX};

/// How the network starts.
#[derive(Clone)]
pub struct NetworkConfig {
    /// The chain's id; peers of another one are refused.
    pub chain_id: String,
    /// Hash of the genesis document; peers with another one are refused.
    pub genesis_hash: B256,
    /// Height of the head at the start; [`crate::Network::set_height`] raises it.
    pub height: u64,
    /// Seed of the ed25519 key of the libp2p identity: secret.
    pub node_key: [u8; 32],
    /// Where to accept peers; port 0 takes a free one ([`crate::Network::listen_addr`] tells it).
    pub listen: SocketAddr,
    /// Persistent peers, by the address of **this** swarm (gossip port). Dialled again for ever; our own is ignored.
    pub peers: Vec<PeerAddress>,
    /// Peers in all; persistent ones come on top.
    pub peers_max: usize,
    /// Our name, for people; at most 64 bytes.
    pub moniker: String,
    /// Whether to ask peers for other peers, dial those, and tell of ours.
    pub discovery: bool,
    /// TCP port of the consensus engine, told to peers.
    pub consensus_port: u16,
    /// The validator's key, whose address is proven to peers; none on a full node.
    pub validator: Option<ValidatorKey>,
    /// File that keeps the address book between starts.
    pub book: Option<PathBuf>,
    /// Seed of waiting times and of the choice among peers.
    pub seed: u64,
    /// Bounds.
    pub limits: Limits,
}

/// Why the network does not start.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// A field of the configuration is beyond its bound.
    #[error("{field}: {count} is more than {max}")]
    Oversized {
        /// Which field.
        field: &'static str,
        /// Its length.
        count: usize,
        /// The bound.
        max: usize,
    },
    /// The transport could not be built, or a key is no key.
    #[error("{0}")]
    Transport(String),
    /// The address can't be listened on.
    #[error("cannot listen on {address}: {reason}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why, as the system says it.
        reason: String,
    },
}

impl NetworkConfig {
    /// Compares every field with its bound.
    ///
    /// # Errors
    /// [`NetworkError::Oversized`] names the field.
    pub fn check(&self) -> Result<(), NetworkError> {
        let table = [
            ("chain id", self.chain_id.len(), CHAIN_ID_BYTES_MAX),
            ("moniker", self.moniker.len(), MONIKER_BYTES_MAX),
            ("peers", self.peers.len(), PERSISTENT_MAX),
        ];
        match table.into_iter().find(|(_, count, max)| count > max) {
            Some((field, count, max)) => Err(NetworkError::Oversized { field, count, max }),
            None => Ok(()),
        }
    }
}
