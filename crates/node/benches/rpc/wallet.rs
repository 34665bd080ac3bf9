//! Keys and signed transactions, made before anything is measured.

use alloy_consensus::{SignableTransaction as _, TxLegacy};
use alloy_primitives::{Address, B256, Bytes, Signature, TxKind, U256, keccak256};
use secp256k1::{Message, PublicKey, SECP256K1, SecretKey};

/// Both chains run under this id, so that one signature serves both.
pub const CHAIN_ID: u64 = 713_714;
const GAS_PRICE: u128 = 20_000_000_000;

/// One account of the load.
#[derive(Clone)]
pub struct Wallet {
    key: SecretKey,
    /// Its address.
    pub address: Address,
}

/// A signed transaction as it goes over the wire.
#[derive(Clone)]
pub struct Signed {
    /// Its hash.
    pub hash: B256,
    /// Its encoding.
    pub raw: Bytes,
}

/// What a transaction does.
#[derive(Clone)]
pub struct Act {
    /// To whom; `None` creates.
    pub to: Option<Address>,
    /// Wei.
    pub value: U256,
    /// Call data.
    pub input: Bytes,
    /// Gas limit.
    pub gas: u64,
}

impl Wallet {
    /// The wallet with that number; numbers below 10 are not the devnet's accounts.
    pub fn numbered(number: u32) -> Self {
        Self::of(keccak256(format!("seiza bench {number}")).0)
    }

    /// The devnet account 0, by its well-known key.
    pub fn rich() -> Self {
        let key = alloy_primitives::hex!("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
        Self::of(key)
    }

    fn of(bytes: [u8; 32]) -> Self {
        let key = SecretKey::from_byte_array(bytes).expect("a hash is a key but for one in 2^128");
        let public = PublicKey::from_secret_key_global(&key).serialize_uncompressed();
        Self { key, address: Address::from_slice(&keccak256(&public[1..])[12..]) }
    }

    /// Signs a legacy transaction (EIP-155).
    pub fn sign(&self, nonce: u64, act: Act) -> Signed {
        let Act { to, value, input, gas } = act;
        let to = to.map_or(TxKind::Create, TxKind::Call);
        let tx = TxLegacy { chain_id: Some(CHAIN_ID), nonce, gas_price: GAS_PRICE, gas_limit: gas, to, value, input };
        let message = Message::from_digest(tx.signature_hash().0);
        let (recovery, bytes) = SECP256K1.sign_ecdsa_recoverable(message, &self.key).serialize_compact();
        let signature = Signature::from_bytes_and_parity(&bytes, i32::from(recovery) == 1);
        let signed = tx.into_signed(signature);
        let mut raw = Vec::with_capacity(200);
        signed.rlp_encode(&mut raw);
        Signed { hash: *signed.hash(), raw: raw.into() }
    }
}
