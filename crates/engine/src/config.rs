//! What the engine is started with, and how that becomes Malachite's configuration.
//!
//! Consensus messages travel by gossipsub, which relays (not every pair of nodes is connected), with flood publishing: what a
//! node says itself goes to every peer at once, so that a small network sees one hop and does not wait for a mesh.

use std::net::SocketAddr;
use std::path::PathBuf;

use bytesize::ByteSize;
use libp2p::Multiaddr;
use libp2p::multiaddr::Protocol;
use malachitebft_config::{
    BootstrapProtocol, ConsensusConfig, DiscoveryConfig, GossipSubConfig, P2pConfig, ProtocolNames,
    PubSubMaxSizePerTopic, PubSubProtocol, ScoringStrategy, Selector, ValuePayload, ValueSyncConfig,
};
use seiza_types::{ChainId, PeerAddress, ValidatorKey};

use crate::engine::EngineError;
use crate::limits;

/// What the engine is started with.
#[derive(Clone)]
pub struct EngineConfig {
    /// Votes are signed for this chain; peers of another do not understand us.
    pub chain_id: ChainId,
    /// Signs votes wherever a height's set has it. `None`: a full node, which follows and never votes.
    pub key: Option<ValidatorKey>,
    /// Ed25519 seed of the peer's identity: not the validator's.
    pub node_key: [u8; 32],
    /// Name shown to peers and in metrics.
    pub moniker: String,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Peers to keep connected to.
    pub peers: Vec<PeerAddress>,
    /// Folder of the log that keeps a restarted validator from signing twice.
    pub wal: PathBuf,
    /// Whether to learn more peers from peers.
    pub discovery: bool,
}

/// Peers' names for each other over libp2p.
fn multiaddr(peer: &PeerAddress) -> Result<Multiaddr, EngineError> {
    let host = match peer.host.parse() {
        Ok(std::net::IpAddr::V4(ip)) => Protocol::Ip4(ip),
        Ok(std::net::IpAddr::V6(ip)) => Protocol::Ip6(ip),
        Err(_) => Protocol::Dns(peer.host.as_str().into()),
    };
    let address = Multiaddr::empty().with(host).with(Protocol::Tcp(peer.port));
    let Some(id) = &peer.id else { return Ok(address) };
    let id = id.parse().map_err(|_| EngineError::Peer(peer.to_string()))?;
    Ok(address.with(Protocol::P2p(id)))
}

fn protocol_names(chain_id: &ChainId) -> ProtocolNames {
    let name = |what: &str| format!("/seiza/{chain_id}/{what}/1");
    ProtocolNames {
        consensus: name("consensus"),
        discovery_kad: name("kad"),
        discovery_regres: name("peers"),
        sync: name("sync"),
        validator_proof: name("validator"),
    }
}

/// Bytes of a limit.
fn size(bytes: usize) -> ByteSize {
    ByteSize::b(bytes as u64)
}

fn discovery(enabled: bool) -> DiscoveryConfig {
    DiscoveryConfig {
        enabled,
        bootstrap_protocol: BootstrapProtocol::Full,
        selector: Selector::Random,
        num_outbound_peers: limits::PEERS,
        num_inbound_peers: limits::PEERS,
        max_connections_per_ip: limits::CONNECTIONS_PER_IP,
        // A restarted peer comes back at once.
        ip_throttle_duration: std::time::Duration::ZERO,
        ..DiscoveryConfig::default()
    }
}

impl EngineConfig {
    fn p2p(&self) -> Result<P2pConfig, EngineError> {
        let listen = Multiaddr::empty().with(self.listen.ip().into()).with(Protocol::Tcp(self.listen.port()));
        Ok(P2pConfig {
            listen_addr: listen,
            persistent_peers: self.peers.iter().map(multiaddr).collect::<Result<_, _>>()?,
            persistent_peers_only: false,
            discovery: discovery(self.discovery),
            // Mesh of 6 (4 to 12, 2 of them dialled by us), no scoring, no explicit peers, flood publishing.
            protocol: PubSubProtocol::GossipSub(GossipSubConfig::new(6, 12, 4, 2, false, false, true)),
            pubsub_max_size: size(limits::PUBSUB_BYTES),
            pubsub_max_size_per_topic: PubSubMaxSizePerTopic {
                consensus: Some(size(limits::SIGNED_BYTES)),
                proposal_parts: Some(size(limits::PART_BYTES)),
                liveness: Some(size(limits::CERTIFICATE_BYTES)),
            },
            rpc_max_size: size(limits::RPC_BYTES),
            protocol_names: protocol_names(&self.chain_id),
            ..P2pConfig::default()
        })
    }

    /// Malachite's consensus configuration. A full node has consensus enabled too, or it would hear no gossip; without a key
    /// it is in no set, so it signs and logs nothing, and decides by what it hears.
    pub(crate) fn consensus(&self) -> Result<ConsensusConfig, EngineError> {
        Ok(ConsensusConfig {
            enabled: true,
            p2p: self.p2p()?,
            value_payload: ValuePayload::ProposalAndParts,
            queue_capacity: limits::HEIGHTS_QUEUED,
            queue_per_height_capacity: limits::QUEUED_PER_HEIGHT,
        })
    }

    /// Path of the log.
    pub(crate) fn wal_file(&self) -> PathBuf {
        self.wal.join("consensus.wal")
    }
}

/// Malachite's sync configuration.
pub(crate) fn value_sync() -> ValueSyncConfig {
    ValueSyncConfig {
        enabled: true,
        status_update_interval: limits::STATUS_INTERVAL,
        request_timeout: limits::SYNC_TIMEOUT,
        max_request_size: size(limits::SMALL_BYTES),
        max_response_size: size(limits::SYNC_RESPONSE_BYTES),
        parallel_requests: limits::SYNC_PARALLEL,
        scoring_strategy: ScoringStrategy::Ema,
        inactive_threshold: limits::PEER_INACTIVE,
        batch_size: limits::SYNC_BATCH,
        inbound_request_rate_limit_window: limits::SYNC_WINDOW,
        max_inbound_requests_per_window: limits::SYNC_REQUESTS_PER_WINDOW,
        ..ValueSyncConfig::default()
    }
}
