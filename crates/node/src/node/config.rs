//! What the settings mean to host, engine and network.

use std::net::SocketAddr;
use std::time::Duration;

use seiza_engine::{EngineConfig, Timeouts};
use seiza_network::NetworkConfig;
use seiza_types::{Height, PeerAddress};

use super::Node;
use crate::failure::Failure;
use crate::founding::NodeKey;
use crate::host::Ways;

/// In a round without progress, time after which votes are sent again.
const REBROADCAST: Duration = Duration::from_millis(500);

impl Node<'_> {
    pub(super) fn ways(&self) -> Ways {
        let consensus = &self.settings.consensus;
        let timeouts = Timeouts {
            propose: consensus.timeout_propose,
            propose_delta: consensus.timeout_propose_delta,
            prevote: consensus.timeout_prevote,
            prevote_delta: consensus.timeout_prevote_delta,
            precommit: consensus.timeout_precommit,
            precommit_delta: consensus.timeout_precommit_delta,
            rebroadcast: REBROADCAST,
        };
        Ways {
            mode: self.settings.mode(),
            smart_propagation: consensus.smart_propagation,
            optimistic_processing: consensus.optimistic_processing,
            block_time: self.settings.block_time.0,
            gather: self.settings.gather.0,
            timeouts,
        }
    }

    pub(super) fn engine(&self) -> Result<EngineConfig, Failure> {
        let p2p = &self.settings.p2p;
        Ok(EngineConfig {
            chain_id: self.genesis.chain_id.parse().map_err(Failure::refused)?,
            key: Some(self.key.clone()),
            node_key: NodeKey::open(self.home)?.seed(),
            moniker: self.settings.moniker.clone(),
            listen: SocketAddr::new(p2p.host, p2p.port),
            peers: p2p.peers.clone(),
            wal: self.home.data().join("wal"),
            discovery: p2p.discovery,
        })
    }

    pub(super) fn network(&self, height: Height) -> Result<NetworkConfig, Failure> {
        let p2p = &self.settings.p2p;
        Ok(NetworkConfig {
            chain_id: self.genesis.chain_id.clone(),
            genesis_hash: self.genesis.hash(),
            height,
            node_key: NodeKey::open(self.home)?.seed(),
            listen: SocketAddr::new(p2p.host, p2p.gossip_port),
            // A peer is named by its consensus port; transactions and blocks travel one below it.
            peers: p2p.peers.iter().map(|peer| PeerAddress { port: peer.port - 1, ..peer.clone() }).collect(),
            peers_max: p2p.peers_max,
            moniker: self.settings.moniker.clone(),
            discovery: p2p.discovery,
            consensus_port: p2p.port,
            validator: Some(self.key.clone()),
            book: Some(self.home.data().join("peers")),
            seed: entropy()?,
            limits: seiza_network::Limits::default(),
        })
    }
}

/// For the order in which peers are dialled, so that not all nodes do it alike.
fn entropy() -> Result<u64, Failure> {
    let mut seed = [0; 8];
    getrandom::fill(&mut seed).map_err(|error| Failure::refused(format!("no entropy: {error}")))?;
    Ok(u64::from_be_bytes(seed))
}
