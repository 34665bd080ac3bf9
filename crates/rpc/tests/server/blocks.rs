//! Blocks, transactions and receipts: one numbering, and the shapes that clients parse.

use alloy_primitives::{Bytes, TxKind};
use seiza_types::{Rules, Tx};
use serde_json::{Value, json};

use crate::wallet::Wallet;
use crate::world::{EVM_CHAIN_ID, World};

/// Logs one topic: the first word of the call's data.
pub(crate) const LOGGER: [u8; 7] = [0x5f, 0x35, 0x5f, 0x5f, 0xa1, 0x00, 0x00];

pub(crate) fn word(number: u8) -> Bytes {
    let mut word = vec![0; 32];
    word[31] = number;
    word.into()
}

#[test]
fn the_founding_state_is_block_zero() {
    let world = World::new();
    let block = world.call("eth_getBlockByNumber", json!(["latest", false]));
    assert_eq!(
        (&block["number"], &block["timestamp"], &block["transactions"]),
        (&json!("0x0"), &json!("0x6553f100"), &json!([]))
    );
    assert_eq!(world.call("eth_getBlockByHash", json!([block["hash"], true])), block);
    world.mine();
    let first = world.call("eth_getBlockByNumber", json!(["0x1", false]));
    assert_eq!(first["parentHash"], block["hash"]);
}

#[test]
fn a_block_has_every_field_that_clients_read() {
    let world = World::new();
    world.include(&[Wallet::new(1).transfer(0, Wallet::new(2).address(), 5)]);
    world.mine();
    let block = world.call("eth_getBlockByNumber", json!(["0x1", false]));
    let next = world.call("eth_getBlockByNumber", json!(["0x2", false]));
    assert_eq!(next["parentHash"], block["hash"]);
    let fixed = json!({
        "sha3Uncles": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
        "withdrawalsRoot": "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
        "requestsHash": "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "parentBeaconBlockRoot": format!("0x{:064x}", 0),
        "difficulty": "0x0", "totalDifficulty": "0x0", "nonce": "0x0000000000000000", "extraData": "0x",
        "blobGasUsed": "0x0", "excessBlobGas": "0x0", "uncles": [], "withdrawals": [],
        "number": "0x1", "timestamp": "0x6553f101", "gasLimit": "0x1c9c380", "gasUsed": "0x5208",
        "baseFeePerGas": "0x3b9aca00", "logsBloom": format!("0x{}", "0".repeat(512)),
    });
    for (field, expected) in fixed.as_object().unwrap() {
        assert_eq!(&block[field], expected, "{field}");
    }
    for field in ["hash", "stateRoot", "transactionsRoot", "receiptsRoot", "mixHash", "miner", "size"] {
        assert!(block[field].as_str().unwrap().len() > 2, "{field}");
    }
    assert_eq!(
        block.as_object().unwrap().len(),
        fixed.as_object().unwrap().len() + 9,
        "hash to size, parent, transactions"
    );
}

#[test]
fn transactions_are_shown_in_the_same_way_everywhere() {
    let world = World::new();
    let alice = Wallet::new(1);
    let raws = [alice.transfer(0, Wallet::new(2).address(), 5), alice.unprotected(1), alice.with_access_list(2)];
    let hashes = world.include(&raws);
    let block = world.call("eth_getBlockByNumber", json!(["0x1", true]));
    assert_eq!(world.call("eth_getBlockByHash", json!([block["hash"], false]))["transactions"], json!(hashes));
    assert_eq!(world.call("eth_getBlockTransactionCountByNumber", json!(["0x1"])), "0x3");
    assert_eq!(world.call("eth_getBlockTransactionCountByHash", json!([block["hash"]])), "0x3");
    for (index, (hash, raw)) in hashes.iter().zip(&raws).enumerate() {
        let tx = world.call("eth_getTransactionByHash", json!([hash]));
        let quantity = format!("{index:#x}");
        assert_eq!(tx, block["transactions"][index]);
        assert_eq!(tx, world.call("eth_getTransactionByBlockNumberAndIndex", json!(["latest", quantity])));
        assert_eq!(tx, world.call("eth_getTransactionByBlockHashAndIndex", json!([block["hash"], quantity])));
        assert_eq!(world.call("eth_getRawTransactionByHash", json!([hash])), json!(raw));
        let expected = json!([hash, block["hash"], "0x1", quantity, alice.address().to_string().to_lowercase()]);
        assert_eq!(
            json!([tx["hash"], tx["blockHash"], tx["blockNumber"], tx["transactionIndex"], tx["from"]]),
            expected
        );
    }
    let types: Vec<&Value> = block["transactions"].as_array().unwrap().iter().map(|tx| &tx["type"]).collect();
    assert_eq!(types, ["0x2", "0x0", "0x1"]);
    assert_eq!(block["transactions"][0]["gasPrice"], "0x77359400", "base fee and tip");
    assert_eq!(world.call("eth_getTransactionByBlockNumberAndIndex", json!(["latest", "0x3"])), json!(null));
}

