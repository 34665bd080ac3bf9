//! Why a compact proposal is refused.

use seiza_types::ChainId;
use tendermint::account;

/// Why bytes are no compact proposal, or one that is not to be followed. Each is the fault of whoever made the bytes: the
/// proposer where the signature verifies, else the peer that sent them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompactError {
    /// More bytes than a proposal may have.
    #[error("compact proposal has {bytes} bytes, at most {max}")]
    TooLong {
        /// Its bytes.
        bytes: usize,
        /// [`crate::limits::COMPACT_BYTES_MAX`].
        max: usize,
    },
    /// Another version of the format.
    #[error("compact proposal has version {0}, only 1 is known")]
    Version(u8),
    /// The bytes end within a field.
    #[error("compact proposal ends within {0}")]
    Short(&'static str),
    /// A number is beyond its bound.
    #[error("compact proposal: {field} is {found}, at most {max}")]
    Bound {
        /// Which field.
        field: &'static str,
        /// What it says.
        found: usize,
        /// Its bound in [`crate::limits`].
        max: usize,
    },
    /// A field has a value that it can't have.
    #[error("compact proposal: {field} does not decode: {reason}")]
    Malformed {
        /// Which field.
        field: &'static str,
        /// Why not.
        reason: String,
    },
    /// The same value has another encoding.
    #[error("compact proposal is not in its one encoding")]
    NotCanonical,
    /// The proposal is of another chain.
    #[error("compact proposal is of chain {found}, this is {expected}")]
    Chain {
        /// Ours.
        expected: ChainId,
        /// The header's.
        found: ChainId,
    },
    /// The header names somebody who may not propose in this round.
    #[error("compact proposal of round {round} is {found}'s, the proposer is {expected}")]
    Proposer {
        /// The round.
        round: u32,
        /// Whose turn it is.
        expected: account::Id,
        /// The header's.
        found: account::Id,
    },
    /// The signature is not the proposer's over this proposal.
    #[error("compact proposal is not signed by its proposer")]
    Signature,
}
