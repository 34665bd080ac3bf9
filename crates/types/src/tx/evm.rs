//! Ethereum transactions: decoding by `alloy`, signature recovery by libsecp256k1, the rules of their EIPs.

use alloy_consensus::{EthereumTxEnvelope, Transaction as _, TxEip4844};
use alloy_eips::eip2718::Decodable2718 as _;
use alloy_primitives::{B256, Bytes, Signature, U256, keccak256};
use secp256k1::ecdsa::{RecoverableSignature, RecoveryId};
use secp256k1::{Message, SECP256K1};

use super::verified::{Body, Signer, Verified, VerifiedTx};
use super::{DecodeError, FeeOffer, VerifyError, intrinsic_gas};
use crate::limits::INITCODE_BYTES_MAX;
use crate::{Fork, Rules};

/// An Ethereum transaction in the form that a block holds (a blob transaction without its sidecar).
pub type EvmTx = EthereumTxEnvelope<TxEip4844>;

pub(super) fn decode(bytes: &[u8]) -> Result<EvmTx, DecodeError> {
    let mut rest = bytes;
    let tx = EvmTx::decode_2718(&mut rest).map_err(|error| DecodeError::Rlp(error.to_string()))?;
    if rest.is_empty() { Ok(tx) } else { Err(DecodeError::Trailing(rest.len())) }
}

pub(super) fn verify(tx: EvmTx, raw: Bytes, rules: &Rules) -> Result<VerifiedTx, VerifyError> {
    check_type(&tx, rules)?;
    check_gas(&tx, rules)?;
    check_fees(&tx)?;
    let value_max = cost_max(&tx)?;
    let signer = recover(tx.signature(), tx.signature_hash(), rules.fork)?;
    Ok(VerifiedTx::new(Verified {
        hash: keccak256(&raw),
        raw,
        signer,
        nonce: tx.nonce(),
        gas_limit: tx.gas_limit(),
        fee: FeeOffer {
            max_fee_per_gas: tx.max_fee_per_gas(),
            max_priority_fee_per_gas: tx.max_priority_fee_per_gas().unwrap_or(tx.max_fee_per_gas()),
        },
        cost_max: value_max,
        body: Body::Evm(tx),
    }))
}

fn check_type(tx: &EvmTx, rules: &Rules) -> Result<(), VerifyError> {
    let (since, allowed) = match tx {
        EvmTx::Legacy(_) => (Fork::Frontier, true),
        EvmTx::Eip2930(_) => (Fork::Berlin, true),
        EvmTx::Eip1559(_) => (Fork::London, true),
        EvmTx::Eip4844(_) => (Fork::Cancun, rules.blobs),
        EvmTx::Eip7702(_) => (Fork::Prague, true),
    };
    if !allowed || rules.fork < since {
        return Err(VerifyError::TypeNotSupported);
    }
    match tx.chain_id() {
        Some(have) if have != rules.evm_chain_id => Err(VerifyError::ChainId { have, want: rules.evm_chain_id }),
        _ => check_lists(tx),
    }
}

fn check_lists(tx: &EvmTx) -> Result<(), VerifyError> {
    match tx {
        EvmTx::Eip7702(tx) if tx.tx().authorization_list.is_empty() => Err(VerifyError::EmptyAuthorizations),
        EvmTx::Eip4844(tx) if tx.tx().blob_versioned_hashes.is_empty() => Err(VerifyError::Blob("missing blob hashes")),
        _ => Ok(()),
    }
}

fn check_gas(tx: &EvmTx, rules: &Rules) -> Result<(), VerifyError> {
    let have = tx.gas_limit();
    if have > rules.block_gas_max {
        return Err(VerifyError::BlockGas { have, limit: rules.block_gas_max });
    }
    let size = tx.input().len();
    if tx.is_create() && rules.fork >= Fork::Shanghai && size > INITCODE_BYTES_MAX {
        return Err(VerifyError::InitcodeSize { size, limit: INITCODE_BYTES_MAX });
    }
    let gas = intrinsic_gas(tx, rules.fork);
    if have < gas.initial {
        return Err(VerifyError::IntrinsicGas { have, want: gas.initial });
    }
    if have < gas.floor {
        return Err(VerifyError::FloorGas { have, want: gas.floor });
    }
    Ok(())
}

fn check_fees(tx: &EvmTx) -> Result<(), VerifyError> {
    let cap = tx.max_fee_per_gas();
    let tip = tx.max_priority_fee_per_gas().unwrap_or(cap);
    if tip > cap {
        return Err(VerifyError::TipAboveCap { tip, cap });
    }
    if tx.nonce() == u64::MAX {
        return Err(VerifyError::NonceMax(tx.nonce()));
    }
    Ok(())
}

/// Most wei the transaction can take from its sender: value, gas at the fee cap, blob gas at its cap.
fn cost_max(tx: &EvmTx) -> Result<U256, VerifyError> {
    let gas = U256::from(tx.gas_limit()).checked_mul(U256::from(tx.max_fee_per_gas()));
    let blobs =
        U256::from(tx.blob_gas_used().unwrap_or(0)).checked_mul(U256::from(tx.max_fee_per_blob_gas().unwrap_or(0)));
    gas.and_then(|gas| gas.checked_add(tx.value()))
        .and_then(|sum| sum.checked_add(blobs?))
        .ok_or(VerifyError::CostOverflow)
}

/// Recovers the public key of an Ethereum signature. From Homestead on a high `s` is refused (EIP-2).
pub(super) fn recover(signature: &Signature, hash: B256, fork: Fork) -> Result<Signer, VerifyError> {
    if fork >= Fork::Homestead && signature.normalize_s().is_some() {
        return Err(VerifyError::Signature("signature s is not in the lower half"));
    }
    let id = if signature.v() { RecoveryId::One } else { RecoveryId::Zero };
    let mut compact = [0; 64];
    compact[..32].copy_from_slice(&signature.r().to_be_bytes::<32>());
    compact[32..].copy_from_slice(&signature.s().to_be_bytes::<32>());
    let signature = RecoverableSignature::from_compact(&compact, id)
        .map_err(|_| VerifyError::Signature("r or s is out of range"))?;
    let key = SECP256K1
        .recover_ecdsa(Message::from_digest(hash.0), &signature)
        .map_err(|_| VerifyError::Signature("signature recovers to no key"))?;
    Ok(Signer::from_public_key(&key))
}
