//! Why a module refuses. The text is for people; what enters a hash is the [`Code`].

use seiza_state::StateError;
use seiza_types::{AmountError, Code};

/// A failed message, or state that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModuleError {
    /// Storage failed or an invariant broke: fatal, the block is not executed.
    #[error(transparent)]
    State(#[from] StateError),
    /// The sender does not own what it spends.
    #[error("insufficient funds: {have}{denom} is smaller than {want}{denom}")]
    InsufficientFunds {
        /// Owned, in the denom's unit.
        have: String,
        /// Needed, in the denom's unit.
        want: String,
        /// The denom.
        denom: String,
    },
    /// The gas limit is used up.
    #[error("out of gas: limit {limit}")]
    OutOfGas {
        /// The limit.
        limit: u64,
    },
    /// An amount does not fit.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// A rule of the module is broken.
    #[error("{0}")]
    Rejected(&'static str),
}

impl ModuleError {
    /// The code in a failed transaction's receipt; `None` for what is fatal.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::State(_) => None,
            Self::InsufficientFunds { .. } => Some(Code::InsufficientFunds),
            Self::OutOfGas { .. } => Some(Code::OutOfGas),
            Self::Amount(_) | Self::Rejected(_) => Some(Code::Rejected),
        }
    }
}
