//! Keys that sign both kinds of transactions, as wallets do.

use alloy_consensus::{SignableTransaction as _, TxEip1559};
use alloy_eips::eip2718::Encodable2718 as _;
use alloy_primitives::{Address, Bytes, Signature, TxKind, U256};
use cosmos_sdk_proto::Any;
use cosmos_sdk_proto::cosmos::bank::v1beta1::MsgSend;
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin;
use cosmos_sdk_proto::cosmos::crypto::secp256k1::PubKey;
use cosmos_sdk_proto::cosmos::tx::v1beta1::mode_info::{Single, Sum};
use cosmos_sdk_proto::cosmos::tx::v1beta1::{AuthInfo, Fee, ModeInfo, SignerInfo, TxBody, TxRaw};
use prost::Message as _;
use secp256k1::{Message, SECP256K1, SecretKey};
use seiza_types::SeiAddress;
use seiza_types::tx::{EvmTx, Signer, sign_bytes};
use sha2::{Digest as _, Sha256};

/// EIP-155 id of simulated chains.
pub const EVM_CHAIN_ID: u64 = 713_714;
/// Cosmos id of simulated chains.
pub const CHAIN_ID: &str = "seiza-sim-1";
const GWEI: u128 = 1_000_000_000;
/// Fee of a Cosmos transfer, usei.
const FEE_USEI: u64 = 500_000;

/// One secp256k1 key.
#[derive(Clone, Copy)]
pub struct Wallet(SecretKey);

impl Wallet {
    /// The wallet of a number from 1 to 255.
    #[must_use]
    pub fn new(number: u8) -> Self {
        Self(SecretKey::from_byte_array([number; 32]).expect("a small number repeated is a key"))
    }

    /// Who signs.
    #[must_use]
    pub fn signer(&self) -> Signer {
        Signer::from_public_key(&self.0.public_key(SECP256K1))
    }

    /// An Ethereum transfer.
    #[must_use]
    pub fn transfer(&self, nonce: u64, to: Address, wei: u64) -> Bytes {
        let tx = TxEip1559 {
            chain_id: EVM_CHAIN_ID,
            nonce,
            gas_limit: 21_000,
            max_fee_per_gas: 20 * GWEI,
            max_priority_fee_per_gas: GWEI,
            to: TxKind::Call(to),
            value: U256::from(wei),
            access_list: Default::default(),
            input: Bytes::new(),
        };
        let digest = Message::from_digest(tx.signature_hash().0);
        let (id, compact) = SECP256K1.sign_ecdsa_recoverable(digest, &self.0).serialize_compact();
        let signature = Signature::from_bytes_and_parity(&compact, i32::from(id) == 1);
        EvmTx::from(tx.into_signed(signature)).encoded_2718().into()
    }

    /// A Cosmos `MsgSend`.
    #[must_use]
    pub fn send(&self, sequence: u64, to: SeiAddress, usei: u64) -> Bytes {
        let coin = |amount: u64| Coin { denom: "usei".into(), amount: amount.to_string() };
        let (from_address, to_address) = (self.signer().sei.to_string(), to.to_string());
        let message = MsgSend { from_address, to_address, amount: vec![coin(usei)] };
        let message = Any { type_url: "/cosmos.bank.v1beta1.MsgSend".into(), value: message.encode_to_vec() };
        let body_bytes = TxBody { messages: vec![message], ..Default::default() }.encode_to_vec();
        let fee = Fee { amount: vec![coin(FEE_USEI)], gas_limit: 100_000, ..Default::default() };
        let auth = AuthInfo { signer_infos: vec![self.signer_info(sequence)], fee: Some(fee), ..Default::default() };
        let auth_info_bytes = auth.encode_to_vec();
        let digest: [u8; 32] = Sha256::digest(sign_bytes(&body_bytes, &auth_info_bytes, CHAIN_ID)).into();
        let signature = SECP256K1.sign_ecdsa(Message::from_digest(digest), &self.0).serialize_compact().to_vec();
        TxRaw { body_bytes, auth_info_bytes, signatures: vec![signature] }.encode_to_vec().into()
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
