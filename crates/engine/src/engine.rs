//! The engine: Malachite's actors, started in order, watched, and stopped in order.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use malachitebft_app::spawn;
use malachitebft_app::types::streaming::{StreamId, StreamMessage};
use malachitebft_codec::Codec as _;
use malachitebft_engine::consensus::ConsensusRef;
use malachitebft_engine::host::HostRef;
use malachitebft_engine::network::{NetworkIdentity, NetworkMsg, NetworkRef};
use malachitebft_engine::node::NodeRef;
use malachitebft_engine::sync::SyncRef;
use malachitebft_engine::util::events::TxEvent;
use malachitebft_engine::util::output_port::{OutputPort, OutputPortSubscriberTrait as _};
use malachitebft_engine::util::streaming::StreamContent;
use malachitebft_engine::wal::WalRef;
use malachitebft_metrics::{Metrics, SharedRegistry};
use ractor::ActorCell;
use seiza_types::Height;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tracing::warn;

use crate::codec::Codec;
use crate::config::{EngineConfig, value_sync};
use crate::context::{Address, Part, Seiza};
use crate::host::Host;
use crate::limits::{FAILURE_POLL, PROPOSAL_BYTES, STOP_TIMEOUT};
use crate::peers::{Peer, peers};
use crate::signing::{Signer, Verifier};
use crate::words::Ask;

/// Why the engine does not start.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The port is taken, or the address is not ours.
    #[error("cannot listen on {0}: {1}")]
    Listen(std::net::SocketAddr, std::io::Error),
    /// A configured peer's id is no libp2p id.
    #[error("peer {0}: its id is no libp2p peer id")]
    Peer(String),
    /// The node key's seed makes no key.
    #[error("node key: {0}")]
    NodeKey(String),
    /// The log's folder cannot be made, or the log is in use or damaged.
    #[error("consensus log in {0}: {1}")]
    Wal(String, String),
    /// A part of the engine did not start.
    #[error("{0} did not start: {1}")]
    Start(&'static str, String),
}

/// How a running engine ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The log could not be written or replayed: signing on might be signing twice. The engine stands still on purpose; the
    /// process must not be restarted before somebody has looked.
    Safety,
    /// A part of it ended. A restart of the process is safe.
    Stopped,
}

/// The engine's peers, and the way of our own proposals. Cheap to clone.
#[derive(Clone)]
pub struct Publisher {
    network: NetworkRef<Seiza>,
}

impl Publisher {
    /// Publishes an encoded compact proposal to all peers, who get it as [`Ask::Proposal`]. Longer ones than
    /// [`PROPOSAL_BYTES`] are not sent.
    pub fn publish(&self, height: Height, round: u32, compact: Bytes) {
        if compact.len() > PROPOSAL_BYTES {
            warn!(height, round, bytes = compact.len(), limit = PROPOSAL_BYTES, "proposal too long, not published");
            return;
        }
        let stream = StreamId::new([&height.to_be_bytes()[..], &round.to_be_bytes()].concat().into());
        let message = StreamMessage::new(stream, 0, StreamContent::Data(Part(compact)));
        if self.network.cast(NetworkMsg::PublishProposalPart(message)).is_err() {
            warn!(height, round, "proposal not published: the engine has stopped");
        }
    }

    /// Who is connected, by id.
    pub async fn peers(&self) -> Vec<Peer> {
        peers(&self.network).await
    }
}

/// A running engine. Dropping it leaves it running: call [`Engine::stop`].
pub struct Engine {
    actors: Actors,
    publisher: Publisher,
    peer_id: String,
    failure: watch::Receiver<Option<Failure>>,
    watcher: JoinHandle<()>,
    wal: std::path::PathBuf,
}

struct Actors {
    node: NodeRef,
    network: NetworkRef<Seiza>,
    wal: WalRef<Seiza>,
    host: HostRef<Seiza>,
    consensus: ConsensusRef<Seiza>,
    sync: Option<SyncRef<Seiza>>,
}

impl Engine {
    /// See [`Publisher::publish`].
    pub fn publish(&self, height: Height, round: u32, compact: Bytes) {
        self.publisher.publish(height, round, compact);
    }

    /// A handle to publish with, for tasks.
    #[must_use]
    pub fn publisher(&self) -> Publisher {
        self.publisher.clone()
    }

    /// See [`Publisher::peers`].
    pub async fn peers(&self) -> Vec<Peer> {
        self.publisher.peers().await
    }

    /// Our own peer id (libp2p, base58).
    #[must_use]
    pub fn peer_id(&self) -> &str {
        &self.peer_id
    }

    /// Changes from `None` once, when the engine fails by itself.
    #[must_use]
    pub fn failure(&self) -> watch::Receiver<Option<Failure>> {
        self.failure.clone()
    }

    /// Stops it, and waits until its port and log are free. Nothing is asked afterwards.
    pub async fn stop(self) {
        self.watcher.abort();
        let Actors { node, network, wal, host, consensus, sync } = self.actors;
        let first = sync.map(|sync| sync.get_cell());
        let rest = [consensus.get_cell(), host.get_cell(), network.get_cell(), wal.get_cell()];
        for actor in first.into_iter().chain(rest) {
            actor.unlink(node.get_cell());
            stop_actor(&actor).await;
        }
        stop_actor(&node.get_cell()).await;
        released(&self.wal).await;
    }
}

async fn stop_actor(actor: &ActorCell) {
    if actor.stop_and_wait(Some("the engine stops".into()), Some(STOP_TIMEOUT)).await.is_err() {
        warn!(actor = %actor.get_id(), "did not stop in time");
    }
}

