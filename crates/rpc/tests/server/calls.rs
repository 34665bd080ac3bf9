//! `eth_call`, `eth_estimateGas`, `eth_createAccessList`, and overrides.

use alloy_primitives::{Address, TxKind, hex};
use serde_json::json;

use crate::wallet::Wallet;
use crate::world::World;

/// Returns the call's data.
const ECHO: [u8; 7] = [0x36, 0x5f, 0x5f, 0x37, 0x36, 0x5f, 0xf3];
/// Reverts with the call's data.
const REVERTER: [u8; 7] = [0x36, 0x5f, 0x5f, 0x37, 0x36, 0x5f, 0xfd];
/// Stores the first word of the data at slot 0, returns what was there.
const STORE: [u8; 12] = [0x5f, 0x54, 0x5f, 0x52, 0x5f, 0x35, 0x5f, 0x55, 0x60, 0x20, 0x5f, 0xf3];
/// `Error("no")`.
const REASON: &str = "0x08c379a00000000000000000000000000000000000000000000000000000000000000020\
    00000000000000000000000000000000000000000000000000000000000000026e6f000000000000000000000000000000000000000000000000000000000000";

fn code(bytes: &[u8]) -> String {
    hex::encode_prefixed(bytes)
}

#[test]
fn calls_return_data_and_leave_no_trace() {
    let world = World::new();
    let echo = world.deploy(&Wallet::new(1), 0, &ECHO);
    let store = world.deploy(&Wallet::new(1), 1, &STORE);
    let word = format!("0x{:064x}", 42);
    assert_eq!(world.call("eth_call", json!([{ "to": echo, "data": "0x1234" }, "latest"])), "0x1234");
    assert_eq!(world.call("eth_call", json!([{ "to": echo, "input": "0x1234" }])), "0x1234");
    assert_eq!(world.call("eth_call", json!([{ "to": Address::repeat_byte(0x77), "data": "0x12" }])), "0x");
    assert_eq!(world.call("eth_call", json!([{ "to": store, "data": word }])), format!("0x{:064x}", 0));
    assert_eq!(world.call("eth_getStorageAt", json!([store, "0x0"])), format!("0x{:064x}", 0));
    world.include(&[Wallet::new(1).send(2, TxKind::Call(store), 0, word.parse().unwrap(), 100_000)]);
    assert_eq!(world.call("eth_getStorageAt", json!([store, "0x0"])), word);
    assert_eq!(world.call("eth_getStorageAt", json!([store, "0x0", "0x2"])), format!("0x{:064x}", 0));
    assert_eq!(world.call("eth_getCode", json!([echo])), code(&ECHO));
}

#[test]
fn a_revert_carries_its_reason_and_data() {
    let world = World::new();
    let reverter = world.deploy(&Wallet::new(1), 0, &REVERTER);
    for method in ["eth_call", "eth_estimateGas"] {
        let error = |data: &str| world.answer(method, json!([{ "to": reverter, "data": data }]))["error"].take();
        assert_eq!(error(REASON), json!({ "code": 3, "message": "execution reverted: no", "data": REASON }));
        assert_eq!(error("0x"), json!({ "code": 3, "message": "execution reverted", "data": "0x" }));
        assert_eq!(error("0x12345678"), json!({ "code": 3, "message": "execution reverted", "data": "0x12345678" }));
    }
}

#[test]
fn calls_that_cannot_run_say_why() {
    let world = World::new();
    let poor = Wallet::new(9).address();
    let table = [
        (
            json!({ "from": poor, "to": poor, "value": "0x1" }),
            "err: insufficient funds for gas * price + value: address",
        ),
        (json!({ "to": poor, "gas": "0x5207" }), "err: intrinsic gas too low: have 20999, want 21000"),
        (
            json!({ "to": poor, "gas": "0x5208", "gasPrice": "0x1", "from": Wallet::new(1).address() }),
            "err: max fee per gas less than block base fee",
        ),
        (json!({ "to": poor, "chainId": "0x1" }), "chainId does not match node's"),
        (json!({ "data": "0xfe" }), "invalid opcode: INVALID"),
        (json!({ "data": "0x5b5f56" }), "out of gas"),
        (json!({ "data": "0x50" }), "stack underflow"),
    ];
    for (request, text) in table {
        let (code, message) = world.fails("eth_call", json!([request, "latest"]));
        assert_eq!(code, -32000);
        assert!(message.starts_with(text), "{request}: {message}");
    }
}

