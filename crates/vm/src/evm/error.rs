//! Why a transaction could not be run at all. A transaction that ran and failed is no error, but an outcome.

use revm::context::result::{EVMError, InvalidTransaction};
use revm::database_interface::DBErrorMarker;
use seiza_state::StateError;
use seiza_types::U256;

/// A transaction that was not run; nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvmError {
    /// It does not fit the sender's account or the block: the sender's fault.
    #[error("{0}")]
    Invalid(Invalid),
    /// State cannot be read, or a scheduler wants the job to wait ([`StateError::Blocked`]): passed on as it was.
    #[error(transparent)]
    State(#[from] StateError),
    /// The block context or the EVM itself is inconsistent: our fault.
    #[error("evm: {0}")]
    Internal(String),
}

/// Why a transaction does not fit. The texts follow geth where Ethereum clients match on them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// The nonce was used already.
    #[error("nonce too low: next nonce {state}, tx nonce {tx}")]
    NonceTooLow {
        /// The transaction's.
        tx: u64,
        /// The account's next one.
        state: u64,
    },
    /// An earlier nonce is missing.
    #[error("nonce too high: next nonce {state}, tx nonce {tx}")]
    NonceTooHigh {
        /// The transaction's.
        tx: u64,
        /// The account's next one.
        state: u64,
    },
    /// The balance does not cover value plus gas at the fee cap.
    #[error("insufficient funds for gas * price + value: have {have} want {want}")]
    Funds {
        /// Wei owned.
        have: U256,
        /// Wei needed.
        want: U256,
    },
    /// The fee cap is below the block's base fee.
    #[error("max fee per gas less than block base fee")]
    FeeBelowBase,
    /// The tip cap is above the fee cap.
    #[error("max priority fee per gas higher than max fee per gas")]
    TipAboveCap,
    /// More gas than a block has.
    #[error("exceeds block gas limit")]
    BlockGas,
    /// The gas limit does not cover the fixed costs (or the calldata floor).
    #[error("intrinsic gas too low: have {have}, want {want}")]
    IntrinsicGas {
        /// The transaction's limit.
        have: u64,
        /// The fixed costs.
        want: u64,
    },
    /// The sender is a contract (EIP-3607).
    #[error("sender not an eoa")]
    SenderNotEoa,
    /// Creation code above the limit (EIP-3860).
    #[error("max initcode size exceeded")]
    InitcodeSize,
    /// A type of transaction that only calls (EIP-4844, EIP-7702), without a callee.
    #[error("blob and set-code transactions cannot create a contract")]
    CannotCreate,
    /// Signed for another chain.
    #[error("invalid chain id for signer")]
    ChainId,
    /// Any other rule, in revm's words.
    #[error("{0}")]
    Other(String),
}

impl From<InvalidTransaction> for Invalid {
    fn from(reason: InvalidTransaction) -> Self {
        match reason {
            InvalidTransaction::NonceTooLow { tx, state } => Self::NonceTooLow { tx, state },
            InvalidTransaction::NonceTooHigh { tx, state } => Self::NonceTooHigh { tx, state },
            InvalidTransaction::LackOfFundForMaxFee { fee, balance } => Self::Funds { have: *balance, want: *fee },
            InvalidTransaction::GasPriceLessThanBasefee => Self::FeeBelowBase,
            InvalidTransaction::PriorityFeeGreaterThanMaxFee => Self::TipAboveCap,
            InvalidTransaction::CallerGasLimitMoreThanBlock => Self::BlockGas,
            InvalidTransaction::CallGasCostMoreThanGasLimit { initial_gas, gas_limit } => {
                Self::IntrinsicGas { have: gas_limit, want: initial_gas }
            }
            InvalidTransaction::GasFloorMoreThanGasLimit { gas_floor, gas_limit } => {
                Self::IntrinsicGas { have: gas_limit, want: gas_floor }
            }
            InvalidTransaction::RejectCallerWithCode => Self::SenderNotEoa,
            InvalidTransaction::CreateInitCodeSizeLimit => Self::InitcodeSize,
            InvalidTransaction::InvalidChainId | InvalidTransaction::MissingChainId => Self::ChainId,
            other => Self::Other(other.to_string()),
        }
    }
}

/// [`StateError`] in the form in which it travels through revm.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct DbError(#[from] pub StateError);

impl DBErrorMarker for DbError {}

impl From<EVMError<DbError>> for EvmError {
    fn from(error: EVMError<DbError>) -> Self {
        match error {
            EVMError::Transaction(reason) => Self::Invalid(reason.into()),
            EVMError::Database(DbError(error)) => Self::State(error),
            other => Self::Internal(other.to_string()),
        }
    }
}
