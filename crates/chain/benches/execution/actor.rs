//! Who acts in a workload: keys with their nonces, and what they order, to be signed by all cores at once.

use alloy_consensus::{SignableTransaction as _, TxEip1559};
use alloy_primitives::{Address, Bytes, Signature, TxKind, U256, keccak256};
use cosmos_sdk_proto::Any;
use cosmos_sdk_proto::cosmos::bank::v1beta1::MsgSend;
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin;
use cosmos_sdk_proto::cosmos::crypto::secp256k1::PubKey;
use cosmos_sdk_proto::cosmos::tx::v1beta1::mode_info::{Single, Sum};
use cosmos_sdk_proto::cosmos::tx::v1beta1::{AuthInfo, Fee, ModeInfo, SignerInfo, TxBody, TxRaw};
use prost::Message as _;
use rayon::prelude::*;
use secp256k1::{Message, SECP256K1, SecretKey};
use seiza_types::tx::{EvmTx, Signer, sign_bytes};
use seiza_types::{Rules, SeiAddress, Tx, VerifiedTx};
use sha2::{Digest as _, Sha256};

/// EIP-155 chain id of every workload that is made here.
pub const CHAIN_ID: u64 = 1;
const COSMOS_CHAIN_ID: &str = "bench-1";
/// Wei per gas: what a block asks, what a transaction offers at most, and its tip.
pub const BASE_FEE: u64 = 1_000_000_000;
const MAX_FEE: u128 = 2_000_000_000;
const TIP: u128 = 100_000_000;
const SEND_GAS: u64 = 100_000;
const SEND_FEE_USEI: u64 = 200;

/// A key, and the nonce that it uses next.
pub struct Actor {
    key: SecretKey,
    pub signer: Signer,
    nonce: u64,
}

/// A transaction that nobody has signed yet.
pub struct Order {
    key: SecretKey,
    signer: Signer,
    nonce: u64,
    act: Act,
}

enum Act {
    Evm { to: TxKind, value: U256, input: Bytes, gas: u64 },
    Send { to: SeiAddress, usei: u64 },
}

impl Actor {
    /// The actor of that number: the same key in every run.
    pub fn new(number: u64) -> Self {
        let key = SecretKey::from_byte_array(keccak256(number.to_be_bytes()).0).unwrap();
        Self { key, signer: Signer::from_public_key(&key.public_key(SECP256K1)), nonce: 0 }
    }

    /// So many actors, from number `first` on.
    pub fn many(first: u64, count: usize) -> Vec<Self> {
        (first..first + count as u64).into_par_iter().map(Self::new).collect()
    }

    pub fn address(&self) -> Address {
        self.signer.address
    }

    /// A plain transfer of one wei.
    pub fn pay(&mut self, to: Address) -> Order {
        self.order(Act::Evm { to: TxKind::Call(to), value: U256::ONE, input: Bytes::new(), gas: 21_000 })
    }

    /// A contract's call.
    pub fn call(&mut self, to: Address, input: Vec<u8>, gas: u64) -> Order {
        self.order(Act::Evm { to: TxKind::Call(to), value: U256::ZERO, input: input.into(), gas })
    }

    /// A contract's creation, and where it will stand.
    pub fn create(&mut self, code: Vec<u8>, gas: u64) -> (Order, Address) {
        let place = self.address().create(self.nonce);
        (self.order(Act::Evm { to: TxKind::Create, value: U256::ZERO, input: code.into(), gas }), place)
    }

    /// A Cosmos `MsgSend` of one usei.
    pub fn send(&mut self, to: SeiAddress) -> Order {
        self.order(Act::Send { to, usei: 1 })
    }

    fn order(&mut self, act: Act) -> Order {
        self.nonce += 1;
        Order { key: self.key, signer: self.signer, nonce: self.nonce - 1, act }
    }
}

/// Signs, encodes, decodes and verifies all of them, as a wallet and a node do.
pub fn sign(orders: &[Order]) -> Vec<VerifiedTx> {
    orders.par_iter().map(Order::sign).collect()
}

impl Order {
    /// Sets another gas limit, where the order has one.
    pub fn limit_gas(&mut self, limit: u64) {
        if let Act::Evm { gas, .. } = &mut self.act {
            *gas = limit;
        }
    }

    fn sign(&self) -> VerifiedTx {
        let raw = match &self.act {
            Act::Evm { to, value, input, gas } => self.ethereum(*to, *value, input.clone(), *gas),
            Act::Send { to, usei } => self.cosmos(to, *usei),
        };
        Tx::decode(&raw).unwrap().verify(&Rules::new(CHAIN_ID, COSMOS_CHAIN_ID)).unwrap()
    }

    fn ethereum(&self, to: TxKind, value: U256, input: Bytes, gas_limit: u64) -> Vec<u8> {
        let tx = TxEip1559 {
            chain_id: CHAIN_ID,
            nonce: self.nonce,
            gas_limit,
            max_fee_per_gas: MAX_FEE,
            max_priority_fee_per_gas: TIP,
            to,
            value,
            access_list: Default::default(),
            input,
        };
        let signature = SECP256K1.sign_ecdsa_recoverable(Message::from_digest(tx.signature_hash().0), &self.key);
        let (id, compact) = signature.serialize_compact();
        let signature = Signature::from_bytes_and_parity(&compact, i32::from(id) == 1);
        alloy_eips::eip2718::Encodable2718::encoded_2718(&EvmTx::from(tx.into_signed(signature)))
    }

    fn cosmos(&self, to: &SeiAddress, usei: u64) -> Vec<u8> {
        let coin = |amount: u64| Coin { denom: "usei".into(), amount: amount.to_string() };
        let (from_address, to_address) = (self.signer.sei.to_string(), to.to_string());
        let message = MsgSend { from_address, to_address, amount: vec![coin(usei)] };
        let message = Any { type_url: "/cosmos.bank.v1beta1.MsgSend".into(), value: message.encode_to_vec() };
        let body = TxBody { messages: vec![message], ..Default::default() }.encode_to_vec();
        let fee = Fee { amount: vec![coin(SEND_FEE_USEI)], gas_limit: SEND_GAS, ..Default::default() };
        let auth = AuthInfo { signer_infos: vec![self.signer_info()], fee: Some(fee), ..Default::default() };
        let auth = auth.encode_to_vec();
        let digest: [u8; 32] = Sha256::digest(sign_bytes(&body, &auth, COSMOS_CHAIN_ID)).into();
        let signature = SECP256K1.sign_ecdsa(Message::from_digest(digest), &self.key).serialize_compact().to_vec();
        TxRaw { body_bytes: body, auth_info_bytes: auth, signatures: vec![signature] }.encode_to_vec()
    }

    fn signer_info(&self) -> SignerInfo {
        let key = PubKey { key: self.signer.public_key.to_vec() }.encode_to_vec();
        SignerInfo {
            public_key: Some(Any { type_url: "/cosmos.crypto.secp256k1.PubKey".into(), value: key }),
            mode_info: Some(ModeInfo { sum: Some(Sum::Single(Single { mode: 1 })) }),
            sequence: self.nonce,
        }
    }
}
