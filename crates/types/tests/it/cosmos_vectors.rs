//! Cosmos transactions: one made by cosmjs 0.32, and what is read out of them.

use alloy_primitives::{B256, U256, b256, hex};
use seiza_types::tx::{Body, CosmosTx, Message, sign_bytes};
use seiza_types::{Rules, SeiAddress, Tx, VerifiedTx, WEI_PER_USEI};
use sha2::{Digest, Sha256};

use super::cosmos_forge::{CosmosForge, MSG_SEND, any, coin, send, signer};
use super::evm_forge::{rules, verify};

const COSMJS: [u8; 323] = hex!(
    "0a95010a89010a1c2f636f736d6f732e62616e6b2e763162657461312e4d736753656e6412690a2a7365693135343238767132757a77686d3374616579397372397835766d36746b37386577356379666763122a736569317a7967337a7967337a7967337a7967337a7967337a7967337a7967337a7967337633783535771a0f0a0475736569120731323334353637120568656c6c6f186312670a500a460a1f2f636f736d6f732e63727970746f2e736563703235366b312e5075624b657912230a21038318535b54105d4a7aae60c08fc45f9687181b4fdfc625bd1a753fa7397fed7512040a020801180512130a0d0a04757365691205323030303010c09a0c1a4016adc5c435caa25269f91847fd99312310adec38edf46a6e902cf13ec7a92b7720b0e6cb76f4e3c58e7f96828ee84982f9b85745e0a4645c5c7de74c625c2476"
);

fn cosmos(tx: &VerifiedTx) -> &CosmosTx {
    let Body::Cosmos(tx) = &tx.body else { panic!("a Cosmos transaction") };
    tx
}

#[test]
fn a_transaction_made_by_cosmjs_is_understood() {
    let tx = Tx::decode(&COSMJS).unwrap().verify(&Rules::new(713_714, "seiza-1")).unwrap();
    let hash: B256 = b256!("7d5d1cd41e8c7b927d386632774cde63db1793ea48af94b67b3d84d049368b70");
    assert_eq!((tx.hash, tx.hash), (hash, B256::new(Sha256::digest(COSMJS).into())));
    assert_eq!(tx.signer.sei.to_string(), "sei15428vq2uzwhm3taey9sr9x5vm6tk78ew5cyfgc");
    assert_eq!((tx.nonce, tx.gas_limit), (5, 200_000));
    let fee = 20_000 * u128::from(WEI_PER_USEI);
    assert_eq!(tx.fee.max_fee_per_gas, fee / 200_000);
    assert_eq!(tx.fee.max_priority_fee_per_gas, tx.fee.max_fee_per_gas);
    assert_eq!(tx.cost_max, U256::from(fee) + U256::from(1_234_567) * U256::from(WEI_PER_USEI));
    let body = cosmos(&tx);
    assert_eq!((body.memo.as_str(), body.timeout_height, body.fee_usei), ("hello", 99, U256::from(20_000)));
    let [Message::Send { from, to, amount }] = body.messages.as_slice() else { panic!("one send") };
    assert_eq!((*from, *to), (tx.signer.sei, SeiAddress([0x11; 20])));
    assert_eq!(amount[0].to_string(), "1234567usei");
    assert_eq!(body.messages[0].type_url(), MSG_SEND);
    assert_eq!(body.messages[0].signer(), tx.signer.sei);
}

#[test]
fn our_own_forge_agrees_with_the_chain() {
    let tx = verify(&CosmosForge::new().bytes(), &rules()).unwrap();
    assert_eq!(tx.signer, signer());
    assert_eq!((&tx.raw[..], tx.hash), (&CosmosForge::new().bytes()[..], B256::new(Sha256::digest(&tx.raw).into())));
}

#[test]
fn what_is_signed_is_the_sign_doc_with_account_number_zero() {
    let raw = CosmosForge::new().raw();
    let document = sign_bytes(&raw.body_bytes, &raw.auth_info_bytes, "seiza-1");
    assert!(document.ends_with(b"\x1a\x07seiza-1"), "the account number's default is not written");
}

#[test]
fn only_native_coins_count_as_cost() {
    let messages = vec![
        any(MSG_SEND, &send(vec![coin("uatom", "1000"), coin("usei", "7")])),
        any(MSG_SEND, &send(vec![coin("usei", "3")])),
        any(MSG_SEND, &send(vec![])),
    ];
    let tx = verify(&CosmosForge::new().bend(|tx| tx.body.messages = messages).bytes(), &rules()).unwrap();
    assert_eq!(tx.cost_max, U256::from(20_010) * U256::from(WEI_PER_USEI));
    assert_eq!(cosmos(&tx).messages.len(), 3);
}

#[test]
fn a_transaction_may_offer_no_fee() {
    // Whether that suffices is asked at the base fee, not here.
    let tx = verify(&CosmosForge::new().bend(|tx| tx.fee().amount.clear()).bytes(), &rules()).unwrap();
    assert_eq!((tx.fee.max_fee_per_gas, tx.cost_max), (0, U256::from(WEI_PER_USEI)));
}

#[test]
fn options_marked_as_not_critical_pass() {
    let option = any("/some.Extension", &send(vec![]));
    let forge = CosmosForge::new().bend(|tx| tx.body.non_critical_extension_options = vec![option]);
    assert!(verify(&forge.bytes(), &rules()).is_ok());
}
