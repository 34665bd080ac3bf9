//! Ten thousand plain transfers in four shapes: who pays whom decides what conflicts.

use std::sync::Arc;

use alloy_consensus::{SignableTransaction as _, TxLegacy};
use alloy_primitives::{Address, Signature, TxKind, U256};
use rayon::prelude::*;
use secp256k1::{Message, SECP256K1, SecretKey};
use seiza_chain::evm::BlockContext;
use seiza_chain::modules::{auth, bank};
use seiza_chain::state::{Access, Changeset, Empty, Overlay};
use seiza_types::tx::Signer;
use seiza_types::{Denom, Fork, Rules, Tx, VerifiedTx};

use crate::workload::Workload;

const TXS: usize = 10_000;

/// All shapes.
pub fn all() -> Vec<Workload> {
    let wallets: Vec<(SecretKey, Signer)> = (0..=TXS).into_par_iter().map(wallet).collect();
    let own = |index: usize| (index, 0u64);
    vec![
        shape("independent", &wallets, |i| (own(i), Address::with_last_byte(1).create(i as u64))),
        shape("chain, i to i+1", &wallets, |i| (own(i), wallets[i + 1].1.address)),
        shape("all to one", &wallets, |i| (own(i), wallets[TXS].1.address)),
        shape("one to all", &wallets, |i| ((TXS, i as u64), wallets[i].1.address)),
    ]
}

fn wallet(index: usize) -> (SecretKey, Signer) {
    let seed = alloy_primitives::keccak256(index.to_be_bytes());
    let key = SecretKey::from_byte_array(seed.0).unwrap();
    (key, Signer::from_public_key(&key.public_key(SECP256K1)))
}

/// A shape: for each transaction its sender, the sender's nonce, and its recipient.
fn shape(
    name: &str,
    wallets: &[(SecretKey, Signer)],
    pay: impl Fn(usize) -> ((usize, u64), Address) + Sync,
) -> Workload {
    let tx = |index| {
        let ((sender, nonce), to) = pay(index);
        transfer(&wallets[sender].0, nonce, to)
    };
    let txs: Vec<VerifiedTx> = (0..TXS).into_par_iter().map(tx).collect();
    let context = BlockContext { gas_limit: 21_000 * TXS as u64, ..BlockContext::new(1, Fork::Prague, 1, 1) };
    Workload::new(name, txs, context, &funded(wallets))
}

fn transfer(key: &SecretKey, nonce: u64, to: Address) -> VerifiedTx {
    let tx = TxLegacy {
        chain_id: Some(1),
        nonce,
        gas_price: 1,
        gas_limit: 21_000,
        to: TxKind::Call(to),
        value: U256::ONE,
        ..TxLegacy::default()
    };
    let message = Message::from_digest(tx.signature_hash().0);
    let (recovery, bytes) = SECP256K1.sign_ecdsa_recoverable(message, key).serialize_compact();
    let signed = tx.into_signed(Signature::from_bytes_and_parity(&bytes, i32::from(recovery) == 1));
    let mut raw = Vec::new();
    signed.rlp_encode(&mut raw);
    Tx::decode(&raw).unwrap().verify(&Rules::new(1, "bench-1")).unwrap()
}

/// Everybody has funds and is linked already.
fn funded(wallets: &[(SecretKey, Signer)]) -> Changeset {
    let nothing = Overlay::new(Arc::new(Empty));
    let mut access = Access::unrecorded(&nothing);
    for (_, signer) in wallets {
        bank::mint(&mut access, &signer.address, &Denom::native(), U256::from(10).pow(U256::from(24))).unwrap();
        let account = auth::Account { nonce: 0, public_key: Some(signer.public_key) };
        auth::set_account(&mut access, &signer.address, &account);
    }
    let mut changes = Changeset::default();
    changes.absorb(access.finish().1, &nothing).unwrap();
    changes
}
