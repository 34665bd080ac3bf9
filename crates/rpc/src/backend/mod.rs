//! The one place that touches the chain, the pool and the store. Everything else asks here.

mod blocks;
mod cosmos;
mod exchange;
mod pending;
mod pool;
mod settlement;
mod state;
mod submit;
mod view;

use std::num::NonZeroUsize;
use std::sync::Arc;

use parking_lot::Mutex;
use rayon::{ThreadPool, ThreadPoolBuilder};
use seiza_chain::state::StateError;
use seiza_chain::{Chain, ChainError};
use seiza_mempool::Pool;
use seiza_storage::{Head, StorageError};
use seiza_types::{Height, Rules, Time, VerifiedTx};

use crate::exchange::Feed;
use crate::{Address, B256, Executions, Failure, Footprints, Notifier};

pub(crate) use exchange::AtHead;
pub(crate) use state::{Moment, State};
pub use submit::Admitted;
pub(crate) use view::{Shown, View};

/// What node knows of its peers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Peers {
    /// How many are connected.
    pub count: u64,
    /// Heights while blocks are being fetched: where it began, and the highest known; `None` when in step.
    pub syncing: Option<(Height, Height)>,
}

/// Who brought transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A client of this node: nobody else has them yet.
    Client,
    /// A peer, who tells others too.
    Peer,
}

/// What is called with transactions that came into the pool.
pub type OnAdmitted = Arc<dyn Fn(&[VerifiedTx], Source) + Send + Sync>;

/// What a [`Backend`] is made of.
pub struct Parts {
    /// The chain.
    pub chain: Arc<Chain>,
    /// The waiting transactions, shared with the proposer.
    pub pool: Arc<Mutex<Pool>>,
    /// Told of every transaction that a client sends; node tells it of commits and of gossip.
    pub notifier: Notifier,
    /// The clock.
    pub clock: Arc<dyn Fn() -> Time + Send + Sync>,
    /// Called with transactions that came into the pool, so that the proposer looks and gossip tells. Must not block.
    pub on_admitted: OnAdmitted,
    /// What node knows of its peers.
    pub peers: Arc<dyn Fn() -> Peers + Send + Sync>,
    /// How node executed the last blocks.
    pub executions: Executions,
    /// Where to put what is learned of admitted transactions; `None` to learn nothing.
    pub footprints: Option<Footprints>,
}

/// The chain as the methods see it.
pub struct Backend {
    parts: Parts,
    verifiers: ThreadPool,
    genesis_hash: B256,
    context: state::ContextCache,
    pending: pending::PendingCache,
    /// The newest view asked for: what a thousand subscribers of heads share.
    newest: Mutex<Option<View>>,
    /// The exchange's recent past.
    feed: Feed,
}

impl Backend {
    /// A backend over these parts.
    ///
    /// # Panics
    /// Where the system refuses to start a thread for each core.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let verifiers = ThreadPoolBuilder::new()
            .num_threads(cores)
            .thread_name(|index| format!("verifier-{index}"))
            .build()
            .expect("a thread for each core starts, or nothing does");
        let genesis_hash = parts.chain.genesis().hash();
        Self {
            parts,
            verifiers,
            genesis_hash,
            context: Default::default(),
            pending: Default::default(),
            newest: Mutex::default(),
            feed: Feed::default(),
        }
    }

    /// The threads on which signatures are recovered.
    pub(crate) fn verifiers(&self) -> &ThreadPool {
        &self.verifiers
    }

    /// The chain's rules.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        self.parts.chain.rules()
    }

    /// The published head.
    #[must_use]
    pub fn head(&self) -> Arc<Head> {
        self.parts.chain.head()
    }

    /// Who is told of news.
    #[must_use]
    pub fn notifier(&self) -> &Notifier {
        &self.parts.notifier
    }

    /// How node executed the last blocks.
    pub(crate) fn executions(&self) -> &Executions {
        &self.parts.executions
    }

    /// What node knows of its peers.
    #[must_use]
    pub fn peers(&self) -> Peers {
        (self.parts.peers)()
    }

    /// Who proposes the next block, as the EVM names them.
    pub(crate) fn proposer(&self) -> Address {
        let proposer = self.parts.chain.validators().proposer(0).address;
        Address::from_slice(proposer.as_bytes())
    }

    fn now(&self) -> Time {
        (self.parts.clock)()
    }
}

impl From<StateError> for Failure {
    fn from(error: StateError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<ChainError> for Failure {
    fn from(error: ChainError) -> Self {
        match error {
            ChainError::Height(_) => Self::HeaderNotFound,
            other => Self::Internal(other.to_string()),
        }
    }
}
