//! Filters: what is new since the last poll.

use alloy_primitives::TxKind;
use serde_json::json;

use crate::blocks::{LOGGER, word};
use crate::wallet::Wallet;
use crate::world::World;

#[test]
fn polls_give_what_is_new() {
    let world = World::new();
    let alice = Wallet::new(1);
    let logger = world.deploy(&alice, 0, &LOGGER);
    let blocks = world.call("eth_newBlockFilter", json!([]));
    let pending = world.call("eth_newPendingTransactionFilter", json!([]));
    let full = world.call("eth_newPendingTransactionFilter", json!([true]));
    let logs = world.call("eth_newFilter", json!([{ "address": logger }]));
    let poll = |id| world.call("eth_getFilterChanges", json!([id]));
    for id in [&blocks, &pending, &full, &logs] {
        assert_eq!(poll(id), json!([]));
    }
    let hash = world.include(&[alice.send(1, TxKind::Call(logger), 0, word(7), 100_000)])[0];
    let head = world.call("eth_getBlockByNumber", json!(["latest", false]));
    let log = world.call("eth_getLogs", json!([{ "address": logger }]));
    assert_eq!(poll(&blocks), json!([head["hash"]]));
    assert_eq!(poll(&pending), json!([hash]));
    assert_eq!(poll(&full)[0]["hash"], json!(hash));
    assert_eq!(poll(&logs), log);
    for id in [&blocks, &pending, &full, &logs] {
        assert_eq!(poll(id), json!([]), "once");
    }
    assert_eq!(world.call("eth_getFilterLogs", json!([logs])), log);
    assert_eq!(world.fails("eth_getFilterLogs", json!([blocks])).1, "filter not found");
    assert_eq!(world.call("eth_uninstallFilter", json!([logs])), true);
    assert_eq!(world.call("eth_uninstallFilter", json!([logs])), false);
    assert_eq!(world.fails("eth_getFilterChanges", json!([logs])), (-32000, "filter not found".into()));
}
