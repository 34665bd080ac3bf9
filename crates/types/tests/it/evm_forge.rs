//! Signs Ethereum transactions of any shape, allowed or not.

use alloy_consensus::{SignableTransaction, TxEip1559, TxEip2930, TxEip7702, TxLegacy};
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{Address, B256, Signature, TxKind, U256};
use secp256k1::{Message, SECP256K1, SecretKey};
use seiza_types::{Rules, Tx, VerifiedTx, VerifyError};

pub const CHAIN_ID: u64 = 1;

pub fn rules() -> Rules {
    Rules::new(CHAIN_ID, "seiza-1")
}

pub fn key() -> SecretKey {
    SecretKey::from_byte_array([0x46; 32]).unwrap()
}

pub fn sign(hash: B256) -> Signature {
    let (id, bytes) = SECP256K1.sign_ecdsa_recoverable(Message::from_digest(hash.0), &key()).serialize_compact();
    Signature::from_bytes_and_parity(&bytes, i32::from(id) == 1)
}

/// The other signature of the same hash by the same key: with s in the upper half.
pub fn high_s(signature: Signature) -> Signature {
    let order = U256::from_be_bytes(secp256k1::constants::CURVE_ORDER);
    Signature::new(signature.r(), order - signature.s(), !signature.v())
}

/// The encoding of `tx` under its own signature.
pub fn signed<T: SignableTransaction<Signature>>(tx: T) -> Vec<u8>
where
    alloy_consensus::Signed<T>: Encodable2718,
{
    let signature = sign(tx.signature_hash());
    with_signature(tx, signature)
}

pub fn with_signature<T: SignableTransaction<Signature>>(tx: T, signature: Signature) -> Vec<u8>
where
    alloy_consensus::Signed<T>: Encodable2718,
{
    tx.into_signed(signature).encoded_2718()
}

pub fn verify(bytes: &[u8], rules: &Rules) -> Result<VerifiedTx, VerifyError> {
    Tx::decode(bytes).expect("a well-formed transaction").verify(rules)
}

pub fn legacy() -> TxLegacy {
    TxLegacy {
        chain_id: Some(CHAIN_ID),
        gas_price: 7,
        gas_limit: 21_000,
        to: TxKind::Call(Address::ZERO),
        ..TxLegacy::default()
    }
}

pub fn eip2930() -> TxEip2930 {
    TxEip2930 {
        chain_id: CHAIN_ID,
        gas_price: 7,
        gas_limit: 21_000,
        to: TxKind::Call(Address::ZERO),
        ..TxEip2930::default()
    }
}

pub fn eip1559() -> TxEip1559 {
    TxEip1559 {
        chain_id: CHAIN_ID,
        max_fee_per_gas: 9,
        max_priority_fee_per_gas: 2,
        gas_limit: 21_000,
        to: TxKind::Call(Address::ZERO),
        ..TxEip1559::default()
    }
}

pub fn eip7702() -> TxEip7702 {
    TxEip7702 {
        chain_id: CHAIN_ID,
        max_fee_per_gas: 9,
        max_priority_fee_per_gas: 2,
        gas_limit: 100_000,
        ..TxEip7702::default()
    }
}
