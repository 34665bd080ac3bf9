//! Why the pool refuses a transaction. Texts are geth's where Ethereum clients match on them.

use seiza_types::{Address, U256};

/// Why a transaction was not inserted. The pool holds what it held before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InsertError {
    /// The pool holds this very transaction.
    #[error("already known")]
    AlreadyKnown,
    /// The account has used this nonce.
    #[error("nonce too low: next nonce {next}, tx nonce {nonce}")]
    NonceTooLow {
        /// The account's nonce.
        next: u64,
        /// The transaction's.
        nonce: u64,
    },
    /// The nonce is further ahead of the account than the pool keeps.
    #[error("nonce too high: next nonce {next}, tx nonce {nonce}, at most {limit} ahead")]
    NonceTooHigh {
        /// The account's nonce.
        next: u64,
        /// The transaction's.
        nonce: u64,
        /// How far it may be ahead.
        limit: u64,
    },
    /// The account can't pay for this transaction on top of those that run before it.
    #[error("insufficient funds for gas * price + value: address {address} have {have} want {want}")]
    InsufficientFunds {
        /// The lane's account.
        address: Address,
        /// Wei it owns.
        have: U256,
        /// Wei that it could owe: this transaction's most, and that of the executable ones before it.
        want: U256,
    },
    /// Another transaction has this nonce, and this one does not pay 10 % more in both caps.
    #[error("replacement transaction underpriced")]
    ReplacementUnderpriced,
    /// The pool is full of better ones.
    #[error("transaction underpriced")]
    Underpriced,
    /// The lane has as many waiting as it may.
    #[error("account limit exceeded: {address} has {limit} transactions queued")]
    LaneFull {
        /// The lane's account.
        address: Address,
        /// How many may be queued.
        limit: usize,
    },
    /// No permitted number of evictions makes room.
    #[error("txpool is full")]
    Full,
}
