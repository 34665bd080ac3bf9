//! `eth_simulateV1`: blocks of calls that nobody sent.

use serde_json::json;

use crate::blocks::{LOGGER, word};
use crate::wallet::Wallet;
use crate::world::World;

#[test]
fn calls_see_what_those_before_them_did() {
    let world = World::new();
    let (alice, new) = (Wallet::new(1).address(), Wallet::new(9).address());
    let logger = world.deploy(&Wallet::new(1), 0, &LOGGER);
    let payload = json!({
        "blockStateCalls": [
            { "calls": [{ "from": alice, "to": new, "value": "0x64" }, { "from": new, "to": alice, "value": "0x32" }] },
            { "blockOverrides": { "number": "0x5", "time": "0x6553f200" }, "calls": [{ "from": new, "to": logger, "data": word(3) }] },
        ],
        "traceTransfers": true,
    });
    let blocks = world.call("eth_simulateV1", json!([payload, "latest"]));
    let numbers: Vec<_> = blocks.as_array().unwrap().iter().map(|block| block["number"].clone()).collect();
    assert_eq!(numbers, ["0x2", "0x3", "0x4", "0x5"], "the gap is filled");
    let calls = &blocks[0]["calls"];
    assert_eq!(json!([calls[0]["status"], calls[1]["status"], calls[0]["gasUsed"]]), json!(["0x1", "0x1", "0x5208"]));
    assert_eq!(calls[0]["logs"][0]["address"], "0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee");
    assert_eq!((&calls[1]["logs"][0]["logIndex"], &blocks[0]["gasUsed"]), (&json!("0x1"), &json!("0xa410")));
    let last = &blocks[3];
    assert_eq!(json!([last["parentHash"], last["timestamp"]]), json!([blocks[2]["hash"], "0x6553f200"]));
    assert_eq!(last["calls"][0]["logs"][0]["topics"], json!([word(3)]));
    assert_eq!(last["transactions"].as_array().unwrap().len(), 1);
    assert_eq!(world.call("eth_getBalance", json!([new])), "0x0", "nothing happened");
}

#[test]
fn failures_are_told_per_call_or_fail_the_whole() {
    let world = World::new();
    let alice = Wallet::new(1).address();
    let one = |call, validation: bool| json!([{ "blockStateCalls": [{ "calls": [call] }], "validation": validation }, "latest"]);
    let blocks = world.call("eth_simulateV1", one(json!({ "from": alice, "data": "0x5f5ffd" }), false));
    assert_eq!(json!([blocks[0]["calls"][0]["status"], blocks[0]["calls"][0]["error"]["code"]]), json!(["0x0", 3]));
    let blocks = world.call("eth_simulateV1", one(json!({ "from": alice, "data": "0xfe" }), false));
    assert_eq!(blocks[0]["calls"][0]["error"]["code"], -32015);
    let table = [
        (json!({ "from": alice, "to": alice, "nonce": "0x5", "maxFeePerGas": "0x77359400" }), -38011),
        (json!({ "from": alice, "to": alice, "maxFeePerGas": "0x1" }), -38012),
        (json!({ "from": alice, "to": alice, "gas": "0x1", "maxFeePerGas": "0x77359400" }), -38013),
        (
            json!({ "from": Wallet::new(9).address(), "to": alice, "value": "0x1", "gas": "0x5208", "maxFeePerGas": "0x77359400" }),
            -38014,
        ),
    ];
    for (call, code) in table {
        assert_eq!(world.fails("eth_simulateV1", one(call.clone(), true)).0, code, "{call}");
    }
    let disorder = json!([{ "blockStateCalls": [{ "blockOverrides": { "number": "0x0" } }] }, "latest"]);
    assert_eq!(world.fails("eth_simulateV1", disorder).0, -38020);
    let late = json!([{ "blockStateCalls": [{ "blockOverrides": { "time": "0x1" } }] }, "latest"]);
    assert_eq!(world.fails("eth_simulateV1", late).0, -38021);
    assert_eq!(world.fails("eth_simulateV1", json!([{ "blockStateCalls": [] }])).0, -32602);
}