/// Waits until nobody holds the log's lock: its thread ends after its actor.
async fn released(wal: &Path) {
    let free = || std::fs::File::open(wal).map_or(true, |file| file.try_lock().is_ok());
    let tries = STOP_TIMEOUT.as_millis() / 10;
    for _ in 0..tries {
        if free() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

/// Starts the engine. It listens, connects, and asks [`Ask::Ready`] first.
///
/// # Errors
/// [`EngineError`]: port taken, peer's id malformed, log unusable.
pub async fn start(config: EngineConfig) -> Result<(Engine, mpsc::UnboundedReceiver<Ask>), EngineError> {
    // The engine's own task would only log that it cannot listen, and stay silent for ever.
    TcpListener::bind(config.listen).map_err(|error| EngineError::Listen(config.listen, error))?;
    let registry = SharedRegistry::global().with_moniker(config.moniker.clone());
    let metrics = Metrics::register(&registry);
    let (node, ended) = spawn::spawn_node_actor(metrics.clone())
        .await
        .map_err(|error| EngineError::Start("node", error.to_string()))?;
    let (asks, questions) = mpsc::unbounded_channel();
    match actors(&config, &node, &registry, &metrics, asks).await {
        Ok((actors, peer_id)) => {
            let (failure, watcher) = watch_failure(metrics, ended);
            let publisher = Publisher { network: actors.network.clone() };
            Ok((Engine { publisher, actors, peer_id, failure, watcher, wal: config.wal_file() }, questions))
        }
        Err(error) => {
            node.get_cell().stop_children(Some("the engine did not start".into()));
            node.stop(None);
            Err(error)
        }
    }
}

fn identity(config: &EngineConfig) -> Result<(NetworkIdentity, String), EngineError> {
    let keypair = libp2p::identity::Keypair::ed25519_from_bytes(config.node_key)
        .map_err(|error| EngineError::NodeKey(error.to_string()))?;
    let peer_id = keypair.public().to_peer_id();
    let moniker = config.moniker.clone();
    let Some(key) = &config.key else { return Ok((NetworkIdentity::new(moniker, keypair, None), peer_id.to_string())) };
    let proof = Signer::new(config.chain_id.clone(), key.clone()).proof(peer_id.to_bytes());
    let proof = Codec.encode(&proof).map_err(|error| EngineError::NodeKey(error.to_string()))?;
    let address = Address::from(key.address()).to_string();
    Ok((NetworkIdentity::new_validator(moniker, keypair, address, proof), peer_id.to_string()))
}

async fn actors(
    config: &EngineConfig,
    node: &NodeRef,
    registry: &SharedRegistry,
    metrics: &Metrics,
    asks: mpsc::UnboundedSender<Ask>,
) -> Result<(Actors, String), EngineError> {
    fn started<T>(what: &'static str, result: Result<T, impl std::fmt::Display>) -> Result<T, EngineError> {
        result.map_err(|error| EngineError::Start(what, format!("{error:#}")))
    }
    let (consensus_config, sync_config) = (config.consensus()?, value_sync());
    let (identity, peer_id) = identity(config)?;
    let network =
        spawn::spawn_network_actor::<Seiza, _>(&consensus_config, &sync_config, identity, registry, Codec).await;
    let network = started("network", network)?;
    network.link(node.get_cell());
    let wal = spawn::spawn_wal_actor(&Seiza, Codec, &config.wal_file(), registry, node.clone()).await;
    let wal = wal.map_err(|error| EngineError::Wal(config.wal.display().to_string(), format!("{error:#}")))?;
    wal.link(node.get_cell());
    let host = started("host", Host::spawn(asks).await)?;
    host.link(node.get_cell());
    let port = Arc::new(OutputPort::new());
    let consensus = spawn::spawn_consensus_actor(
        Seiza,
        config.key.as_ref().map_or(Address([0; 20]), |key| key.address().into()),
        consensus_config,
        Box::new(Verifier::new(config.chain_id.clone())),
        config.key.clone().map(|key| Box::new(Signer::new(config.chain_id.clone(), key)) as _),
        network.clone(),
        host.clone(),
        wal.clone(),
        port.clone(),
        metrics.clone(),
        TxEvent::new(),
        node.clone(),
    )
    .await;
    let consensus = started("consensus", consensus)?;
    consensus.link(node.get_cell());
    let sync =
        spawn::spawn_sync_actor(Seiza, network.clone(), host.clone(), consensus.clone(), Codec, &sync_config, registry)
            .await;
    let sync = started("sync", sync)?;
    if let Some(sync) = &sync {
        sync.link(node.get_cell());
        sync.subscribe_to_port(&port);
    }
    Ok((Actors { node: node.clone(), network, wal, host, consensus, sync }, peer_id))
}

fn watch_failure(metrics: Metrics, ended: JoinHandle<()>) -> (watch::Receiver<Option<Failure>>, JoinHandle<()>) {
    let (sender, receiver) = watch::channel(None);
    let watcher = tokio::spawn(async move {
        tokio::pin!(ended);
        let failure = loop {
            tokio::select! {
                _ = &mut ended => break Failure::Stopped,
                () = tokio::time::sleep(FAILURE_POLL) => {
                    if metrics.node_safety_failure.get() != 0 {
                        break Failure::Safety;
                    }
                }
            }
        };
        sender.send_replace(Some(failure));
    });
    (receiver, watcher)
}

/// Metrics of every engine in this process as Prometheus text, labelled by moniker, without the closing `# EOF`, so that
/// other text can follow.
#[must_use]
pub fn metrics_text() -> String {
    let mut text = String::new();
    malachitebft_metrics::export(&mut text);
    text.truncate(text.trim_end().trim_end_matches("# EOF").len());
    text
}
