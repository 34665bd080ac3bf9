//! Searching logs by range, block, address and topic.

use alloy_primitives::{Address, TxKind};
use serde_json::{Value, json};

use crate::blocks::{LOGGER, word};
use crate::wallet::Wallet;
use crate::world::World;

/// Two contracts; in each of three blocks after them, each logs the block's number from 3 as its topic.
fn story() -> (World, Address, Address) {
    let world = World::new();
    let alice = Wallet::new(1);
    let (one, two) = (world.deploy(&alice, 0, &LOGGER), world.deploy(&alice, 1, &LOGGER));
    for block in 3..6_u8 {
        let nonce = u64::from(block) * 2 - 4;
        let log = |nonce, contract| alice.send(nonce, TxKind::Call(contract), 0, word(block), 100_000);
        world.include(&[log(nonce, one), log(nonce + 1, two)]);
    }
    (world, one, two)
}

fn places(logs: &Value) -> Vec<(u64, u64)> {
    let number = |log: &Value, field: &str| u64::from_str_radix(&log[field].as_str().unwrap()[2..], 16).unwrap();
    logs.as_array().unwrap().iter().map(|log| (number(log, "blockNumber"), number(log, "logIndex"))).collect()
}

#[test]
fn filters_choose_by_range_address_and_topic() {
    let (world, one, two) = story();
    let hash = world.call("eth_getBlockByNumber", json!(["0x4", false]))["hash"].take();
    let topic = |number: u8| json!(word(number));
    let all = vec![(3, 0), (3, 1), (4, 0), (4, 1), (5, 0), (5, 1)];
    let table = [
        (json!({ "fromBlock": "earliest" }), all.clone()),
        (json!({ "fromBlock": "0x0", "toBlock": "0xffff" }), all.clone()),
        (json!({}), vec![(5, 0), (5, 1)]),
        (json!({ "fromBlock": "0x4", "toBlock": "0x4" }), vec![(4, 0), (4, 1)]),
        (json!({ "blockHash": hash }), vec![(4, 0), (4, 1)]),
        (json!({ "fromBlock": "0x0", "address": one }), vec![(3, 0), (4, 0), (5, 0)]),
        (json!({ "fromBlock": "0x0", "address": [one, two] }), all.clone()),
        (json!({ "fromBlock": "0x0", "address": [] }), all.clone()),
        (json!({ "fromBlock": "0x0", "topics": [topic(4)] }), vec![(4, 0), (4, 1)]),
        (json!({ "fromBlock": "0x0", "topics": [[topic(3), topic(5)]], "address": two }), vec![(3, 1), (5, 1)]),
        (json!({ "fromBlock": "0x0", "topics": [null] }), all.clone()),
        (json!({ "fromBlock": "0x0", "topics": [null, topic(4)] }), vec![]),
        (json!({ "fromBlock": "0x0", "topics": [topic(9)] }), vec![]),
        (json!({ "fromBlock": "0x0", "address": Address::ZERO }), vec![]),
    ];
    for (filter, expected) in table {
        assert_eq!(places(&world.call("eth_getLogs", json!([filter]))), expected, "{filter}");
    }
}

#[test]
fn a_log_has_every_field() {
    let (world, one, _) = story();
    let block = world.call("eth_getBlockByNumber", json!(["0x5", false]));
    let logs = world.call("eth_getLogs", json!([{ "address": one }]));
    assert_eq!(
        logs,
        json!([{
            "address": one.to_string().to_lowercase(), "topics": [word(5)], "data": "0x", "blockNumber": "0x5",
            "blockHash": block["hash"], "blockTimestamp": block["timestamp"], "transactionHash": block["transactions"][0],
            "transactionIndex": "0x0", "logIndex": "0x0", "removed": false,
        }])
    );
}

#[test]
fn wrong_filters_are_refused() {
    let world = World::new();
    let table = [
        json!([{ "blockHash": word(1), "fromBlock": "0x1" }]),
        json!([{ "topics": [1] }]),
        json!([{ "topics": [null, null, null, null, null] }]),
        json!([{ "address": "0x12" }]),
        json!([{ "fromBlock": "soon" }]),
        json!([]),
    ];
    for params in table {
        assert_eq!(world.fails("eth_getLogs", params.clone()).0, -32602, "{params}");
    }
}