#[test]
fn what_had_no_effect_is_not_shown_and_indices_stay_dense() {
    let world = World::new();
    let (alice, bob) = (Wallet::new(1), Wallet::new(2));
    let logger = world.deploy(&alice, 0, &LOGGER);
    let verified = |raw: Bytes| Tx::decode(&raw).unwrap().verify(&Rules::new(EVM_CHAIN_ID, "seiza-test-1")).unwrap();
    let log =
        |wallet: &Wallet, nonce, topic| verified(wallet.send(nonce, TxKind::Call(logger), 0, word(topic), 100_000));
    let skipped = verified(bob.transfer(5, alice.address(), 1));
    let hidden = skipped.hash;
    world.mine_exactly(vec![log(&alice, 1, 1), skipped, log(&alice, 2, 2), log(&bob, 0, 3)]);
    assert_eq!(world.call("eth_getTransactionByHash", json!([hidden])), json!(null));
    assert_eq!(world.call("eth_getTransactionReceipt", json!([hidden])), json!(null));
    let block = world.call("eth_getBlockByNumber", json!(["latest", false]));
    let receipts = world.call("eth_getBlockReceipts", json!(["latest"]));
    let logs = world.call("eth_getLogs", json!([{ "fromBlock": "latest" }]));
    assert_eq!(block["transactions"].as_array().unwrap().len(), 3);
    let mut gas = 0;
    for index in 0..3 {
        let (receipt, quantity) = (&receipts[index], json!(format!("{index:#x}")));
        assert_eq!(receipt["transactionHash"], block["transactions"][index]);
        assert_eq!((&receipt["transactionIndex"], &receipt["logs"][0]["logIndex"]), (&quantity, &quantity));
        assert_eq!(receipt["logs"][0], logs[index]);
        assert_eq!(*receipt, world.call("eth_getTransactionReceipt", json!([receipt["transactionHash"]])));
        gas += u64::from_str_radix(&receipt["gasUsed"].as_str().unwrap()[2..], 16).unwrap();
        assert_eq!(receipt["cumulativeGasUsed"], format!("{gas:#x}"));
    }
    assert_eq!(block["gasUsed"], format!("{gas:#x}"));
    assert_ne!(block["logsBloom"], format!("0x{}", "0".repeat(512)));
}

#[test]
fn a_receipt_has_every_field_that_clients_read() {
    let world = World::new();
    let (alice, bob) = (Wallet::new(1), Wallet::new(2));
    let hash = world.include(&[alice.transfer(0, bob.address(), 5)])[0];
    let block = world.call("eth_getBlockByNumber", json!(["latest", false]));
    let lower = |wallet: Wallet| wallet.address().to_string().to_lowercase();
    assert_eq!(
        world.call("eth_getTransactionReceipt", json!([hash])),
        json!({
            "transactionHash": hash, "transactionIndex": "0x0", "blockHash": block["hash"], "blockNumber": "0x1",
            "from": lower(alice), "to": lower(bob), "contractAddress": null, "type": "0x2", "status": "0x1",
            "gasUsed": "0x5208", "cumulativeGasUsed": "0x5208", "effectiveGasPrice": "0x77359400",
            "logs": [], "logsBloom": format!("0x{}", "0".repeat(512)),
        })
    );
}

#[test]
fn past_states_answer_by_number_and_by_hash() {
    let world = World::new();
    let (alice, bob) = (Wallet::new(1), Wallet::new(2).address());
    for nonce in 0..3 {
        world.include(&[alice.transfer(nonce, bob, 1)]);
    }
    for height in 0..=3_u64 {
        let number = format!("{height:#x}");
        let hash = world.call("eth_getBlockByNumber", json!([number, false]))["hash"].take();
        for id in [json!(number), json!({ "blockNumber": number }), json!({ "blockHash": hash }), hash.clone()] {
            let nonce = world.call("eth_getTransactionCount", json!([alice.address(), id]));
            assert_eq!(nonce, format!("{height:#x}"), "{id}");
            let balance = world.call("eth_getBalance", json!([bob, id]));
            assert_eq!(balance, format!("{:#x}", 1_000 * 10_u128.pow(18) + u128::from(height)), "{id}");
        }
    }
    for tag in ["latest", "safe", "finalized"] {
        assert_eq!(world.call("eth_getBlockByNumber", json!([tag, false]))["number"], "0x3");
    }
    assert_eq!(world.call("eth_getBlockByNumber", json!(["earliest", false]))["number"], "0x0");
}
