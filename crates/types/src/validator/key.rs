//! The key pair that a validator signs with.

use ed25519_dalek::{Signer as _, SigningKey};
use tendermint::account;

use crate::Signature;

/// A validator's ed25519 consensus key pair.
#[derive(Clone)]
pub struct ValidatorKey(SigningKey);

impl ValidatorKey {
    /// The key pair of a 32-byte seed.
    #[must_use]
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&seed))
    }

    /// The 32-byte seed: secret.
    #[must_use]
    pub fn seed(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// Signs a message.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message).to_bytes())
    }

    /// The public half in Tendermint's form.
    #[must_use]
    pub fn public_key(&self) -> tendermint::PublicKey {
        tendermint::PublicKey::from_raw_ed25519(self.0.verifying_key().as_bytes())
            .expect("32 bytes of a key pair's public half are a public key")
    }

    /// The consensus address: first 20 bytes of SHA-256 of the public key.
    #[must_use]
    pub fn address(&self) -> account::Id {
        self.public_key().into()
    }
}
