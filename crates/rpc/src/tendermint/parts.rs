//! What the running node tells this server of itself, of its peers and of consensus.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use seiza_types::{B256, Evidence, Height, Time};
use sha2::{Digest, Sha256};
use tendermint::{PublicKey, account};

/// What the chain does not know. The closures are asked at every call: they must be quick.
pub struct TendermintParts {
    /// The node's name.
    pub moniker: String,
    /// The node's id as Tendermint writes ids: see [`node_id`].
    pub node_id: [u8; 20],
    /// The consensus key of a validator; of a full node any key of its own, which has no power.
    pub public_key: PublicKey,
    /// Where peers reach the node, e.g. `tcp://0.0.0.0:26656`.
    pub listen: String,
    /// The connected peers.
    pub peers: Arc<dyn Fn() -> Vec<PeerView> + Send + Sync>,
    /// What consensus is doing.
    pub consensus: Arc<dyn Fn() -> RoundState + Send + Sync>,
    /// Whether blocks are being fetched.
    pub syncing: Arc<dyn Fn() -> bool + Send + Sync>,
    /// Takes evidence that a client sent and that the next block may hold; or says why not.
    pub evidence: Arc<dyn Fn(Evidence) -> Result<(), String> + Send + Sync>,
}

/// One peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerView {
    /// Its id: see [`node_id`].
    pub id: [u8; 20],
    /// Its name.
    pub moniker: String,
    /// Where it is.
    pub address: SocketAddr,
    /// Whether this node called it.
    pub outbound: bool,
    /// How long the connection lasts.
    pub connected: Duration,
}

/// What consensus is doing, as `consensus_state` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundState {
    /// The height that is being decided.
    pub height: Height,
    /// Its round.
    pub round: u32,
    /// Tendermint's step: 1 new height, 2 new round, 3 propose, 4 prevote, 5 prevote wait, 6 precommit, 7 precommit wait,
    /// 8 commit.
    pub step: u8,
    /// When the height began.
    pub start: Time,
    /// The proposed block.
    pub proposal: Option<B256>,
    /// The block that this validator is locked on.
    pub locked: Option<B256>,
    /// The last block that a quorum prevoted.
    pub valid: Option<B256>,
    /// Votes of each round of this height.
    pub votes: Vec<RoundVotes>,
}

/// Votes of one round, in the validator set's order; `None` where none has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RoundVotes {
    /// The round.
    pub round: u32,
    /// Prevotes.
    pub prevotes: Vec<Option<VoteView>>,
    /// Precommits.
    pub precommits: Vec<Option<VoteView>>,
}

/// One vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VoteView {
    /// Who votes.
    pub validator: account::Id,
    /// For which block; `None` for nil.
    pub block: Option<B256>,
    /// The signature's first six bytes.
    pub signature: [u8; 6],
    /// The vote's time.
    pub time: Time,
}

/// Tendermint's form of a peer's id: the first 20 bytes of SHA-256 over its own text or key bytes.
#[must_use]
pub fn node_id(own: &[u8]) -> [u8; 20] {
    let digest: [u8; 32] = Sha256::digest(own).into();
    *digest.first_chunk().expect("32 bytes have a first 20")
}
