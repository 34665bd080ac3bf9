//! Ed25519 as the engine's signing scheme, over the words of `seiza-types`.

use borsh::{BorshDeserialize, BorshSerialize};
use malachitebft_core_types::SigningScheme;
use seiza_types::ValidatorKey;

/// An ed25519 signature in the engine's messages; `seiza_types::Signature` elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct Signature(pub [u8; 64]);

impl From<seiza_types::Signature> for Signature {
    fn from(signature: seiza_types::Signature) -> Self {
        Self(signature.0)
    }
}

impl From<Signature> for seiza_types::Signature {
    fn from(signature: Signature) -> Self {
        Self(signature.0)
    }
}

/// Why bytes are no key or signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SchemeError {
    /// A signature has 64 bytes.
    #[error("signature: {0} bytes, 64 are needed")]
    Signature(usize),
    /// A public key is 32 bytes of an ed25519 point.
    #[error("public key: {0} bytes are no ed25519 public key")]
    PublicKey(usize),
}

/// The scheme: 64-byte signatures, Tendermint's public keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ed25519;

impl SigningScheme for Ed25519 {
    type DecodingError = SchemeError;
    type Signature = Signature;
    type PublicKey = tendermint::PublicKey;
    type PrivateKey = ValidatorKey;

    fn decode_signature(bytes: &[u8]) -> Result<Signature, SchemeError> {
        bytes.try_into().map(Signature).map_err(|_| SchemeError::Signature(bytes.len()))
    }

    fn encode_signature(signature: &Signature) -> Vec<u8> {
        signature.0.to_vec()
    }

    fn decode_public_key(bytes: &[u8]) -> Result<tendermint::PublicKey, SchemeError> {
        tendermint::PublicKey::from_raw_ed25519(bytes).ok_or(SchemeError::PublicKey(bytes.len()))
    }

    fn encode_public_key(public_key: &tendermint::PublicKey) -> Vec<u8> {
        public_key.to_bytes()
    }
}
