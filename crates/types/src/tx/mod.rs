//! Transactions of both kinds, told apart by the first byte, and the one way from bytes to a verified transaction.
//!
//! | first byte | kind |
//! |---|---|
//! | `0x0a` | Cosmos: a protobuf `TxRaw` |
//! | `0x01`-`0x04`, `0xc0`-`0xff` | Ethereum: EIP-2718 or legacy RLP |

mod cosmos;
mod draft;
mod error;
mod evm;
mod fee;
mod fields;
mod intrinsic;
mod verified;

use alloy_primitives::{B256, Bytes, keccak256};
use sha2::{Digest, Sha256};

pub use cosmos::{CosmosTx, Message, sign_bytes};
pub use draft::Draft;
pub use error::{DecodeError, VerifyError};
pub use evm::EvmTx;
pub use fee::FeeOffer;
pub use intrinsic::{IntrinsicGas, intrinsic_gas};
pub use verified::{Body, Signer, Verified, VerifiedTx, verify_all};

use crate::Rules;

/// A well-formed transaction; nothing is known of its signature.
#[derive(Debug, Clone)]
pub enum Tx {
    /// Ethereum's own encoding.
    Evm(EvmTx, Bytes),
    /// A Cosmos `TxRaw`.
    Cosmos(CosmosTx, Bytes),
}

impl Tx {
    /// Decodes one transaction; every byte must belong to it.
    ///
    /// # Errors
    /// [`DecodeError`]: empty, unknown first byte, malformed, trailing bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let raw = Bytes::copy_from_slice(bytes);
        match bytes.first() {
            None => Err(DecodeError::Empty),
            Some(0x0a) => Ok(Self::Cosmos(cosmos::decode(bytes)?, raw)),
            Some(0x01..=0x04 | 0xc0..) => Ok(Self::Evm(evm::decode(bytes)?, raw)),
            Some(byte) => Err(DecodeError::Kind(*byte)),
        }
    }

    /// The transaction's hash: keccak for Ethereum's, SHA-256 for Cosmos'.
    #[must_use]
    pub fn hash(&self) -> B256 {
        match self {
            Self::Evm(_, raw) => keccak256(raw),
            Self::Cosmos(_, raw) => cosmos_hash(raw),
        }
    }

    /// The hash that a transaction of these bytes has, without decoding them; `None` where the first byte says that they are
    /// none. Cheap enough to ask before anything else is done with bytes of a peer.
    #[must_use]
    pub fn hash_of(bytes: &[u8]) -> Option<B256> {
        match bytes.first()? {
            0x0a => Some(cosmos_hash(bytes)),
            0x01..=0x04 | 0xc0.. => Some(keccak256(bytes)),
            _ => None,
        }
    }

    /// The bytes it was decoded from.
    #[must_use]
    pub fn raw(&self) -> &Bytes {
        match self {
            Self::Evm(_, raw) | Self::Cosmos(_, raw) => raw,
        }
    }

    /// Checks everything that needs no state: size, chain id, kind, gas bounds, signature.
    ///
    /// # Errors
    /// [`VerifyError`], whose texts are those that Ethereum clients match on.
    pub fn verify(self, rules: &Rules) -> Result<VerifiedTx, VerifyError> {
        let size = self.raw().len();
        if size > rules.tx_bytes_max {
            return Err(VerifyError::TooLarge { size, limit: rules.tx_bytes_max });
        }
        match self {
            Self::Evm(tx, raw) => evm::verify(tx, raw, rules),
            Self::Cosmos(tx, raw) => cosmos::verify(tx, raw, rules),
        }
    }
}

fn cosmos_hash(raw: &[u8]) -> B256 {
    B256::new(Sha256::digest(raw).into())
}
