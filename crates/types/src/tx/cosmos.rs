//! Cosmos transactions: protobuf `TxRaw` signed in `SIGN_MODE_DIRECT` by one secp256k1 key.
//!
//! Account numbers are always 0 here (ADR 3), so a signature can be checked before any state is read.

use alloy_primitives::{B256, Bytes, U256};
use cosmos_sdk_proto::Any;
use cosmos_sdk_proto::cosmos::bank::v1beta1::MsgSend;
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin as ProtoCoin;
use cosmos_sdk_proto::cosmos::crypto::secp256k1::PubKey;
use cosmos_sdk_proto::cosmos::tx::v1beta1::mode_info::{Single, Sum};
use cosmos_sdk_proto::cosmos::tx::v1beta1::{AuthInfo, Fee, SignDoc, TxBody, TxRaw};
use prost::Message as _;
use secp256k1::ecdsa::Signature;
use secp256k1::{PublicKey, SECP256K1};
use sha2::{Digest, Sha256};

use super::verified::{Body, Signer, Verified, VerifiedTx};
use super::{DecodeError, VerifyError, fields};
use crate::exchange::ExchangeMsg;
use crate::limits::{COINS_MAX, MEMO_BYTES_MAX, TX_MESSAGES_MAX};
use crate::{Coin, Rules, SeiAddress, wei_from_usei};

pub(super) const SIGN_MODE_DIRECT: i32 = 1;
pub(super) const SECP256K1_TYPE_URL: &str = "/cosmos.crypto.secp256k1.PubKey";
const MSG_SEND_TYPE_URL: &str = "/cosmos.bank.v1beta1.MsgSend";
const MSG_SEND_RESPONSE_TYPE_URL: &str = "/cosmos.bank.v1beta1.MsgSendResponse";

/// What a transaction pays per gas, in wei.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeeOffer {
    /// Most it pays in all.
    pub max_fee_per_gas: u128,
    /// Most of it that is tip.
    pub max_priority_fee_per_gas: u128,
}

impl FeeOffer {
    /// What one gas pays on top of `base_fee`, or `None` where the offer is below it.
    #[must_use]
    pub fn tip_above(&self, base_fee: u128) -> Option<u128> {
        let room = self.max_fee_per_gas.checked_sub(base_fee)?;
        Some(room.min(self.max_priority_fee_per_gas))
    }

    /// What one gas pays at `base_fee`, or `None` where the offer is below it.
    #[must_use]
    pub fn price_at(&self, base_fee: u128) -> Option<u128> {
        self.tip_above(base_fee).map(|tip| base_fee + tip)
    }
}

/// A native message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// `/cosmos.bank.v1beta1.MsgSend`.
    Send {
        /// Who pays: must be the signer.
        from: SeiAddress,
        /// Who is paid.
        to: SeiAddress,
        /// What moves.
        amount: Vec<Coin>,
    },
    /// One of `/seiza.exchange.v1.Msg...`.
    Exchange(ExchangeMsg),
}

impl Message {
    /// Who must have signed for the message.
    #[must_use]
    pub fn signer(&self) -> SeiAddress {
        match self {
            Self::Send { from, .. } => *from,
            Self::Exchange(msg) => msg.sender(),
        }
    }

    /// The message's protobuf type URL.
    #[must_use]
    pub fn type_url(&self) -> &'static str {
        match self {
            Self::Send { .. } => MSG_SEND_TYPE_URL,
            Self::Exchange(msg) => msg.type_url(),
        }
    }

    /// The protobuf type URL of what answers the message.
    #[must_use]
    pub fn response_type_url(&self) -> &'static str {
        match self {
            Self::Send { .. } => MSG_SEND_RESPONSE_TYPE_URL,
            Self::Exchange(msg) => msg.response_type_url(),
        }
    }
}

/// A decoded Cosmos transaction.
#[derive(Debug, Clone)]
pub struct CosmosTx {
    /// What to do, in order; all or nothing.
    pub messages: Vec<Message>,
    /// Free text.
    pub memo: String,
    /// Last height that may include it; 0 is no bound.
    pub timeout_height: u64,
    /// The fee in usei: paid whole, whatever gas is used.
    pub fee_usei: U256,
    /// Most gas it may use.
    pub gas_limit: u64,
    /// The signer's sequence.
    pub sequence: u64,
    public_key: Vec<u8>,
    sign_mode: i32,
    fee_denoms_known: bool,
    signer_pays: bool,
    body_bytes: Vec<u8>,
    auth_info_bytes: Vec<u8>,
    signature: Vec<u8>,
}

pub(super) fn decode(bytes: &[u8]) -> Result<CosmosTx, DecodeError> {
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
        MSG_SEND_TYPE_URL => {
            fields::check("MsgSend", &any.value, &[1, 2, 3], false)?;
            let send = MsgSend::decode(any.value.as_slice()).map_err(protobuf)?;
            Ok(Message::Send {
                from: address("from_address", &send.from_address)?,
                to: address("to_address", &send.to_address)?,
                amount: coins("amount", &send.amount)?,
            })
        }
        other => match ExchangeMsg::decode(other, &any.value) {
            Some(decoded) => decoded.map(Message::Exchange),
            None => Err(DecodeError::MessageType(shown(other))),
        },
    }
}

/// As much of a type's name as an error repeats.
fn shown(type_url: &str) -> String {
    type_url.chars().take(128).collect()
}

fn address(field: &'static str, text: &str) -> Result<SeiAddress, DecodeError> {
    text.parse().map_err(|source| DecodeError::Address { field, source })
}

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

pub(super) fn verify(tx: CosmosTx, raw: Bytes, rules: &Rules) -> Result<VerifiedTx, VerifyError> {
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

fn check_signature(tx: &CosmosTx, rules: &Rules) -> Result<Signer, VerifyError> {
    let key = PublicKey::from_slice(&tx.public_key)
        .ok()
        .filter(|_| tx.public_key.len() == 33)
        .ok_or(VerifyError::Signature("public key is no compressed secp256k1 point"))?;
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
