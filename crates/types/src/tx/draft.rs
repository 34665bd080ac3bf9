//! A Cosmos transaction to the exchange before it is signed: for the binary's own commands, for benchmarks and tests.

use cosmos_sdk_proto::Any;
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin;
use cosmos_sdk_proto::cosmos::crypto::secp256k1::PubKey;
use cosmos_sdk_proto::cosmos::tx::v1beta1::mode_info::{Single, Sum};
use cosmos_sdk_proto::cosmos::tx::v1beta1::{AuthInfo, Fee, ModeInfo, SignerInfo, TxBody, TxRaw};
use prost::Message as _;
use secp256k1::{Message, SECP256K1, SecretKey};
use sha2::{Digest as _, Sha256};

use super::cosmos::{SECP256K1_TYPE_URL, SIGN_MODE_DIRECT, sign_bytes};
use crate::USEI;
use crate::exchange::ExchangeMsg;

/// What is to be signed.
#[derive(Debug, Clone)]
pub struct Draft<'a> {
    /// The chain's Cosmos id.
    pub chain_id: &'a str,
    /// What to do, in order, all by the signer.
    pub messages: &'a [ExchangeMsg],
    /// The signer's sequence.
    pub sequence: u64,
    /// Most gas it may use.
    pub gas_limit: u64,
    /// The fee in usei: paid whole.
    pub fee_usei: u128,
}

impl Draft<'_> {
    /// Signs it in `SIGN_MODE_DIRECT`; gives the bytes that are sent.
    #[must_use]
    pub fn sign(&self, key: &SecretKey) -> Vec<u8> {
        let any = |message: &ExchangeMsg| Any { type_url: message.type_url().into(), value: message.encode() };
        let messages = self.messages.iter().map(any).collect();
        let body_bytes = TxBody { messages, ..TxBody::default() }.encode_to_vec();
        let auth_info_bytes = self.auth_info(key);
        let signed = sign_bytes(&body_bytes, &auth_info_bytes, self.chain_id);
        let digest = Message::from_digest(Sha256::digest(signed).into());
        let signature = SECP256K1.sign_ecdsa(digest, key).serialize_compact().to_vec();
        TxRaw { body_bytes, auth_info_bytes, signatures: vec![signature] }.encode_to_vec()
    }

    fn auth_info(&self, key: &SecretKey) -> Vec<u8> {
        let public = PubKey { key: key.public_key(SECP256K1).serialize().to_vec() };
        let signer = SignerInfo {
            public_key: Some(Any { type_url: SECP256K1_TYPE_URL.into(), value: public.encode_to_vec() }),
            mode_info: Some(ModeInfo { sum: Some(Sum::Single(Single { mode: SIGN_MODE_DIRECT })) }),
            sequence: self.sequence,
        };
        let amount = vec![Coin { denom: USEI.into(), amount: self.fee_usei.to_string() }];
        let fee = Fee { amount, gas_limit: self.gas_limit, ..Fee::default() };
        AuthInfo { signer_infos: vec![signer], fee: Some(fee), ..AuthInfo::default() }.encode_to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::{CancelTarget, MarketId};
    use crate::tx::Signer;
    use crate::{Rules, Tx};

    #[test]
    fn what_is_signed_verifies_and_says_what_was_drafted() {
        let key = SecretKey::from_byte_array([7; 32]).unwrap();
        let signer = Signer::from_public_key(&key.public_key(SECP256K1));
        let targets = vec![CancelTarget::AllOf(MarketId(3))];
        let messages = [ExchangeMsg::CancelOrders { sender: signer.sei, market: MarketId(3), targets }];
        let draft = Draft { chain_id: "a-1", messages: &messages, sequence: 5, gas_limit: 90_000, fee_usei: 100 };
        let tx = Tx::decode(&draft.sign(&key)).unwrap();
        let verified = tx.verify(&Rules::new(1, "a-1")).unwrap();
        assert_eq!((verified.signer, verified.nonce), (signer, 5));
        assert!(Tx::decode(&draft.sign(&key)).unwrap().verify(&Rules::new(1, "b-1")).is_err());
    }
}
