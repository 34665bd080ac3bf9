//! Ed25519 signatures of validators.

use ed25519_dalek::VerifyingKey;

/// An ed25519 signature.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signature(pub [u8; 64]);

impl std::fmt::Debug for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signature({})", alloy_primitives::hex::encode(&self.0[..8]))
    }
}

/// Whether `key` has signed `message`. Strict: no key of small order, one encoding for one signature.
#[must_use]
pub fn verify_signature(key: &tendermint::PublicKey, message: &[u8], signature: &Signature) -> bool {
    let Ok(bytes) = <[u8; 32]>::try_from(key.to_bytes().as_slice()) else { return false };
    let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
    VerifyingKey::from_bytes(&bytes).is_ok_and(|key| key.verify_strict(message, &signature).is_ok())
}
