//! Cosmos transactions as wallets make them.

use alloy_primitives::Bytes;
use cosmos_sdk_proto::Any;
use cosmos_sdk_proto::cosmos::bank::v1beta1::MsgSend;
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin;
use cosmos_sdk_proto::cosmos::crypto::secp256k1::PubKey;
use cosmos_sdk_proto::cosmos::tx::v1beta1::mode_info::{Single, Sum};
use cosmos_sdk_proto::cosmos::tx::v1beta1::{AuthInfo, Fee, ModeInfo, SignerInfo, TxBody, TxRaw};
use prost::Message as _;
use secp256k1::{Message, SECP256K1, SecretKey};
use seiza_types::SeiAddress;
use seiza_types::tx::{Signer, sign_bytes};
use sha2::{Digest, Sha256};

use crate::world::CHAIN_ID;

fn key(seed: u8) -> SecretKey {
    SecretKey::from_byte_array([seed; 32]).unwrap()
}

pub(crate) fn signer(seed: u8) -> Signer {
    Signer::from_public_key(&key(seed).public_key(SECP256K1))
}

fn unsigned(
    seed: u8,
    sequence: u64,
    to: [u8; 20],
    (amount, denom): (u64, &str),
    fee: Fee,
    mode: i32,
) -> (Vec<u8>, Vec<u8>) {
    let send = MsgSend {
        from_address: signer(seed).sei.to_string(),
        to_address: SeiAddress(to).to_string(),
        amount: vec![Coin { denom: denom.into(), amount: amount.to_string() }],
    };
    let message = Any { type_url: "/cosmos.bank.v1beta1.MsgSend".into(), value: send.encode_to_vec() };
    let body = TxBody { messages: vec![message], memo: "a test".into(), ..TxBody::default() };
    let public_key = Any {
        type_url: "/cosmos.crypto.secp256k1.PubKey".into(),
        value: PubKey { key: signer(seed).public_key.to_vec() }.encode_to_vec(),
    };
    let mode_info = Some(ModeInfo { sum: Some(Sum::Single(Single { mode })) });
    let info = SignerInfo { public_key: Some(public_key), mode_info, sequence };
    let auth = AuthInfo { signer_infos: vec![info], fee: Some(fee), ..AuthInfo::default() };
    (body.encode_to_vec(), auth.encode_to_vec())
}

/// A signed `MsgSend`.
pub(crate) fn send(seed: u8, sequence: u64, to: [u8; 20], usei: u64) -> Bytes {
    send_coin(seed, sequence, to, (usei, "usei"))
}

/// A signed `MsgSend` of any coin.
pub(crate) fn send_coin(seed: u8, sequence: u64, to: [u8; 20], coin: (u64, &str)) -> Bytes {
    let fee = Fee {
        amount: vec![Coin { denom: "usei".into(), amount: "1000".into() }],
        gas_limit: 100_000,
        ..Fee::default()
    };
    let (body_bytes, auth_info_bytes) = unsigned(seed, sequence, to, coin, fee, 1);
    let digest = Sha256::digest(sign_bytes(&body_bytes, &auth_info_bytes, CHAIN_ID));
    let signature = SECP256K1.sign_ecdsa(Message::from_digest(digest.into()), &key(seed));
    TxRaw { body_bytes, auth_info_bytes, signatures: vec![signature.serialize_compact().to_vec()] }
        .encode_to_vec()
        .into()
}

/// What CosmJS sends to be simulated: no fee, no gas, an empty signature, no sign mode.
pub(crate) fn to_simulate(seed: u8, sequence: u64, to: [u8; 20], usei: u64) -> Vec<u8> {
    let (body_bytes, auth_info_bytes) = unsigned(seed, sequence, to, (usei, "usei"), Fee::default(), 0);
    TxRaw { body_bytes, auth_info_bytes, signatures: vec![Vec::new()] }.encode_to_vec()
}
