//! What nodes send each other.

use malachitebft_core_consensus::{LivenessMsg, SignedConsensusMsg};
use malachitebft_core_types::ExtendedCommitCertificate;
use seiza_consensus::parts::Part;
use seiza_engine::context::Seiza;
use seiza_types::{B256, Bytes, Height};

/// One message. Cloning is cheap enough for a simulation.
#[derive(Debug, Clone)]
pub enum Message {
    /// The engine's signed vote or proposal.
    Consensus(SignedConsensusMsg<Seiza>),
    /// The engine's repeated votes and certificates.
    Liveness(LivenessMsg<Seiza>),
    /// An encoded compact proposal.
    Compact(Bytes),
    /// A transaction that came in.
    Tx(Bytes),
    /// Asks for transactions of a block.
    AskTxs {
        /// The block.
        block: B256,
        /// Their places.
        indexes: Vec<u32>,
    },
    /// The answer.
    Txs {
        /// The block.
        block: B256,
        /// Places and bytes.
        txs: Vec<(u32, Bytes)>,
    },
    /// Asks for a part of an encoded block.
    AskPart(B256, u32),
    /// The answer; no part where the sender has not got the block.
    Part {
        /// The block.
        block: B256,
        /// The part's place.
        index: u32,
        /// The part.
        part: Option<Part>,
    },
    /// The last height that the sender has decided.
    Status(Height),
    /// Asks for a decided block.
    AskValue(Height),
    /// The answer: the encoded block and the engine's certificate of it.
    Value(Bytes, ExtendedCommitCertificate<Seiza>),
}

impl Message {
    /// In a few letters, for the story.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Consensus(SignedConsensusMsg::Vote(vote)) => {
                format!(
                    "{:?} {}/{} {}",
                    vote.kind,
                    vote.height,
                    vote.round,
                    if vote.value.is_nil() { "nil" } else { "" }
                )
            }
            Self::Consensus(SignedConsensusMsg::Proposal(p)) => format!("proposal {}/{}", p.height, p.round),
            Self::Liveness(LivenessMsg::Vote(vote)) => format!("again {:?} {}/{}", vote.kind, vote.height, vote.round),
            Self::Liveness(LivenessMsg::PolkaCertificate(c)) => format!("polka {}/{}", c.height, c.round),
            Self::Liveness(LivenessMsg::SkipRoundCertificate(c)) => format!("round {}/{}", c.height, c.round),
            Self::Compact(bytes) => format!("compact {} B", bytes.len()),
            Self::Tx(bytes) => format!("tx {} B", bytes.len()),
            Self::AskTxs { block, indexes } => format!("asks {} txs of {block:.8}", indexes.len()),
            Self::Txs { block, txs } => format!("gives {} txs of {block:.8}", txs.len()),
            Self::AskPart(block, index) => format!("asks part {index} of {block:.8}"),
            Self::Part { block, index, part } => format!("part {index} of {block:.8}: {}", part.is_some()),
            Self::Status(height) => format!("status {height}"),
            Self::AskValue(height) => format!("asks value {height}"),
            Self::Value(_, certificate) => format!("gives value {}", certificate.height),
        }
    }
}
