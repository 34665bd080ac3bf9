//! The engine: Malachite's actors, published to, looked into, and stopped in order.

use bytes::Bytes;
use malachitebft_app::types::streaming::{StreamId, StreamMessage};
use malachitebft_engine::consensus::ConsensusRef;
use malachitebft_engine::host::HostRef;
use malachitebft_engine::network::{NetworkMsg, NetworkRef};
use malachitebft_engine::node::NodeRef;
use malachitebft_engine::sync::SyncRef;
use malachitebft_engine::util::streaming::StreamContent;
use malachitebft_engine::wal::WalRef;
use ractor::ActorCell;
use seiza_types::Height;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing::warn;

use crate::ballots::Ballots;
use crate::context::{Part, Seiza};
use crate::limits::{PROPOSAL_BYTES, STOP_TIMEOUT};
use crate::peers::{Peer, peers};
use crate::wal;

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
    pub(crate) network: NetworkRef<Seiza>,
}

impl Publisher {
    /// Publishes an encoded compact proposal to all peers, who get it as [`crate::Ask::Proposal`]. Longer ones than
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
    pub(crate) actors: Actors,
    pub(crate) publisher: Publisher,
    pub(crate) peer_id: String,
    pub(crate) failure: watch::Receiver<Option<Failure>>,
    pub(crate) watcher: JoinHandle<()>,
    pub(crate) wal: std::path::PathBuf,
    pub(crate) ballots: Ballots,
}

/// The engine's parts.
pub(crate) struct Actors {
    pub(crate) node: NodeRef,
    pub(crate) network: NetworkRef<Seiza>,
    pub(crate) wal: WalRef<Seiza>,
    pub(crate) host: HostRef<Seiza>,
    pub(crate) consensus: ConsensusRef<Seiza>,
    pub(crate) sync: Option<SyncRef<Seiza>>,
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

    /// The votes of the height at hand.
    #[must_use]
    pub fn ballots(&self) -> Ballots {
        self.ballots.clone()
    }

    /// Stops it, and waits until its port and log are free. Nothing is asked afterwards.
    pub async fn stop(self) {
        self.watcher.abort();
        let Actors { node, network, wal: log, host, consensus, sync } = self.actors;
        let first = sync.map(|sync| sync.get_cell());
        let rest = [consensus.get_cell(), host.get_cell(), network.get_cell(), log.get_cell()];
        for actor in first.into_iter().chain(rest) {
            actor.unlink(node.get_cell());
            stop_actor(&actor).await;
        }
        stop_actor(&node.get_cell()).await;
        wal::released(&self.wal).await;
    }
}

async fn stop_actor(actor: &ActorCell) {
    if actor.stop_and_wait(Some("the engine stops".into()), Some(STOP_TIMEOUT)).await.is_err() {
        warn!(actor = %actor.get_id(), "did not stop in time");
    }
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
