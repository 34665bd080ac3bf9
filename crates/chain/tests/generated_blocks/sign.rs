//! Signatures of users under transactions and authorizations.

use alloy_consensus::{SignableTransaction, Signed};
use alloy_eips::eip2718::Encodable2718 as _;
use alloy_eips::eip7702::{Authorization, SignedAuthorization};
use alloy_primitives::{B256, Signature};
use secp256k1::{Message, SECP256K1};
use seiza_types::VerifiedTx;
use seiza_types::tx::EvmTx;

use crate::wallet::{Wallet, verify};

/// An authorization of EIP-7702, signed.
pub fn authorize(wallet: &Wallet, authorization: Authorization) -> SignedAuthorization {
    let signature = sign(wallet, authorization.signature_hash());
    authorization.into_signed(signature)
}

fn sign(wallet: &Wallet, digest: B256) -> Signature {
    let signature = SECP256K1.sign_ecdsa_recoverable(Message::from_digest(digest.0), &wallet.0);
    let (id, compact) = signature.serialize_compact();
    Signature::from_bytes_and_parity(&compact, i32::from(id) == 1)
}

/// An Ethereum transaction of any type, signed and verified.
pub fn signed<T: SignableTransaction<Signature>>(wallet: &Wallet, tx: T) -> VerifiedTx
where
    EvmTx: From<Signed<T>>,
{
    let signature = sign(wallet, tx.signature_hash());
    verify(&EvmTx::from(tx.into_signed(signature)).encoded_2718())
}
