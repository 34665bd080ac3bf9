//! Nodes for tests: free ports, short waits, and every wait bounded.

use std::time::Duration;

use seiza_network::{Event, Limits, Network, NetworkConfig, PeerInfo, start};
use seiza_types::{B256, Bytes, PeerAddress};
use tokio::sync::mpsc;

/// Longer than anything here may take, on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A running node and what it hears.
pub struct Node {
    pub network: Network,
    pub events: mpsc::Receiver<Event>,
}

/// Waits as for tests: what is done again after seconds in earnest takes a fraction here; what is waited for on a machine that
/// does other things too is waited for long.
pub fn limits() -> Limits {
    Limits {
        hello_timeout: Duration::from_secs(5),
        request_timeout: Duration::from_secs(20),
        redial_min: Duration::from_millis(50),
        redial_max: Duration::from_millis(500),
        exchange_interval: Duration::from_millis(500),
        ping_interval: Duration::from_secs(2),
        ..Limits::default()
    }
}

/// A node's configuration: `number` gives its identity and name.
pub fn config(number: u8, peers: &[&Node]) -> NetworkConfig {
    NetworkConfig {
        chain_id: "seiza-1".into(),
        genesis_hash: B256::repeat_byte(7),
        height: 5,
        node_key: [number; 32],
        listen: ([127, 0, 0, 1], 0).into(),
        peers: peers.iter().map(|node| address(node)).collect(),
        peers_max: 20,
        moniker: format!("node-{number}"),
        discovery: true,
        consensus_port: 1_000 + u16::from(number),
        validator: None,
        book: None,
        seed: u64::from(number),
        limits: limits(),
    }
}

/// Where a node listens, with its id.
pub fn address(node: &Node) -> PeerAddress {
    let (id, listen) = (node.network.id(), node.network.listen_addr());
    PeerAddress { id: Some(id.to_string()), host: listen.ip().to_string(), port: listen.port() }
}

pub async fn launch(config: NetworkConfig) -> Node {
    let (network, events) = start(config).await.unwrap();
    Node { network, events }
}

/// Two nodes that have joined each other, the second having dialled the first.
pub async fn pair() -> (Node, Node) {
    let mut first = launch(config(1, &[])).await;
    let mut second = launch(config(2, &[&first])).await;
    first.joined().await;
    second.joined().await;
    (first, second)
}

impl Node {
    /// The next event that `pick` takes; others are dropped.
    pub async fn wait<T>(&mut self, what: &str, mut pick: impl FnMut(Event) -> Option<T>) -> T {
        let found = async {
            loop {
                let event = self.events.recv().await.expect("the network runs");
                if let Some(picked) = pick(event) {
                    break picked;
                }
            }
        };
        tokio::time::timeout(PATIENCE, found).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
    }

    pub async fn joined(&mut self) -> PeerInfo {
        self.wait("a peer to join", |event| if let Event::Joined { peer } = event { Some(peer) } else { None }).await
    }

    pub async fn left(&mut self) -> seiza_network::PeerId {
        self.wait("a peer to leave", |event| if let Event::Left { peer } = event { Some(peer) } else { None }).await
    }

    /// Until the handle shows so many peers.
    pub async fn has_peers(&self, count: usize) {
        until("peers", || self.network.peers().len() == count).await;
    }

    /// The score of a connected peer.
    pub fn score(&self, peer: seiza_network::PeerId) -> Option<i32> {
        self.network.peers().iter().find(|info| info.id == peer).map(|info| info.score)
    }
}

/// Until something holds.
pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = std::time::Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The transaction of that number, and its hash as far as these tests care.
pub fn tx(number: u64, length: usize) -> (B256, Bytes) {
    let mut bytes = vec![0xab; length.max(8)];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    (B256::left_padding_from(&number.to_be_bytes()), bytes.into())
}