#[test]
fn overrides_change_accounts_and_the_block() {
    let world = World::new();
    let (rich, target) = (Wallet::new(9).address(), Address::repeat_byte(0x55));
    let call = |request, accounts, block| world.call("eth_call", json!([request, "latest", accounts, block]));
    let word = |number: u64| format!("0x{number:064x}");
    // SLOAD of slot 0; SELFBALANCE; NUMBER; TIMESTAMP: each returned as a word.
    let returning = |op: &[u8]| code(&[op, &[0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3]].concat());
    let sload = returning(&[0x5f, 0x54]);
    let slot = json!({ word(0): word(7) });
    assert_eq!(
        call(json!({ "to": target }), json!({ target.to_string(): { "code": sload, "state": slot } }), json!(null)),
        word(7)
    );
    assert_eq!(
        call(json!({ "to": target }), json!({ target.to_string(): { "code": sload, "stateDiff": slot } }), json!(null)),
        word(7)
    );
    let balance = json!({ target.to_string(): { "code": returning(&[0x47]), "balance": "0x9" } });
    assert_eq!(call(json!({ "to": target }), balance, json!(null)), word(9));
    for (op, block) in
        [(0x43, json!({ "number": "0x64" })), (0x42, json!({ "time": "0x64" })), (0x48, json!({ "baseFee": "0x64" }))]
    {
        let accounts = json!({ target.to_string(): { "code": returning(&[op]) } });
        assert_eq!(call(json!({ "to": target }), accounts, block), word(100), "{op:#x}");
    }
    let paying = json!({ rich.to_string(): { "balance": "0x5", "nonce": "0x7" } });
    assert_eq!(call(json!({ "from": rich, "to": target, "value": "0x5" }), paying, json!(null)), "0x");
    let both = json!({ target.to_string(): { "state": slot, "stateDiff": slot } });
    let (code, message) = world.fails("eth_call", json!([{ "to": target }, "latest", both]));
    assert_eq!(code, -32000);
    assert!(message.ends_with("has both 'state' and 'stateDiff'"), "{message}");
    assert_eq!(world.call("eth_getCode", json!([target])), "0x", "overrides are gone");
}

#[test]
fn estimates_suffice_and_are_close() {
    let world = World::new();
    let alice = Wallet::new(1);
    let store = world.deploy(&alice, 0, &STORE);
    let estimate = |request| {
        let gas = world.call("eth_estimateGas", json!([request]));
        u64::from_str_radix(&gas.as_str().unwrap()[2..], 16).unwrap()
    };
    assert_eq!(estimate(json!({ "from": alice.address(), "to": Wallet::new(2).address(), "value": "0x1" })), 21_000);
    let data = format!("0x{:064x}", 42);
    let gas = estimate(json!({ "from": alice.address(), "to": store, "data": data }));
    let hash = world.include(&[alice.send(1, TxKind::Call(store), 0, data.parse().unwrap(), gas)])[0];
    let receipt = world.call("eth_getTransactionReceipt", json!([hash]));
    let used = u64::from_str_radix(&receipt["gasUsed"].as_str().unwrap()[2..], 16).unwrap();
    assert_eq!(receipt["status"], "0x1");
    assert!(gas >= used && gas < used * 103 / 100, "estimated {gas}, used {used}");
    let (code, message) = world.fails("eth_estimateGas", json!([{ "to": store, "data": data, "gas": "0x5300" }]));
    assert_eq!((code, message.as_str()), (-32000, "gas required exceeds allowance (21248)"));
    let poor = json!({ "from": Wallet::new(9).address(), "to": store, "gasPrice": "0x77359400" });
    assert_eq!(world.fails("eth_estimateGas", json!([poor])).1, "gas required exceeds allowance (0)");
}

#[test]
fn access_lists_name_what_a_call_touches() {
    let world = World::new();
    let store = world.deploy(&Wallet::new(1), 0, &STORE);
    let request = json!({ "from": Wallet::new(1).address(), "to": store, "data": format!("0x{:064x}", 1) });
    let list = world.call("eth_createAccessList", json!([request, "latest"]));
    let lower = store.to_string().to_lowercase();
    assert_eq!(list["accessList"], json!([{ "address": lower, "storageKeys": [format!("0x{:064x}", 0)] }]));
    assert!(list["gasUsed"].is_string() && list.get("error").is_none(), "{list}");
    let reverter = world.deploy(&Wallet::new(1), 1, &REVERTER);
    let list = world.call("eth_createAccessList", json!([{ "to": reverter, "data": REASON }]));
    assert_eq!((&list["error"], &list["accessList"]), (&json!("execution reverted: no"), &json!([])));
}
