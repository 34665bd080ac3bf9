//! Signs Cosmos transactions of any shape, allowed or not.

use cosmos_sdk_proto::Any;
use cosmos_sdk_proto::cosmos::bank::v1beta1::MsgSend;
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin;
use cosmos_sdk_proto::cosmos::crypto::secp256k1::PubKey;
use cosmos_sdk_proto::cosmos::tx::v1beta1::mode_info::{Single, Sum};
use cosmos_sdk_proto::cosmos::tx::v1beta1::{AuthInfo, Fee, ModeInfo, SignDoc, SignerInfo, TxBody, TxRaw};
use prost::Message as _;
use secp256k1::{Message, PublicKey, SECP256K1};
use seiza_types::tx::Signer;
use sha2::{Digest, Sha256};

use super::evm_forge::key;

pub const CHAIN_ID: &str = "seiza-1";
pub const MSG_SEND: &str = "/cosmos.bank.v1beta1.MsgSend";

/// A transaction in the making: every part can be bent before it is signed.
#[derive(Clone)]
pub struct CosmosForge {
    pub body: TxBody,
    pub auth: AuthInfo,
    pub chain_id: String,
    pub account_number: u64,
}

pub fn signer() -> Signer {
    Signer::from_public_key(&PublicKey::from_secret_key(SECP256K1, &key()))
}

pub fn coin(denom: &str, amount: &str) -> Coin {
    Coin { denom: denom.into(), amount: amount.into() }
}

pub fn send(amount: Vec<Coin>) -> MsgSend {
    let to = seiza_types::SeiAddress([0x11; 20]).to_string();
    MsgSend { from_address: signer().sei.to_string(), to_address: to, amount }
}

pub fn any(type_url: &str, message: &impl prost::Message) -> Any {
    Any { type_url: type_url.into(), value: message.encode_to_vec() }
}

impl CosmosForge {
    /// One usei to somebody, 20,000 usei of fee for 200,000 gas, sequence 5.
    pub fn new() -> Self {
        let public_key = PubKey { key: signer().public_key.to_vec() };
        let info = SignerInfo {
            public_key: Some(any("/cosmos.crypto.secp256k1.PubKey", &public_key)),
            mode_info: Some(ModeInfo { sum: Some(Sum::Single(Single { mode: 1 })) }),
            sequence: 5,
        };
        let fee = Fee { amount: vec![coin("usei", "20000")], gas_limit: 200_000, ..Fee::default() };
        Self {
            body: TxBody { messages: vec![any(MSG_SEND, &send(vec![coin("usei", "1")]))], ..TxBody::default() },
            auth: AuthInfo { signer_infos: vec![info], fee: Some(fee), ..AuthInfo::default() },
            chain_id: CHAIN_ID.into(),
            account_number: 0,
        }
    }

    pub fn bend(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub fn fee(&mut self) -> &mut Fee {
        self.auth.fee.as_mut().unwrap()
    }

    /// The parts and a good signature over them.
    pub fn raw(&self) -> TxRaw {
        sign(self.body.encode_to_vec(), self.auth.encode_to_vec(), &self.chain_id, self.account_number)
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.raw().encode_to_vec()
    }
}

/// Signs any bytes that stand for a body and an auth info.
pub fn sign(body_bytes: Vec<u8>, auth_info_bytes: Vec<u8>, chain_id: &str, account_number: u64) -> TxRaw {
    let document = SignDoc {
        body_bytes: body_bytes.clone(),
        auth_info_bytes: auth_info_bytes.clone(),
        chain_id: chain_id.into(),
        account_number,
    };
    let digest = Message::from_digest(Sha256::digest(document.encode_to_vec()).into());
    let signature = SECP256K1.sign_ecdsa(digest, &key()).serialize_compact();
    TxRaw { body_bytes, auth_info_bytes, signatures: vec![signature.to_vec()] }
}
