//! The pending block: real, executed, and gone when asked again after a commit.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::wallet::Wallet;
use crate::world::World;

#[test]
fn the_pending_block_is_what_the_next_block_would_be() {
    let world = World::new();
    let (alice, bob) = (Wallet::new(1), Wallet::new(2).address());
    let empty = world.call("eth_getBlockByNumber", json!(["pending", false]));
    assert_eq!(
        json!([empty["number"], empty["hash"], empty["nonce"], empty["transactions"]]),
        json!(["0x1", null, null, []])
    );
    let hash = world.send(&[alice.transfer(0, bob, 5)])[0];
    // The empty one is shown a few times as long as it took to build, which a busy machine makes long.
    let counted = || world.call("eth_getBlockTransactionCountByNumber", json!(["pending"])) == "0x1";
    let begun = Instant::now();
    while !counted() {
        assert!(begun.elapsed() < Duration::from_secs(30), "the transaction is never pending");
    }
    let pending = world.call("eth_getBlockByNumber", json!(["pending", true]));
    let latest = world.call("eth_getBlockByNumber", json!(["latest", false]));
    assert_eq!(json!([pending["parentHash"], pending["gasUsed"]]), json!([latest["hash"], "0x5208"]));
    let tx = &pending["transactions"][0];
    assert_eq!(json!([tx["hash"], tx["blockHash"], tx["blockNumber"]]), json!([hash, null, null]));
    let wei = |tag: &str| world.call("eth_getBalance", json!([bob, tag]));
    assert_eq!((wei("latest"), wei("pending")), (json!("0x3635c9adc5dea00000"), json!("0x3635c9adc5dea00005")));
    world.mine();
    assert_eq!(wei("latest"), "0x3635c9adc5dea00005");
    assert_eq!(world.call("eth_getBlockByNumber", json!(["pending", false]))["transactions"], json!([]));
    assert_eq!(world.call("eth_getBlockByNumber", json!(["pending", false]))["number"], "0x2");
}

#[test]
fn calls_on_pending_see_what_waits() {
    let world = World::new();
    let (alice, new) = (Wallet::new(1), Wallet::new(9).address());
    world.send(&[alice.transfer(0, new, 1_000_000_000_000_000_000)]);
    let spend = json!({ "from": new, "to": alice.address(), "value": "0x1" });
    assert_eq!(world.fails("eth_estimateGas", json!([spend, "latest"])).0, -32000);
    assert_eq!(world.call("eth_estimateGas", json!([spend, "pending"])), "0x5208");
    assert_eq!(world.call("eth_call", json!([spend, "pending"])), "0x");
}
