//! Both kinds of transactions from the client's bytes to every place where they are found again.

use alloy_primitives::{Address, keccak256};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::cosmos;
use crate::wallet::Wallet;
use crate::world::{World, base64};

#[test]
fn an_ethereum_transaction_has_two_names() {
    let world = World::new();
    let raw = Wallet::new(1).transfer(0, Address::repeat_byte(0x99), 5);
    let hash = world.broadcast(&raw);
    assert_eq!(hash, alloy_primitives::hex::encode_upper(Sha256::digest(&raw)));
    world.mine();
    let keccak = alloy_primitives::hex::encode_upper(keccak256(&raw));
    for name in [&hash, &keccak] {
        let tx = world.call("tx", json!({ "hash": name }));
        assert_eq!(
            (&tx["hash"], &tx["tx"], &tx["height"]),
            (&json!(hash), &json!(base64(&raw)), &json!("1")),
            "{name}"
        );
        let found = world.call("tx_search", json!({ "query": format!("tx.hash='{name}'") }));
        assert_eq!(found["txs"][0]["hash"], hash.as_str());
    }
    let block = world.call("block", json!({ "height": "1" }));
    assert_eq!(block["block"]["data"]["txs"][0], base64(&raw));
    let tags = [
        format!("ethereum_tx.ethereumTxHash='{:#x}'", keccak256(&raw)),
        format!("ethereum_tx.recipient='{}'", Address::repeat_byte(0x99)),
        "message.action='/seiprotocol.seichain.evm.MsgEVMTransaction'".to_owned(),
    ];
    for query in tags {
        assert_eq!(world.call("tx_search", json!({ "query": query }))["total_count"], "1", "{query}");
    }
}

#[test]
fn a_cosmos_transaction_is_found_by_its_events() {
    let world = World::lived();
    let sender = cosmos::signer(2).sei;
    let queries = [
        format!("message.sender='{sender}'"),
        format!("transfer.sender='{sender}' AND transfer.amount CONTAINS 'usei'"),
        "message.action='/cosmos.bank.v1beta1.MsgSend' AND tx.height > 1".to_owned(),
        format!("tx.acc_seq='{sender}/0'"),
        "transfer.amount > 2 AND tx.height <= 2".to_owned(),
    ];
    for query in queries {
        assert_eq!(world.call("tx_search", json!({ "query": query }))["total_count"], "1", "{query}");
    }
    for query in ["transfer.amount > 3", "message.sender='sei1nobody'", "tx.height > 2"] {
        let found = world.call("tx_search", json!({ "query": query }));
        assert_eq!((&found["total_count"], &found["txs"]), (&json!("0"), &json!([])), "{query}");
    }
}

#[test]
fn refusals_carry_the_sdks_codes() {
    let world = World::lived();
    let cases = [
        ("sequence", cosmos::send(2, 0, [7; 20], 1), 32),
        ("funds", cosmos::send(2, 1, [7; 20], 9_999_999_999), 5),
        ("a stranger", cosmos::send(77, 0, [7; 20], 1), 5),
    ];
    for (name, raw, code) in cases {
        for method in ["broadcast_tx_sync", "check_tx"] {
            let answer = world.call(method, json!({ "tx": base64(&raw) }));
            assert_eq!((&answer["code"], &answer["codespace"]), (&json!(code), &json!("sdk")), "{name}: {answer}");
        }
    }
    let mut forged = cosmos::send(2, 1, [7; 20], 1).to_vec();
    let last = forged.len() - 1;
    forged[last] ^= 1;
    assert_eq!(world.call("check_tx", json!({ "tx": base64(forged) }))["code"], 4);
    let fits = world.call("check_tx", json!({ "tx": base64(cosmos::send(2, 1, [7; 20], 1)) }));
    assert_eq!((&fits["code"], &fits["gas_wanted"]), (&json!(0), &json!("100000")));
    assert_eq!(world.call("num_unconfirmed_txs", json!({}))["n_txs"], "0", "a check keeps nothing");
}

#[test]
fn a_failed_message_is_told_with_its_code() {
    let world = World::lived();
    let hash = world.broadcast(&cosmos::send_coin(4, 0, [7; 20], (1, "uatom")));
    world.mine();
    let result = world.call("tx", json!({ "hash": hash }))["tx_result"].take();
    assert_eq!((&result["code"], &result["codespace"]), (&json!(4), &json!("seiza")));
    assert_eq!(result["log"], "insufficient funds");
    assert!(result["events"].as_array().unwrap().iter().all(|event| event["type"] == "tx"), "{result}");
}

#[test]
fn searches_are_bounded() {
    let world = World::lived();
    let (code, text) = world.fails("tx_search", json!({ "query": "a".repeat(600) }));
    assert_eq!(code, -32_603);
    assert!(text.contains("at most 512 fit"), "{text}");
}
