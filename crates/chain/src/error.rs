//! What can go wrong: with a transaction (the sender's fault), with a block (a peer's), with us (fatal).

use seiza_executor::RunError;
use seiza_modules::ModuleError;
use seiza_state::StateError;
use seiza_storage::StorageError;
use seiza_types::limits::EVIDENCE_AGE_BLOCKS_MAX;
use seiza_types::{Address, B256, BlockError, CertificateError, DecodeError, EvidenceError, Height, VerifyError};

/// Why a transaction is not admitted at the present head. Texts are those that Ethereum clients match on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// The nonce is used already.
    #[error("nonce too low: next nonce {next}, tx nonce {nonce}")]
    NonceTooLow {
        /// What state accepts next.
        next: u64,
        /// The transaction's.
        nonce: u64,
    },
    /// The sender cannot pay.
    #[error("insufficient funds for gas * price + value: address {address} have {have} want {want}")]
    InsufficientFunds {
        /// The sender.
        address: Address,
        /// Wei it owns.
        have: seiza_types::U256,
        /// Wei the transaction may take.
        want: seiza_types::U256,
    },
    /// Offers less than the base fee can ever be.
    #[error(
        "max fee per gas less than block base fee: address {address}, maxFeePerGas: {offered}, baseFee: {base_fee}"
    )]
    FeeTooLow {
        /// The sender.
        address: Address,
        /// Wei per gas offered.
        offered: u128,
        /// The least base fee, wei per gas.
        base_fee: u64,
    },
    /// EIP-3607.
    #[error("sender not an eoa: address {0}")]
    SenderIsContract(Address),
    /// A Cosmos transaction that came too late.
    #[error("tx timeout height: height {height}, timeout height {timeout}")]
    TimedOut {
        /// The height that would include it.
        height: Height,
        /// The last height it allows.
        timeout: Height,
    },
    /// State failed: ours, not the sender's.
    #[error(transparent)]
    State(#[from] StateError),
}

/// Why a block is refused before it is voted for: its proposer's fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBlock {
    /// A header field is not what this chain's state demands.
    #[error("header: {field} is {found}, expected {expected}")]
    Header {
        /// Which field.
        field: &'static str,
        /// What the header says.
        found: String,
        /// What it must say.
        expected: String,
    },
    /// The block does not decode.
    #[error(transparent)]
    Block(#[from] BlockError),
    /// A transaction does not decode.
    #[error("transaction {index}: {error}")]
    Decode {
        /// Its index.
        index: usize,
        /// Why.
        error: DecodeError,
    },
    /// A transaction breaks the stateless rules.
    #[error("transaction {index}: {error}")]
    Verify {
        /// Its index.
        index: usize,
        /// Why.
        error: VerifyError,
    },
    /// A bound on the whole block.
    #[error("{what} of the block is {found}, at most {limit} fit")]
    TooLarge {
        /// What is bounded.
        what: &'static str,
        /// What the block has.
        found: u64,
        /// The bound.
        limit: u64,
    },
    /// Evidence that proves nothing, or not any more.
    #[error("evidence {index}: {error}")]
    Evidence {
        /// Its place in the block.
        index: usize,
        /// Why.
        error: EvidenceRefusal,
    },
    /// The commit of the height before is no proof.
    #[error("last commit: {0}")]
    LastCommit(#[from] CertificateError),
}

/// Why evidence may not stand in a block.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceRefusal {
    /// It proves nothing.
    #[error(transparent)]
    Proof(#[from] EvidenceError),
    /// Of a height that is not decided yet, or too long ago.
    #[error("height {height} is not within the {EVIDENCE_AGE_BLOCKS_MAX} heights up to {head}")]
    Age {
        /// Height of the offence.
        height: Height,
        /// The head.
        head: Height,
    },
    /// The chain knows the offence.
    #[error("the offence is known")]
    Known,
    /// State could not be read.
    #[error(transparent)]
    State(#[from] StateError),
}

/// Our own failures.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// The disk.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// State could not be read, or an invariant broke.
    #[error(transparent)]
    State(#[from] StateError),
    /// A module failed outside any transaction.
    #[error("begin or end of block: {0}")]
    Module(#[from] ModuleError),
    /// Execution was cancelled, or state failed under it.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The home belongs to another chain.
    #[error(
        "this home holds chain {found}, the genesis says {expected}: use another --home, or the genesis it was made with"
    )]
    OtherChain {
        /// Hash of the genesis it was made with.
        found: B256,
        /// Hash of the one given.
        expected: B256,
    },
    /// A genesis that cannot found a chain.
    #[error("genesis: {0}")]
    Genesis(String),
    /// A decided block that we cannot accept: our state and the network's have parted.
    #[error("block {height} was decided but is not valid here: {error}")]
    Decided {
        /// Its height.
        height: Height,
        /// Why.
        error: InvalidBlock,
    },
    /// Asked for a height that is not kept.
    #[error("height {0} is not available here")]
    Height(Height),
    /// An execution on another parent than the head.
    #[error("block {block} was executed on height {parent}, the head is {head}")]
    Stale {
        /// The block's height.
        block: Height,
        /// What it was executed on.
        parent: Height,
        /// The head.
        head: Height,
    },
}
