//! Who the engine is connected to.

use malachitebft_engine::network::{NetworkMsg, NetworkRef};
use tendermint::account;

use crate::context::Seiza;

/// A connected peer of the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Peer id (libp2p, base58).
    pub id: String,
    /// Where it is (libp2p multiaddress).
    pub address: String,
    /// The name it gives itself.
    pub moniker: String,
    /// Consensus address, where it has proved to be a validator of the current set.
    pub validator: Option<account::Id>,
    /// Whether we dialled it; `None` while that is open.
    pub outbound: Option<bool>,
}

/// All of them, by id; none where the engine has stopped.
pub(crate) async fn peers(network: &NetworkRef<Seiza>) -> Vec<Peer> {
    let Ok(Some(dump)) = ractor::call!(network, NetworkMsg::DumpState) else { return Vec::new() };
    let mut peers: Vec<Peer> = dump
        .peers
        .into_iter()
        .map(|(id, peer)| Peer {
            id: id.to_string(),
            address: peer.address.to_string(),
            moniker: peer.moniker,
            validator: peer.consensus_address.and_then(|address| address.parse().ok()),
            outbound: peer.connection_direction.map(|way| way.as_str() == "outbound"),
        })
        .collect();
    peers.sort_by(|a, b| a.id.cmp(&b.id));
    peers
}
