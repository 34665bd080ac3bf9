//! What of a Cosmos transaction can be checked without state: its fee, its signers, and its one signature.

use alloy_primitives::{B256, Bytes, U256};
use cosmos_sdk_proto::cosmos::tx::v1beta1::SignDoc;
use prost::Message as _;
use secp256k1::ecdsa::Signature;
use secp256k1::{PublicKey, SECP256K1};
use sha2::{Digest, Sha256};

use super::{CosmosTx, Message, SIGN_MODE_DIRECT};
use crate::tx::verified::{Body, Signer, Verified, VerifiedTx};
use crate::tx::{FeeOffer, VerifyError};
use crate::{Rules, wei_from_usei};

/// The bytes that `SIGN_MODE_DIRECT` signs.
#[must_use]
pub fn sign_bytes(body: &[u8], auth_info: &[u8], chain_id: &str) -> Vec<u8> {
    SignDoc {
        body_bytes: body.to_vec(),
        auth_info_bytes: auth_info.to_vec(),
        chain_id: chain_id.to_owned(),
        account_number: 0,
    }
    .encode_to_vec()
}

pub(in crate::tx) fn verify(tx: CosmosTx, raw: Bytes, rules: &Rules) -> Result<VerifiedTx, VerifyError> {
    if tx.sign_mode != SIGN_MODE_DIRECT {
        return Err(VerifyError::SignMode(tx.sign_mode));
    }
    if tx.sequence == u64::MAX {
        return Err(VerifyError::NonceMax(tx.sequence));
    }
    if tx.messages.is_empty() {
        return Err(VerifyError::Signer("a transaction has at least one message"));
    }
    let (fee, fee_wei) = fee_offer(&tx, rules)?;
    let cost_max = native_out(&tx)?.checked_add(fee_wei).ok_or(VerifyError::CostOverflow)?;
    let signer = check_signature(&tx, rules)?;
    if tx.messages.iter().any(|message| message.signer() != signer.sei) {
        return Err(VerifyError::Signer("a message acts for an account that did not sign"));
    }
    Ok(VerifiedTx::new(Verified {
        hash: B256::new(Sha256::digest(&raw).into()),
        raw,
        signer,
        nonce: tx.sequence,
        gas_limit: tx.gas_limit,
        fee,
        cost_max,
        body: Body::Cosmos(tx),
    }))
}

/// The whole fee spread over the gas limit, so that both kinds compete by one measure.
fn fee_offer(tx: &CosmosTx, rules: &Rules) -> Result<(FeeOffer, U256), VerifyError> {
    if !tx.fee_denoms_known {
        return Err(VerifyError::Fee("fees are paid in usei alone"));
    }
    if !tx.signer_pays {
        return Err(VerifyError::Fee("the signer pays: no payer or granter can be named"));
    }
    if tx.gas_limit == 0 {
        return Err(VerifyError::Fee("gas limit is zero"));
    }
    if tx.gas_limit > rules.block_gas_max {
        return Err(VerifyError::BlockGas { have: tx.gas_limit, limit: rules.block_gas_max });
    }
    let wei = wei_from_usei(tx.fee_usei).map_err(|_| VerifyError::CostOverflow)?;
    let price = u128::try_from(wei / U256::from(tx.gas_limit)).map_err(|_| VerifyError::CostOverflow)?;
    Ok((FeeOffer { max_fee_per_gas: price, max_priority_fee_per_gas: price }, wei))
}

fn native_out(tx: &CosmosTx) -> Result<U256, VerifyError> {
    let mut sum = U256::ZERO;
    for message in &tx.messages {
        // What an order takes is known only to those who know its market: who cannot pay has the order refused.
        let Message::Send { amount, .. } = message else { continue };
        for coin in amount.iter().filter(|coin| coin.denom.is_native()) {
            let wei = wei_from_usei(coin.amount).map_err(|_| VerifyError::CostOverflow)?;
            sum = sum.checked_add(wei).ok_or(VerifyError::CostOverflow)?;
        }
    }
    Ok(sum)
}

fn compressed(key: &[u8]) -> Result<PublicKey, VerifyError> {
    let point = PublicKey::from_slice(key).ok().filter(|_| key.len() == 33);
    point.ok_or(VerifyError::Signature("public key is no compressed secp256k1 point"))
}

fn check_signature(tx: &CosmosTx, rules: &Rules) -> Result<Signer, VerifyError> {
    let key = compressed(&tx.public_key)?;
    let signature = Signature::from_compact(&tx.signature)
        .map_err(|_| VerifyError::Signature("signature is not 64 bytes of r and s"))?;
    let document = sign_bytes(&tx.body_bytes, &tx.auth_info_bytes, &rules.cosmos_chain_id);
    let digest = secp256k1::Message::from_digest(Sha256::digest(document).into());
    // libsecp256k1 refuses a high s here, so the signature is not malleable.
    SECP256K1
        .verify_ecdsa(digest, &signature, &key)
        .map_err(|_| VerifyError::Signature("signature does not fit the key, the chain id and the document"))?;
    Ok(Signer::from_public_key(&key))
}
