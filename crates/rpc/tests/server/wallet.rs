//! A key that signs Ethereum transactions, as wallets do.

use alloy_consensus::{SignableTransaction, TxEip1559, TxEip2930, TxLegacy};
use alloy_eips::eip2718::Encodable2718 as _;
use alloy_primitives::{Address, Bytes, Signature, TxKind, U256};
use secp256k1::{Message, SECP256K1, SecretKey};
use seiza_types::tx::{EvmTx, Signer};

use crate::world::EVM_CHAIN_ID;

pub(crate) const GWEI: u128 = 1_000_000_000;

/// One secp256k1 key.
#[derive(Clone, Copy)]
pub(crate) struct Wallet(SecretKey);

impl Wallet {
    pub(crate) fn new(seed: u8) -> Self {
        Self(SecretKey::from_byte_array([seed; 32]).unwrap())
    }

    /// One of many keys.
    #[allow(dead_code, reason = "the benchmark's")]
    pub(crate) fn numbered(number: u32) -> Self {
        let mut bytes = [1; 32];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        Self(SecretKey::from_byte_array(bytes).unwrap())
    }

    pub(crate) fn signer(&self) -> Signer {
        Signer::from_public_key(&self.0.public_key(SECP256K1))
    }

    pub(crate) fn address(&self) -> Address {
        self.signer().address
    }

    /// A transaction paying 2 gwei per gas at most, 1 of it as tip.
    pub(crate) fn send(&self, nonce: u64, to: TxKind, value: u64, input: Bytes, gas_limit: u64) -> Bytes {
        self.sign(TxEip1559 { to, value: U256::from(value), input, gas_limit, ..Self::plain(nonce) })
    }

    pub(crate) fn plain(nonce: u64) -> TxEip1559 {
        TxEip1559 {
            chain_id: EVM_CHAIN_ID,
            nonce,
            gas_limit: 21_000,
            max_fee_per_gas: 2 * GWEI,
            max_priority_fee_per_gas: GWEI,
            to: TxKind::Call(Address::repeat_byte(0x99)),
            value: U256::from(1),
            access_list: Default::default(),
            input: Bytes::new(),
        }
    }

    pub(crate) fn transfer(&self, nonce: u64, to: Address, wei: u64) -> Bytes {
        self.send(nonce, TxKind::Call(to), wei, Bytes::new(), 21_000)
    }

    /// An unprotected legacy transaction, as pre-signed deployments are.
    pub(crate) fn unprotected(&self, nonce: u64) -> Bytes {
        let TxEip1559 { gas_limit, to, value, input, .. } = Self::plain(nonce);
        self.sign(TxLegacy { chain_id: None, nonce, gas_price: 2 * GWEI, gas_limit, to, value, input })
    }

    pub(crate) fn with_access_list(&self, nonce: u64) -> Bytes {
        let TxEip1559 { chain_id, gas_limit, to, value, input, access_list, .. } = Self::plain(nonce);
        self.sign(TxEip2930 { chain_id, nonce, gas_price: 2 * GWEI, gas_limit, to, value, input, access_list })
    }

    /// r and s over 32 bytes.
    #[allow(dead_code, reason = "the benchmark signs no Cosmos transactions")]
    pub(crate) fn sign_digest(&self, digest: [u8; 32]) -> [u8; 64] {
        SECP256K1.sign_ecdsa(Message::from_digest(digest), &self.0).serialize_compact()
    }

    pub(crate) fn sign<T: SignableTransaction<Signature>>(&self, tx: T) -> Bytes
    where
        EvmTx: From<alloy_consensus::Signed<T>>,
    {
        let signature = SECP256K1.sign_ecdsa_recoverable(Message::from_digest(tx.signature_hash().0), &self.0);
        let (id, compact) = signature.serialize_compact();
        let signature = Signature::from_bytes_and_parity(&compact, i32::from(id) == 1);
        EvmTx::from(tx.into_signed(signature)).encoded_2718().into()
    }
}
