//! What a fetch is told, and what it wants done. `P` names a peer: its libp2p id in the node, a number in tests.

/// What is known when a fetch begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Places of the missing transactions.
    pub missing: Vec<u32>,
    /// Transactions in the block.
    pub txs: usize,
    /// Parts of the encoded block: at least one, as [`crate::parts::PartSet::new`] sees to.
    pub parts: u32,
}

/// How to fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FetchParams {
    /// The round's propose timeout.
    pub propose_timeout_ms: u64,
    /// Percent of the block's transactions missing, above which the whole block is fetched.
    pub whole_above_percent: usize,
    /// Fetch the whole block at once: smart block propagation is switched off.
    pub whole: bool,
}

impl Default for FetchParams {
    fn default() -> Self {
        Self { propose_timeout_ms: 1_000, whole_above_percent: 25, whole: false }
    }
}

/// What a peer is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The transactions at these places.
    Txs(Vec<u32>),
    /// One part of the encoded block.
    Part(u32),
}

/// What shall be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action<P> {
    /// Ask this peer.
    Ask {
        /// Whom.
        peer: P,
        /// For what.
        what: What,
    },
    /// Forget the block: nobody gave it in time. The last action of a fetch.
    GiveUp,
}

/// Why a peer has not given what it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// It says that it has not got it (yet).
    Lacks,
    /// The connection or the request broke.
    Broke,
    /// It gave something else: it is not asked again.
    Wrong,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<P> {
    /// Nothing but time: [`super::Fetch::wake_ms`] has come.
    Tick,
    /// Who can be asked now: the proposer, if it is connected, and other validators, each with its round-trip time.
    Peers {
        /// The proposer.
        proposer: Option<(P, u64)>,
        /// Others, best first.
        others: Vec<(P, u64)>,
    },
    /// A peer gave transactions; these places are filled now.
    Txs {
        /// Who.
        peer: P,
        /// Places that its answer filled.
        accepted: Vec<u32>,
    },
    /// A peer gave a good part.
    Part {
        /// Who.
        peer: P,
        /// Which.
        index: u32,
    },
    /// A peer did not give what it was asked for.
    Failed {
        /// Who.
        peer: P,
        /// The part; `None` for transactions.
        part: Option<u32>,
        /// Why.
        failure: Failure,
    },
    /// All transactions are here and do not hash to the header's data hash.
    Collision,
    /// The round's propose timeout has passed: the block may still be wanted after a polka, but not for long.
    RoundOver,
}
