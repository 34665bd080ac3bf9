//! Why a transaction is refused before state is looked at. Texts follow geth where Ethereum clients match on them.

use crate::{AddressError, AmountError};

/// Why bytes are no transaction.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// No bytes.
    #[error("empty transaction")]
    Empty,
    /// The first byte belongs to no kind.
    #[error("transaction type not supported: first byte {0:#04x}")]
    Kind(u8),
    /// Not RLP, or not the fields of its type.
    #[error("rlp: {0}")]
    Rlp(String),
    /// Not protobuf, or not encoded in the one canonical way.
    #[error("protobuf: {0}")]
    Protobuf(String),
    /// Bytes after the transaction's end.
    #[error("rlp: {0} bytes after the transaction's end")]
    Trailing(usize),
    /// More than a list may hold.
    #[error("{field} has {len} entries, at most {limit} fit")]
    TooMany {
        /// Which list.
        field: &'static str,
        /// Its length.
        len: usize,
        /// The bound.
        limit: usize,
    },
    /// A text longer than it may be.
    #[error("{field} has {len} bytes, at most {limit} fit")]
    TooLong {
        /// Which text.
        field: &'static str,
        /// Its length, bytes.
        len: usize,
        /// The bound, bytes.
        limit: usize,
    },
    /// A required field is absent.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A message type this chain does not know.
    #[error("message type {0} is not known here")]
    MessageType(String),
    /// A public key of a type this chain does not know.
    #[error("key type {0} is not known here")]
    KeyType(String),
    /// An address in a message.
    #[error("{field}: {source}")]
    Address {
        /// Which field.
        field: &'static str,
        /// Why.
        source: AddressError,
    },
    /// A value that its field cannot have.
    #[error("{field}: {rule}")]
    Field {
        /// Which field.
        field: &'static str,
        /// What it must be.
        rule: &'static str,
    },
    /// An amount in a message.
    #[error("{field}: {source}")]
    Amount {
        /// Which field.
        field: &'static str,
        /// Why.
        source: AmountError,
    },
}

/// Why a well-formed transaction is refused by the stateless rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// More bytes than a transaction may have.
    #[error("oversized data: transaction size {size}, limit {limit}")]
    TooLarge {
        /// Its size.
        size: usize,
        /// The bound.
        limit: usize,
    },
    /// Signed for another chain.
    #[error("invalid chain id for signer: have {have} want {want}")]
    ChainId {
        /// Its chain id.
        have: u64,
        /// Ours.
        want: u64,
    },
    /// A type that the rules exclude (blobs, or older than its fork).
    #[error("transaction type not supported")]
    TypeNotSupported,
    /// Does not recover, or is malleable (high s).
    #[error("invalid sender: {0}")]
    Signature(&'static str),
    /// The limit does not cover the transaction's fixed costs.
    #[error("intrinsic gas too low: gas {have}, minimum needed {want}")]
    IntrinsicGas {
        /// Its gas limit.
        have: u64,
        /// The fixed costs.
        want: u64,
    },
    /// The limit does not cover the calldata floor (EIP-7623).
    #[error("insufficient gas for floor data gas cost: gas {have}, minimum needed {want}")]
    FloorGas {
        /// Its gas limit.
        have: u64,
        /// The floor.
        want: u64,
    },
    /// No block can hold it.
    #[error("exceeds block gas limit: gas {have}, limit {limit}")]
    BlockGas {
        /// Its gas limit.
        have: u64,
        /// The block's.
        limit: u64,
    },
    /// EIP-3860.
    #[error("max initcode size exceeded: code size {size}, limit {limit}")]
    InitcodeSize {
        /// Its size.
        size: usize,
        /// The bound.
        limit: usize,
    },
    /// EIP-1559.
    #[error("max priority fee per gas higher than max fee per gas: maxPriorityFeePerGas: {tip}, maxFeePerGas: {cap}")]
    TipAboveCap {
        /// Tip cap.
        tip: u128,
        /// Fee cap.
        cap: u128,
    },
    /// EIP-2681.
    #[error("nonce has max value: {0}")]
    NonceMax(u64),
    /// EIP-7702.
    #[error("EIP-7702 transaction with empty auth list")]
    EmptyAuthorizations,
    /// A blob transaction that breaks EIP-4844's static rules.
    #[error("blob transaction: {0}")]
    Blob(&'static str),
    /// value + gas x price exceeds 256 bits.
    #[error("insufficient funds for gas * price + value: the sum exceeds 256 bits")]
    CostOverflow,
    /// The Cosmos transaction's signer list does not fit its messages.
    #[error("signer: {0}")]
    Signer(&'static str),
    /// The fee is not paid in usei alone.
    #[error("fee: {0}")]
    Fee(&'static str),
    /// Only SIGN_MODE_DIRECT is taken.
    #[error("sign mode {0} is not supported, use SIGN_MODE_DIRECT")]
    SignMode(i32),
}
