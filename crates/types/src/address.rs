//! The two forms of an address: 20 bytes shown as `0x...` ([`Address`]) and 20 bytes shown as `sei1...` ([`SeiAddress`]).
//!
//! A secp256k1 key has one of each, with different bytes: `0x` is the end of keccak(public key), `sei1` is
//! ripemd160(sha256(public key)). State links them (module auth). Until then an address is *cast*: the same bytes in the
//! other form. Casts are explicit here, so that no code mixes the two up.

use std::fmt;
use std::str::FromStr;

use alloy_primitives::{Address, keccak256};
use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Hrp as Prefix};
use ripemd::Ripemd160;
use sha2::{Digest, Sha256};

/// Human-readable part of a bech32 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hrp {
    /// `sei`: an account.
    Account,
    /// `seivaloper`: a validator's operator.
    Operator,
    /// `seivalcons`: a validator's consensus key.
    Consensus,
}

impl Hrp {
    /// The prefix as written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Account => "sei",
            Self::Operator => "seivaloper",
            Self::Consensus => "seivalcons",
        }
    }
}

/// Why a text is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not bech32: a wrong character, checksum or length.
    #[error("address is no bech32 text: {0}")]
    Bech32(String),
    /// Another prefix than expected.
    #[error("address begins with {found}, expected {expected}")]
    Prefix {
        /// What was expected.
        expected: &'static str,
        /// What was found.
        found: String,
    },
    /// Not 20 bytes.
    #[error("address has {0} bytes, expected 20")]
    Length(usize),
}

/// An account's address in its Cosmos form.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeiAddress(pub [u8; 20]);

impl SeiAddress {
    /// ripemd160(sha256(key)) of a compressed secp256k1 public key.
    #[must_use]
    pub fn from_public_key(compressed: &[u8; 33]) -> Self {
        Self(Ripemd160::digest(Sha256::digest(compressed)).into())
    }

    /// The same 20 bytes in the Cosmos form: what an unlinked EVM address is called there.
    #[must_use]
    pub fn cast_from(address: Address) -> Self {
        Self(address.into_array())
    }

    /// The same 20 bytes in the EVM form: what an unlinked Cosmos address is called there.
    #[must_use]
    pub fn cast(self) -> Address {
        Address::new(self.0)
    }

    /// Reads 20 bytes in bech32 behind the given prefix.
    ///
    /// # Errors
    /// [`AddressError`] where the text is malformed, has another prefix or another length.
    pub fn parse(text: &str, hrp: Hrp) -> Result<Self, AddressError> {
        let checked = CheckedHrpstring::new::<Bech32>(text).map_err(|error| AddressError::Bech32(error.to_string()))?;
        let (prefix, bytes) = (checked.hrp(), checked.byte_iter().collect::<Vec<u8>>());
        if prefix.as_str() != hrp.as_str() {
            return Err(AddressError::Prefix { expected: hrp.as_str(), found: prefix.to_string() });
        }
        bytes.as_slice().try_into().map(Self).map_err(|_| AddressError::Length(bytes.len()))
    }

    /// Writes the 20 bytes in bech32 behind the given prefix.
    #[must_use]
    pub fn to_bech32(self, hrp: Hrp) -> String {
        let prefix = Prefix::parse_unchecked(hrp.as_str());
        bech32::encode::<Bech32>(prefix, &self.0).expect("20 bytes and a short prefix fit a bech32 text")
    }
}

impl FromStr for SeiAddress {
    type Err = AddressError;
    fn from_str(text: &str) -> Result<Self, AddressError> {
        Self::parse(text, Hrp::Account)
    }
}

impl fmt::Display for SeiAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_bech32(Hrp::Account))
    }
}

impl fmt::Debug for SeiAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The EVM address of a public key in its 65-byte form.
pub(crate) fn evm_address(uncompressed: &[u8; 65]) -> Address {
    Address::from_slice(&keccak256(&uncompressed[1..])[12..])
}
