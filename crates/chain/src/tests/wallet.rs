//! Keys that sign both kinds of transactions, as wallets do.

use alloy_consensus::{SignableTransaction, TxEip1559};
use alloy_primitives::{Address, Bytes, Signature, TxKind, U256};
use cosmos_sdk_proto::Any;
use cosmos_sdk_proto::cosmos::bank::v1beta1::MsgSend;
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin;
use cosmos_sdk_proto::cosmos::crypto::secp256k1::PubKey;
use cosmos_sdk_proto::cosmos::tx::v1beta1::mode_info::{Single, Sum};
use cosmos_sdk_proto::cosmos::tx::v1beta1::{AuthInfo, Fee, ModeInfo, SignerInfo, TxBody, TxRaw};
use prost::Message as _;
use secp256k1::{Message, SECP256K1, SecretKey};
use seiza_types::exchange::ExchangeMsg;
use seiza_types::tx::{EvmTx, Signer, sign_bytes};
use seiza_types::{Rules, SeiAddress, Tx, VerifiedTx};
use sha2::{Digest, Sha256};

use super::{CHAIN_ID, EVM_CHAIN_ID};

pub(super) const GWEI: u128 = 1_000_000_000;

/// One secp256k1 key.
#[derive(Clone, Copy)]
pub(super) struct Wallet(pub(super) SecretKey);

impl Wallet {
    pub(super) fn new(seed: u8) -> Self {
        Self(SecretKey::from_byte_array([seed; 32]).unwrap())
    }

    pub(super) fn signer(&self) -> Signer {
        Signer::from_public_key(&self.0.public_key(SECP256K1))
    }

    /// A call or transfer paying 2 gwei per gas, 1 of it as tip at most.
    pub(super) fn evm(&self, nonce: u64, to: TxKind, value: U256, input: Bytes, gas_limit: u64) -> VerifiedTx {
        let tx = TxEip1559 {
            chain_id: EVM_CHAIN_ID,
            nonce,
            gas_limit,
            max_fee_per_gas: 2 * GWEI,
            max_priority_fee_per_gas: GWEI,
            to,
            value,
            access_list: Default::default(),
            input,
        };
        let signature = SECP256K1.sign_ecdsa_recoverable(Message::from_digest(tx.signature_hash().0), &self.0);
        let (id, compact) = signature.serialize_compact();
        let signature = Signature::from_bytes_and_parity(&compact, i32::from(id) == 1);
        let raw = alloy_eips::eip2718::Encodable2718::encoded_2718(&EvmTx::from(tx.into_signed(signature)));
        verify(&raw)
    }

    pub(super) fn transfer(&self, nonce: u64, to: Address, wei: u64) -> VerifiedTx {
        self.evm(nonce, TxKind::Call(to), U256::from(wei), Bytes::new(), 21_000)
    }

    /// A `MsgSend` that pays its fee in usei.
    pub(super) fn send(&self, sequence: u64, to: SeiAddress, amount: &[(&str, u64)], fee_usei: u64) -> VerifiedTx {
        self.send_until(0, sequence, to, amount, fee_usei)
    }

    /// A `MsgSend` that no block after `timeout_height` may include; 0 is no bound.
    pub(super) fn send_until(
        &self,
        timeout_height: u64,
        sequence: u64,
        to: SeiAddress,
        amount: &[(&str, u64)],
        fee_usei: u64,
    ) -> VerifiedTx {
        let coin = |denom: &str, amount: u64| Coin { denom: denom.into(), amount: amount.to_string() };
        let message = MsgSend {
            from_address: self.signer().sei.to_string(),
            to_address: to.to_string(),
            amount: amount.iter().map(|(denom, amount)| coin(denom, *amount)).collect(),
        };
        let message = Any { type_url: "/cosmos.bank.v1beta1.MsgSend".into(), value: message.encode_to_vec() };
        let body = TxBody { messages: vec![message], timeout_height, ..Default::default() };
        self.sign(sequence, &body, fee_usei, 100_000)
    }

    /// Messages to the exchange, with gas for a few hundred orders.
    pub(super) fn exchange(&self, sequence: u64, messages: &[ExchangeMsg]) -> VerifiedTx {
        let any = |message: &ExchangeMsg| Any { type_url: message.type_url().into(), value: message.encode() };
        let body = TxBody { messages: messages.iter().map(any).collect(), ..Default::default() };
        self.sign(sequence, &body, 4_000, 2_000_000)
    }

    fn sign(&self, sequence: u64, body: &TxBody, fee_usei: u64, gas_limit: u64) -> VerifiedTx {
        let amount = vec![Coin { denom: "usei".into(), amount: fee_usei.to_string() }];
        let (body, fee) = (body.encode_to_vec(), Fee { amount, gas_limit, ..Default::default() });
        let auth = AuthInfo { signer_infos: vec![self.signer_info(sequence)], fee: Some(fee), ..Default::default() };
        let auth = auth.encode_to_vec();
        let digest: [u8; 32] = Sha256::digest(sign_bytes(&body, &auth, CHAIN_ID)).into();
        let signature = SECP256K1.sign_ecdsa(Message::from_digest(digest), &self.0).serialize_compact().to_vec();
        verify(&TxRaw { body_bytes: body, auth_info_bytes: auth, signatures: vec![signature] }.encode_to_vec())
    }

    fn signer_info(&self, sequence: u64) -> SignerInfo {
        let key = PubKey { key: self.signer().public_key.to_vec() }.encode_to_vec();
        SignerInfo {
            public_key: Some(Any { type_url: "/cosmos.crypto.secp256k1.PubKey".into(), value: key }),
            mode_info: Some(ModeInfo { sum: Some(Sum::Single(Single { mode: 1 })) }),
            sequence,
        }
    }
}

pub(super) fn verify(raw: &[u8]) -> VerifiedTx {
    Tx::decode(raw).unwrap().verify(&Rules::new(EVM_CHAIN_ID, CHAIN_ID)).unwrap()
}
