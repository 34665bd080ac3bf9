//! One secp256k1 key with its two addresses.

use std::fmt;

use alloy_primitives::{Address, keccak256};
use secp256k1::{PublicKey, SecretKey};
use seiza_types::SeiAddress;
use seiza_types::tx::Draft;

use crate::failure::Failure;

/// An account somebody can sign for. `Debug` shows no secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    secret: SecretKey,
}

impl Account {
    /// The account of 32 secret bytes.
    ///
    /// # Errors
    /// Not 32 bytes, zero, or not below the curve's order.
    pub fn from_secret(bytes: &[u8]) -> Result<Self, Failure> {
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| Failure::refused("a private key has 32 bytes"))?;
        let secret = SecretKey::from_byte_array(bytes);
        let secret = secret.map_err(|_| Failure::refused("these bytes are no private key: zero or too large"))?;
        Ok(Self { secret })
    }

    /// Reads 64 hex digits, `0x` or not before them.
    ///
    /// # Errors
    /// Anything else; the text is not repeated.
    pub fn from_hex(text: &str) -> Result<Self, Failure> {
        let bytes = alloy_primitives::hex::decode(text.trim())
            .map_err(|_| Failure::refused("a private key is 64 hex digits, with or without 0x"))?;
        Self::from_secret(&bytes)
    }

    /// The 32 secret bytes.
    pub fn secret(&self) -> [u8; 32] {
        self.secret.secret_bytes()
    }

    /// The secret as `0x` and 64 digits.
    pub fn secret_hex(&self) -> String {
        alloy_primitives::hex::encode_prefixed(self.secret())
    }

    /// Signs a transaction to the exchange; gives the bytes that are sent.
    pub fn sign_draft(&self, draft: &Draft<'_>) -> Vec<u8> {
        draft.sign(&self.secret)
    }

    /// The Ethereum form: the end of keccak(public key).
    pub fn address(&self) -> Address {
        let key = PublicKey::from_secret_key_global(&self.secret).serialize_uncompressed();
        Address::from_slice(&keccak256(&key[1..])[12..])
    }

    /// The Cosmos form: ripemd160(sha256(public key)).
    pub fn sei_address(&self) -> SeiAddress {
        SeiAddress::from_public_key(&PublicKey::from_secret_key_global(&self.secret).serialize())
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({})", self.address())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_keys_are_refused_without_being_shown() {
        for text in ["", "0x12", "zz", &"00".repeat(32), &"ff".repeat(32)] {
            let failure = Account::from_hex(text).unwrap_err().to_string();
            assert!(!failure.contains("ffff"), "{failure}");
        }
    }
}
