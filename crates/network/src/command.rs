//! What passes between the handles and the swarm's task.

use std::{net::SocketAddr, sync::Arc};

use libp2p::PeerId;
use parking_lot::RwLock;
use seiza_types::Bytes;
use tokio::sync::oneshot;

use crate::{
    event::{Announced, PeerInfo},
    figures::Counters,
    score::Fault,
    wire::{Request, Response},
};

/// Why a fetch brought nothing. Where the peer is to blame it has been scored already.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The peer is not connected, or left meanwhile.
    #[error("the peer is not connected")]
    NotConnected,
    /// No answer in time.
    #[error("no answer in time")]
    Timeout,
    /// The peer, or our own queue to it, has too many requests at a time.
    #[error("too many requests at a time")]
    Busy,
    /// The peer does not hold it.
    #[error("the peer does not hold it")]
    NotHeld,
    /// The peer's answer is not one to this request, beyond its bound, or no message at all.
    #[error("the answer is none: {0:?}")]
    Faulty(Fault),
    /// More is asked than `limits::FETCH_MAX`.
    #[error("{count} asked, at most {max}")]
    TooMany {
        /// How many.
        count: usize,
        /// The bound.
        max: usize,
    },
    /// The network has stopped.
    #[error("the network has stopped")]
    Stopped,
}

/// The answer to one request.
pub type Answer = Result<Response, FetchError>;

/// What the swarm's task is told.
#[derive(Debug)]
pub enum Command {
    /// Tell peers of these.
    Announce(Vec<Announced>),
    /// Ask a peer.
    Ask { peer: PeerId, request: Request, reply: oneshot::Sender<Answer> },
    /// Pass this evidence on.
    Evidence(Bytes),
    /// Score a peer.
    Report(PeerId, Fault),
    /// The head's height, for hellos to come.
    Height(u64),
    /// End.
    Stop(oneshot::Sender<()>),
}

/// What the handle reads without asking the task.
pub struct Shared {
    /// Our identity.
    pub id: PeerId,
    /// Where we listen.
    pub listen: SocketAddr,
    /// Connected peers, as of the last change or a quarter of a second ago.
    pub peers: RwLock<Vec<PeerInfo>>,
    /// Counters.
    pub counters: Arc<Counters>,
}
