//! Why a block can't be put together, and whose fault it is.

use seiza_types::B256;

/// Why no block comes of a proposal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RebuildError {
    /// A prefilled transaction is not the one that the id beside it names: the proposer's fault.
    #[error("prefilled transaction {0} is not the one that its id names")]
    Prefilled(u32),
    /// Asked to finish before all transactions are here.
    #[error("{0} transactions are missing")]
    Missing(usize),
    /// More bytes of transactions than a block may have: the proposer's fault.
    #[error("transactions have {bytes} bytes, at most {max}")]
    TooLong {
        /// Their bytes.
        bytes: usize,
        /// [`seiza_types::limits::BLOCK_BYTES_MAX`].
        max: usize,
    },
    /// All ids match and the data hash does not: a short id stands for another transaction than the proposer meant, or the
    /// proposer lies. The whole block by parts tells which.
    #[error("header's data hash is {header}, the transactions that match the ids hash to {actual}")]
    DataHash {
        /// What the header says.
        header: B256,
        /// What the transactions hash to.
        actual: B256,
    },
}

/// Why a fetched transaction is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SupplyError {
    /// The block has no such place.
    #[error("transaction {index} of a block of {txs}")]
    Index {
        /// The place.
        index: u32,
        /// Transactions of the block.
        txs: usize,
    },
    /// It is not the one that the id names, or no transaction at all: the fault of the peer that sent it.
    #[error("transaction {index} is not the one that its id names")]
    Wrong {
        /// The place.
        index: u32,
    },
}
