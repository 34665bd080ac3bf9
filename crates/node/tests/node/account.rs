//! Signed transactions of the devnet's first account.

use alloy_consensus::{SignableTransaction as _, TxLegacy};
use alloy_primitives::{Address, Signature, TxKind, U256, hex};
use secp256k1::{Message, SECP256K1, SecretKey};

/// The devnet's chain id.
pub const CHAIN_ID: u64 = 713_714;
/// The devnet's first account.
pub const FIRST: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const KEY: [u8; 32] = hex!("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");

/// A transfer of one wei, encoded as `eth_sendRawTransaction` takes it.
pub fn transfer(nonce: u64, to: Address) -> String {
    let tx = TxLegacy {
        chain_id: Some(CHAIN_ID),
        nonce,
        gas_price: 10_000_000_000,
        gas_limit: 21_000,
        to: TxKind::Call(to),
        value: U256::from(1),
        ..TxLegacy::default()
    };
    let key = SecretKey::from_byte_array(KEY).unwrap();
    let message = Message::from_digest(tx.signature_hash().0);
    let (recovery, bytes) = SECP256K1.sign_ecdsa_recoverable(message, &key).serialize_compact();
    let mut raw = Vec::new();
    tx.into_signed(Signature::from_bytes_and_parity(&bytes, i32::from(recovery) == 1)).rlp_encode(&mut raw);
    hex::encode_prefixed(raw)
}
