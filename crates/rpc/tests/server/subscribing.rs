//! Subscriptions over a WebSocket.

use alloy_primitives::TxKind;
use serde_json::json;

use crate::blocks::{LOGGER, word};
use crate::client::Socket;
use crate::wallet::Wallet;
use crate::world::World;

#[test]
fn heads_logs_and_transactions_are_pushed() {
    let world = World::new();
    let alice = Wallet::new(1);
    let logger = world.deploy(&alice, 0, &LOGGER);
    let subscribe = |params| {
        let mut socket = Socket::open(world.ws());
        let id = socket.call("eth_subscribe", params)["result"].take();
        assert_eq!(id.as_str().unwrap().len(), 34, "{id}");
        (socket, id)
    };
    let (mut heads, heads_id) = subscribe(json!(["newHeads"]));
    let (mut logs, logs_id) = subscribe(json!(["logs", { "address": logger, "topics": [word(2)] }]));
    let (mut pending, pending_id) = subscribe(json!(["newPendingTransactions"]));
    let (mut full, full_id) = subscribe(json!(["newPendingTransactions", true]));
    let (mut syncing, syncing_id) = subscribe(json!(["syncing"]));
    assert_eq!(syncing.news(&syncing_id), false);
    let mut hashes = Vec::new();
    for topic in 1..4_u8 {
        hashes.extend(world.include(&[alice.send(u64::from(topic), TxKind::Call(logger), 0, word(topic), 100_000)]));
    }
    for height in 2..5 {
        let head = heads.news(&heads_id);
        let block = world.call("eth_getBlockByNumber", json!([format!("{height:#x}"), false]));
        assert_eq!(
            json!([head["number"], head["hash"], head["logsBloom"]]),
            json!([block["number"], block["hash"], block["logsBloom"]])
        );
        assert!(head.get("transactions").is_none());
    }
    assert_eq!(logs.news(&logs_id), world.call("eth_getLogs", json!([{ "fromBlock": "0x3", "toBlock": "0x3" }]))[0]);
    for hash in hashes {
        assert_eq!(pending.news(&pending_id), json!(hash));
        assert_eq!(full.news(&full_id)["hash"], json!(hash));
    }
}

#[test]
fn unsubscribing_ends_the_news() {
    let world = World::new();
    let mut socket = Socket::open(world.ws());
    let id = socket.call("eth_subscribe", json!(["newHeads"]))["result"].take();
    world.mine();
    socket.news(&id);
    assert_eq!(socket.call("eth_unsubscribe", json!([id]))["result"], true);
    assert_eq!(socket.call("eth_unsubscribe", json!([id]))["result"], false);
    world.mine();
    socket.send(r#"{"jsonrpc":"2.0","id":8,"method":"eth_blockNumber"}"#);
    assert_eq!(socket.next()["result"], "0x2", "the answer comes, and no news before it");
}

#[test]
fn wrong_subscriptions_are_refused() {
    let world = World::new();
    let mut socket = Socket::open(world.ws());
    for (params, code) in
        [(json!([]), -32602), (json!(["newTails"]), -32601), (json!(["logs", { "address": "0x1" }]), -32602)]
    {
        assert_eq!(socket.call("eth_subscribe", params.clone())["error"]["code"], code, "{params}");
    }
}
