//! Makes signed transactions: a verified one can't be had otherwise.

use alloy_consensus::{SignableTransaction, TxEip1559};
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{Bytes, Signature, TxKind};
use secp256k1::{Message, PublicKey, SECP256K1, SecretKey};
use seiza_types::tx::Signer;
use seiza_types::{Address, Rules, Tx, U256, VerifiedTx};

/// Gas limit of a forged transaction unless it says otherwise.
pub const GAS: u64 = 21_000;

/// A transaction in the making: a transfer of nothing with a price of 100 wei per gas.
#[derive(Debug, Clone)]
pub struct Forge {
    sender: u16,
    tx: TxEip1559,
}

/// The address of a sender.
pub fn account(sender: u16) -> Address {
    Signer::from_public_key(&PublicKey::from_secret_key(SECP256K1, &key(sender))).address
}

fn key(sender: u16) -> SecretKey {
    let mut seed = [7; 32];
    seed[30..].copy_from_slice(&sender.to_be_bytes());
    SecretKey::from_byte_array(seed).expect("a small number is a secret key")
}

impl Forge {
    /// The sender's transaction with that nonce.
    pub fn of(sender: u16, nonce: u64) -> Self {
        let tx = TxEip1559 {
            chain_id: 1,
            nonce,
            gas_limit: GAS,
            max_fee_per_gas: 100,
            max_priority_fee_per_gas: 100,
            to: TxKind::Call(Address::ZERO),
            ..TxEip1559::default()
        };
        Self { sender, tx }
    }

    /// Both caps at `wei` per gas.
    pub fn price(self, wei: u128) -> Self {
        self.caps(wei, wei)
    }

    /// The fee cap and the tip cap, in wei per gas.
    pub fn caps(mut self, fee: u128, tip: u128) -> Self {
        (self.tx.max_fee_per_gas, self.tx.max_priority_fee_per_gas) = (fee, tip);
        self
    }

    /// The gas limit.
    pub fn gas(mut self, gas: u64) -> Self {
        self.tx.gas_limit = gas;
        self
    }

    /// Wei sent.
    pub fn value(mut self, wei: u64) -> Self {
        self.tx.value = U256::from(wei);
        self
    }

    /// Zero bytes of input, with the gas that they need.
    pub fn input(mut self, len: usize) -> Self {
        self.tx.input = Bytes::from(vec![0; len]);
        self.tx.gas_limit = GAS + 10 * len as u64;
        self
    }

    /// Signs and verifies.
    pub fn sign(self) -> VerifiedTx {
        let hash = self.tx.signature_hash();
        let signature = SECP256K1.sign_ecdsa_recoverable(Message::from_digest(hash.0), &key(self.sender));
        let (id, bytes) = signature.serialize_compact();
        let signature = Signature::from_bytes_and_parity(&bytes, i32::from(id) == 1);
        let raw = self.tx.into_signed(signature).encoded_2718();
        let tx = Tx::decode(&raw).expect("what was encoded decodes");
        tx.verify(&Rules::new(1, "seiza-test")).expect("a forged transaction keeps the rules")
    }
}
