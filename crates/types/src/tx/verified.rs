//! A transaction whose signature has been recovered and whose stateless rules hold. Nothing else makes one.

use std::ops::Deref;
use std::sync::Arc;

use alloy_primitives::{Address, B256, Bytes, U256};
use rayon::prelude::*;
use secp256k1::PublicKey;

use super::{CosmosTx, EvmTx, FeeOffer, Tx, VerifyError};
use crate::address::evm_address;
use crate::{Rules, SeiAddress};

/// Who signed: one key, its two addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signer {
    /// The EVM form: what state is keyed by.
    pub address: Address,
    /// The Cosmos form.
    pub sei: SeiAddress,
    /// The compressed public key.
    pub public_key: [u8; 33],
}

impl Signer {
    /// Both addresses of a public key.
    #[must_use]
    pub fn from_public_key(key: &PublicKey) -> Self {
        let public_key = key.serialize();
        Self {
            address: evm_address(&key.serialize_uncompressed()),
            sei: SeiAddress::from_public_key(&public_key),
            public_key,
        }
    }

    /// Both addresses of a compressed public key, or `None` where the bytes are no point of the curve.
    #[must_use]
    pub fn from_compressed(bytes: &[u8]) -> Option<Self> {
        PublicKey::from_slice(bytes).ok().map(|key| Self::from_public_key(&key))
    }
}

/// What the transaction asks for.
#[derive(Debug, Clone)]
pub enum Body {
    /// An EVM call or creation.
    Evm(EvmTx),
    /// Native messages.
    Cosmos(CosmosTx),
}

/// The facts of a verified transaction.
#[derive(Debug, Clone)]
pub struct Verified {
    /// Its hash.
    pub hash: B256,
    /// Its encoding.
    pub raw: Bytes,
    /// Who signed.
    pub signer: Signer,
    /// The nonce (or sequence) it takes.
    pub nonce: u64,
    /// Most gas it may use.
    pub gas_limit: u64,
    /// What it pays per gas.
    pub fee: FeeOffer,
    /// Most wei it can take from its sender.
    pub cost_max: U256,
    /// What it asks for.
    pub body: Body,
}

/// A verified transaction; cloning shares it.
#[derive(Debug, Clone)]
pub struct VerifiedTx(Arc<Verified>);

impl VerifiedTx {
    pub(super) fn new(verified: Verified) -> Self {
        Self(Arc::new(verified))
    }
}

impl Deref for VerifiedTx {
    type Target = Verified;
    fn deref(&self) -> &Verified {
        &self.0
    }
}

/// Verifies many transactions on all cores; results are in the order given.
pub fn verify_all(txs: Vec<Tx>, rules: &Rules) -> Vec<Result<VerifiedTx, VerifyError>> {
    txs.into_par_iter().map(|tx| tx.verify(rules)).collect()
}
