//! Traces by geth's tracers.

use alloy_primitives::TxKind;
use serde_json::{Value, json};

use crate::blocks::{LOGGER, word};
use crate::wallet::Wallet;
use crate::world::World;

#[test]
fn a_transaction_is_traced_on_the_state_before_it() {
    let world = World::new();
    let (alice, bob) = (Wallet::new(1), Wallet::new(2));
    let logger = world.deploy(&alice, 0, &LOGGER);
    let raws = [alice.transfer(1, bob.address(), 5), alice.send(2, TxKind::Call(logger), 3, word(9), 100_000)];
    let hashes = world.include(&raws);
    let trace = |hash, options: Value| world.call("debug_traceTransaction", json!([hash, options]));
    let receipt = world.call("eth_getTransactionReceipt", json!([hashes[1]]));
    let lower = |text: String| text.to_lowercase();

    let call = trace(hashes[1], json!({ "tracer": "callTracer", "tracerConfig": { "withLog": true } }));
    assert_eq!(
        json!([call["type"], call["to"], call["value"], call["gasUsed"]]),
        json!(["CALL", lower(logger.to_string()), "0x3", receipt["gasUsed"]])
    );
    assert_eq!(call["logs"][0]["topics"], json!([word(9)]));

    let prestate = trace(hashes[1], json!({ "tracer": "prestateTracer" }));
    assert_eq!(prestate[lower(alice.address().to_string())]["nonce"], 2, "the first transaction ran before");
    let diff = trace(hashes[0], json!({ "tracer": "prestateTracer", "tracerConfig": { "diffMode": true } }));
    let side = |side: &str| diff[side][lower(bob.address().to_string())]["balance"].clone();
    assert_eq!((side("pre"), side("post")), (json!("0x3635c9adc5dea00000"), json!("0x3635c9adc5dea00005")));

    let steps = trace(hashes[1], json!({}));
    let ops: Vec<&str> =
        steps["structLogs"].as_array().unwrap().iter().map(|step| step["op"].as_str().unwrap()).collect();
    assert_eq!(ops, ["PUSH0", "CALLDATALOAD", "PUSH0", "PUSH0", "LOG1", "STOP"]);
    assert_eq!((&steps["failed"], &steps["structLogs"][1]["stack"]), (&json!(false), &json!(["0x0"])));
    let bare = trace(hashes[1], json!({ "disableStack": true, "disableStorage": true }));
    assert!(bare["structLogs"][1].get("stack").is_none());

    let flat = trace(hashes[1], json!({ "tracer": "flatCallTracer" }));
    assert_eq!(json!([flat[0]["type"], flat[0]["transactionPosition"], flat[0]["blockNumber"]]), json!(["call", 1, 2]));
    assert_eq!(trace(hashes[1], json!({ "tracer": "noopTracer" })), json!({}));
    assert!(trace(hashes[1], json!({ "tracer": "4byteTracer" })).is_object());
    let mux =
        trace(hashes[1], json!({ "tracer": "muxTracer", "tracerConfig": { "callTracer": {}, "prestateTracer": {} } }));
    assert_eq!(mux["prestateTracer"], prestate);
    let mux =
        trace(hashes[1], json!({ "tracer": "muxTracer", "tracerConfig": { "callTracer": {}, "4byteTracer": {} } }));
    assert_eq!((&mux["callTracer"]["type"], mux["4byteTracer"].is_object()), (&json!("CALL"), true));
    let refused = world.fails("debug_traceTransaction", json!([hashes[1], { "tracer": "{ step: function() {} }" }]));
    assert_eq!(refused.0, -32000);
}

#[test]
fn a_block_is_traced_whole() {
    let world = World::new();
    let alice = Wallet::new(1);
    let logger = world.deploy(&alice, 0, &LOGGER);
    let call = |nonce| alice.send(nonce, TxKind::Call(logger), 0, word(1), 100_000);
    let hashes = world.include(&[call(1), alice.transfer(2, alice.address(), 1), call(3)]);
    let block = world.call("eth_getBlockByNumber", json!(["latest", false]));
    let options = json!({ "tracer": "callTracer" });
    let by_number = world.call("debug_traceBlockByNumber", json!(["latest", options]));
    assert_eq!(by_number, world.call("debug_traceBlockByHash", json!([block["hash"], options])));
    assert_eq!(by_number.as_array().unwrap().len(), 3);
    for (index, hash) in hashes.iter().enumerate() {
        assert_eq!(by_number[index]["txHash"], json!(hash));
        assert_eq!(by_number[index]["result"], world.call("debug_traceTransaction", json!([hash, options])));
    }
    assert_eq!(world.call("debug_traceBlockByNumber", json!(["0x0", options])), json!([]));
}

#[test]
fn a_call_is_traced_without_being_sent() {
    let world = World::new();
    let logger = world.deploy(&Wallet::new(1), 0, &LOGGER);
    let options = json!({ "tracer": "callTracer", "stateOverrides": { Wallet::new(9).address().to_string(): { "balance": "0x5" } } });
    let request = json!({ "from": Wallet::new(9).address(), "to": logger, "value": "0x5", "data": word(1) });
    let trace = world.call("debug_traceCall", json!([request, "latest", options]));
    assert_eq!(json!([trace["type"], trace["value"]]), json!(["CALL", "0x5"]));
    assert!(
        world
            .fails("debug_traceCall", json!([request, "latest", { "tracer": "callTracer" }]))
            .1
            .contains("insufficient funds")
    );
    // An endless loop is stopped by the memory that its steps would take, not by the client's patience.
    let (code, message) = world.fails("debug_traceCall", json!([{ "data": "0x5b5f56" }, "latest", {}]));
    assert_eq!(code, -32005, "{message}");
}
