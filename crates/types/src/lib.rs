//! The words of the house: heights, addresses, amounts, transactions, blocks, receipts, and their one encoding.
//!
//! One type for each degree of trust: bytes become a [`Tx`] by [`Tx::decode`] (well-formed), a `Tx` becomes a
//! [`VerifiedTx`] by [`Tx::verify`] (signed, and within the stateless rules) and nothing else makes one, so that a
//! signature is recovered once in a transaction's life. Whether the sender can pay is asked later, against state.
//!
//! Blocks are Tendermint blocks, in the types of the `tendermint` crate: what its light client accepts is what we make.
#![deny(clippy::iter_over_hash_type, clippy::float_arithmetic)]

mod address;
mod admission;
mod amount;
mod block;
mod certificate;
mod event;
mod evidence;
pub mod exchange;
mod fork;
pub mod limits;
mod peer_address;
mod receipt;
mod rules;
mod signature;
pub mod tx;
mod validator;
mod vote;
pub mod wire;

pub use address::{AddressError, Hrp, SeiAddress};
pub use admission::Admission;
pub use alloy_primitives::{Address, B256, Bloom, Bytes, Log, U256};
pub use amount::{AmountError, Coin, Denom, USEI, WEI_PER_USEI, usei_from_wei_down, usei_from_wei_up, wei_from_usei};
pub use block::{Block, BlockError, Header, data_hash};
pub use certificate::{Certificate, CertificateError, block_id, commit_hash, sign_commit};
pub use event::{Event, EventAttribute};
pub use evidence::{CastVote, Evidence, EvidenceError, evidence_hash};
pub use fork::Fork;
pub use peer_address::{PeerAddress, PeerAddressError};
pub use receipt::{Code, Receipt, results_hash};
pub use rules::Rules;
pub use signature::{Signature, verify_signature};
pub use tx::{DecodeError, Tx, VerifiedTx, VerifyError};
pub use validator::{
    TOTAL_POWER_MAX, VALIDATORS_MAX, Validator, ValidatorKey, ValidatorSet, ValidatorSetDecodeError, ValidatorSetError,
    ValidatorUpdate,
};
pub use vote::{ValueId, VoteKind, vote_sign_bytes};

/// A block's time: nanoseconds, UTC.
pub type Time = tendermint::Time;
/// A Cosmos chain id.
pub type ChainId = tendermint::chain::Id;
/// A block's number. The first block is 1; 0 is the genesis state.
pub type Height = u64;
/// Root of the whole state: what a header carries for the height before it.
pub type AppHash = B256;
