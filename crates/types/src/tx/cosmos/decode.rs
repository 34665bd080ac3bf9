//! From bytes to a Cosmos transaction: one encoding of what is signed around, no unknown field, everything bounded.

use alloy_primitives::U256;
use cosmos_sdk_proto::Any;
use cosmos_sdk_proto::cosmos::bank::v1beta1::MsgSend;
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin as ProtoCoin;
use cosmos_sdk_proto::cosmos::crypto::secp256k1::PubKey;
use cosmos_sdk_proto::cosmos::tx::v1beta1::mode_info::{Single, Sum};
use cosmos_sdk_proto::cosmos::tx::v1beta1::{AuthInfo, Fee, TxBody, TxRaw};
use prost::Message as _;

use super::{CosmosTx, MSG_SEND_TYPE_URL, Message, SECP256K1_TYPE_URL};
use crate::exchange::ExchangeMsg;
use crate::limits::{COINS_MAX, MEMO_BYTES_MAX, TX_MESSAGES_MAX};
use crate::tx::{DecodeError, fields};
use crate::{Coin, SeiAddress};

pub(in crate::tx) fn decode(bytes: &[u8]) -> Result<CosmosTx, DecodeError> {
    let raw = TxRaw::decode(bytes).map_err(protobuf)?;
    if raw.encode_to_vec() != bytes {
        return Err(DecodeError::Protobuf("TxRaw is not in its canonical encoding".into()));
    }
    let body = TxBody::decode(raw.body_bytes.as_slice()).map_err(protobuf)?;
    let auth = AuthInfo::decode(raw.auth_info_bytes.as_slice()).map_err(protobuf)?;
    check_fields(&raw)?;
    bounded("extension_options", body.extension_options.len(), 0)?;
    bounded("messages", body.messages.len(), TX_MESSAGES_MAX)?;
    memo_bounded(&body.memo)?;
    let [signature] = raw.signatures.as_slice() else { return Err(DecodeError::Missing("exactly one signature")) };
    let [signer] = auth.signer_infos.as_slice() else { return Err(DecodeError::Missing("exactly one signer info")) };
    let fee = auth.fee.ok_or(DecodeError::Missing("fee"))?;
    let signer_pays = fee.payer.is_empty() && fee.granter.is_empty();
    let (fee_usei, fee_denoms_known) = fee_amount(&fee)?;
    Ok(CosmosTx {
        messages: body.messages.iter().map(message).collect::<Result<_, _>>()?,
        memo: body.memo,
        timeout_height: body.timeout_height,
        fee_usei,
        gas_limit: fee.gas_limit,
        sequence: signer.sequence,
        public_key: public_key(signer.public_key.as_ref())?,
        sign_mode: match signer.mode_info.as_ref().and_then(|info| info.sum.as_ref()) {
            Some(Sum::Single(Single { mode })) => *mode,
            _ => 0,
        },
        fee_denoms_known,
        signer_pays,
        body_bytes: raw.body_bytes,
        auth_info_bytes: raw.auth_info_bytes,
        signature: signature.clone(),
    })
}

/// Field 3 of `AuthInfo` is a tip by another payer, which the Cosmos SDK has given up too.
fn check_fields(raw: &TxRaw) -> Result<(), DecodeError> {
    fields::check("TxBody", &raw.body_bytes, &[1, 2, 3, 1_023, 2_047], true)?;
    fields::check("AuthInfo", &raw.auth_info_bytes, &[1, 2], false)
}

fn protobuf(error: prost::DecodeError) -> DecodeError {
    DecodeError::Protobuf(error.to_string())
}

fn bounded(field: &'static str, len: usize, limit: usize) -> Result<(), DecodeError> {
    if len > limit { Err(DecodeError::TooMany { field, len, limit }) } else { Ok(()) }
}

fn memo_bounded(memo: &str) -> Result<(), DecodeError> {
    let (field, len, limit) = ("memo", memo.len(), MEMO_BYTES_MAX);
    if len > limit { Err(DecodeError::TooLong { field, len, limit }) } else { Ok(()) }
}

fn public_key(key: Option<&Any>) -> Result<Vec<u8>, DecodeError> {
    let key = key.ok_or(DecodeError::Missing("public key of the signer"))?;
    if key.type_url != SECP256K1_TYPE_URL {
        return Err(DecodeError::KeyType(shown(&key.type_url)));
    }
    Ok(PubKey::decode(key.value.as_slice()).map_err(protobuf)?.key)
}

/// The fee in usei, and whether it was offered in usei alone.
fn fee_amount(fee: &Fee) -> Result<(U256, bool), DecodeError> {
    let coins = coins("fee", &fee.amount)?;
    match coins.as_slice() {
        [] => Ok((U256::ZERO, true)),
        [coin] => Ok((coin.amount, coin.denom.is_native())),
        _ => Ok((U256::ZERO, false)),
    }
}

fn coins(field: &'static str, coins: &[ProtoCoin]) -> Result<Vec<Coin>, DecodeError> {
    bounded(field, coins.len(), COINS_MAX)?;
    let coin = |coin: &ProtoCoin| {
        Coin::parse(&coin.denom, &coin.amount).map_err(|source| DecodeError::Amount { field, source })
    };
    coins.iter().map(coin).collect()
}

fn message(any: &Any) -> Result<Message, DecodeError> {
    match any.type_url.as_str() {
        MSG_SEND_TYPE_URL => send(&any.value),
        other => match ExchangeMsg::decode(other, &any.value) {
            Some(decoded) => decoded.map(Message::Exchange),
            None => Err(DecodeError::MessageType(shown(other))),
        },
    }
}

fn send(bytes: &[u8]) -> Result<Message, DecodeError> {
    fields::check("MsgSend", bytes, &[1, 2, 3], false)?;
    let send = MsgSend::decode(bytes).map_err(protobuf)?;
    Ok(Message::Send {
        from: address("from_address", &send.from_address)?,
        to: address("to_address", &send.to_address)?,
        amount: coins("amount", &send.amount)?,
    })
}

/// As much of a type's name as an error repeats.
fn shown(type_url: &str) -> String {
    type_url.chars().take(128).collect()
}

fn address(field: &'static str, text: &str) -> Result<SeiAddress, DecodeError> {
    text.parse().map_err(|source| DecodeError::Address { field, source })
}
