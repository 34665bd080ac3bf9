//! What leaves a node: messages, alarms to itself, and what the cluster's checker must see.

use std::sync::Arc;

use malachitebft_core_consensus::SignedConsensusMsg;
use seiza_engine::context::Seiza;
use seiza_storage::Head;
use seiza_types::{B256, Height, ValidatorSet};

use crate::message::Message;
use crate::schedule::Micros;

/// Something that a node has done.
pub enum Out {
    /// Sent to everybody else.
    Broadcast(Message),
    /// Sent to one.
    Send(usize, Message),
    /// An alarm to itself.
    Ring(Micros, Alarm),
    /// Published this signature.
    Signed(SignedConsensusMsg<Seiza>),
    /// Committed a block that this set decided.
    Committed(Arc<Head>, ValidatorSet),
    /// Saw this many double signatures at a height that is over.
    Evidence(usize),
    /// For the story.
    Note(String),
    /// Something that never happens to a sound node.
    Failed(String),
}

/// Why a node wakes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alarm {
    /// A timer of core-consensus.
    Timer(u64),
    /// It has waited long enough for transactions.
    Propose(Height, u32),
    /// Transactions of this block may still be missing.
    Fetch(B256),
    /// Time to say and see how high everybody is.
    Tick,
}
