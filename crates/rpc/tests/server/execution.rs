//! `debug_blockExecution`: how blocks were executed, and why that is not known of others.

use serde_json::json;

use crate::wallet::Wallet;
use crate::world::World;

const METHOD: &str = "debug_blockExecution";

#[test]
fn a_committed_block_tells_how_it_was_executed() {
    let world = World::new();
    let (alice, bob) = (Wallet::new(1), Wallet::new(2));
    world.include(&[alice.transfer(0, bob.address(), 1), alice.transfer(1, bob.address(), 1)]);
    let report = world.call(METHOD, json!(["latest"]));
    let expected = [
        ("number", json!("0x1")),
        ("hash", world.call("eth_getBlockByNumber", json!(["latest", false]))["hash"].take()),
        ("mode", json!("optimistic")),
        ("workers", json!(2)),
        ("transactions", json!(2)),
        ("learned", json!(0)),
        ("reExecutions", json!(0)),
        ("earlyAborts", json!(0)),
        ("abandoned", json!(0)),
        ("hottestKeys", json!([])),
        ("seconds", json!(0.007)),
    ];
    for (field, value) in expected {
        assert_eq!(report[field], value, "{field} of {report}");
    }
    let ways = ["sequential", "parallel"].map(|way| report[way].as_u64().unwrap());
    assert_eq!((ways[0] + ways[1], report["executions"].as_u64()), (2, Some(2)));
    for same in [json!("0x1"), json!(report["hash"]), json!({ "blockNumber": "0x1" })] {
        assert_eq!(world.call(METHOD, json!([same])), report);
    }
}

#[test]
fn what_is_not_known_is_told_why() {
    let world = World::new();
    world.mine();
    let table = [
        (json!(["earliest"]), -32000, "block 0 is the founding state: nothing was executed"),
        (json!(["pending"]), -32000, "the pending block is not executed for good: ask for a committed one"),
        (json!(["0x64"]), -32000, "unknown block"),
        (json!([]), -32602, "missing value for required argument 0"),
    ];
    for (params, code, text) in table {
        assert_eq!(world.fails(METHOD, params), (code, text.to_owned()));
    }
}
