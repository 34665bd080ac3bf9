//! What `eth_sendRawTransaction` refuses, in the words that clients match on.

use alloy_consensus::TxEip1559;
use alloy_primitives::{Address, Bytes, TxKind, U256, address};
use serde_json::json;

use crate::wallet::{GWEI, Wallet};
use crate::world::World;

#[test]
fn refusals_in_geths_words() {
    let world = World::new();
    let alice = Wallet::new(1);
    world.include(&[alice.transfer(0, alice.address(), 1), alice.transfer(1, alice.address(), 1)]);
    world.send(&[alice.transfer(2, alice.address(), 1)]);
    let with = |change: fn(&mut TxEip1559)| {
        let mut tx = Wallet::plain(3);
        change(&mut tx);
        alice.sign(tx)
    };
    let table: Vec<(Bytes, &str)> = vec![
        (alice.transfer(1, alice.address(), 1), "nonce too low: next nonce 2, tx nonce 1"),
        (alice.transfer(2, alice.address(), 1), "already known"),
        (alice.transfer(2, alice.address(), 2), "replacement transaction underpriced"),
        (alice.transfer(1_000_000, alice.address(), 2), "nonce too high"),
        (with(|tx| tx.gas_limit = 20_999), "intrinsic gas too low: gas 20999, minimum needed 21000"),
        (with(|tx| tx.gas_limit = 30_000_001), "exceeds block gas limit"),
        (with(|tx| tx.chain_id = 1), "invalid chain id for signer: have 1 want 713714"),
        (with(|tx| tx.value = U256::MAX / U256::from(2)), "insufficient funds for gas * price + value"),
        (
            with(|tx| (tx.max_fee_per_gas, tx.max_priority_fee_per_gas) = (1, 0)),
            "max fee per gas less than block base fee",
        ),
        (with(|tx| tx.max_priority_fee_per_gas = 3 * GWEI), "max priority fee per gas higher than max fee per gas"),
        (
            with(|tx| (tx.to, tx.input, tx.gas_limit) = (TxKind::Create, vec![0; 49_153].into(), 9_000_000)),
            "max initcode size exceeded",
        ),
        (Bytes::new(), "empty transaction"),
        (Bytes::from_static(&[0x05]), "transaction type not supported"),
        (Bytes::from_static(&[0x02, 0xc0]), "rlp: "),
        (Bytes::from_static(&[0xc0]), "rlp: "),
        ([&alice.transfer(3, alice.address(), 1)[..], &[0]].concat().into(), "rlp: "),
    ];
    for (raw, text) in table {
        let (code, message) = world.fails("eth_sendRawTransaction", json!([raw]));
        assert_eq!(code, -32000, "{message}");
        assert!(message.starts_with(text), "expected {text:?}, got {message:?}");
    }
    assert_eq!(world.fails("eth_sendRawTransaction", json!(["0xabc"])).0, -32602);
    assert_eq!(world.fails("eth_sendRawTransaction", json!([])).0, -32602);
    assert_eq!(
        world.call("txpool_status", json!([])),
        json!({ "pending": "0x1", "queued": "0x0" }),
        "nothing was lost"
    );
}

#[test]
fn the_deployments_that_the_world_has_signed_are_taken() {
    let world = World::new();
    // The deterministic deployment proxy's transaction: unprotected, signed by nobody's key.
    let raw: Bytes = "0xf8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba02222222222222222222222222222222222222222222222222222222222222222a02222222222222222222222222222222222222222222222222222222222222222"
        .parse()
        .unwrap();
    let deployer = address!("0x3fab184622dc19b6109349b94811493bf2a45362");
    let contract = address!("0x4e59b44847b379578588920ca78fbf26c0b4956c");
    assert!(world.fails("eth_sendRawTransaction", json!([raw])).1.starts_with("insufficient funds"));
    world.include(&[Wallet::new(1).transfer(0, deployer, 10_000_000_000_000_000)]);
    let hash = world.include(&[raw])[0];
    assert_eq!(
        world.call("eth_getTransactionReceipt", json!([hash]))["contractAddress"],
        contract.to_string().to_lowercase()
    );
    assert_ne!(world.call("eth_getCode", json!([contract])), "0x");
}

#[test]
fn a_better_price_replaces_and_a_gap_waits() {
    let world = World::new();
    let alice = Wallet::new(1);
    let old = world.send(&[alice.transfer(0, Address::ZERO, 1)])[0];
    let raised = TxEip1559 { max_fee_per_gas: 4 * GWEI, max_priority_fee_per_gas: 2 * GWEI, ..Wallet::plain(0) };
    let new = world.send(&[alice.sign(raised)])[0];
    world.send(&[alice.transfer(2, Address::ZERO, 1)]);
    assert_eq!(world.call("eth_getTransactionByHash", json!([old])), json!(null));
    let waiting = world.call("eth_getTransactionByHash", json!([new]));
    assert_eq!(
        (&waiting["blockHash"], &waiting["blockNumber"], &waiting["transactionIndex"]),
        (&json!(null), &json!(null), &json!(null))
    );
    assert_eq!(world.call("txpool_status", json!([])), json!({ "pending": "0x1", "queued": "0x1" }));
    let content = world.call("txpool_contentFrom", json!([alice.address()]));
    assert_eq!((&content["pending"]["0"]["hash"], &content["queued"]["2"]["nonce"]), (&json!(new), &json!("0x2")));
    let all = world.call("txpool_content", json!([]));
    assert_eq!(all["pending"][alice.address().to_string()], content["pending"]);
    let inspect = world.call("txpool_inspect", json!([]));
    let line = inspect["queued"][alice.address().to_string()]["2"].as_str().unwrap();
    assert_eq!(line, "0x0000000000000000000000000000000000000000: 1 wei + 21000 gas × 2000000000 wei");
    assert_eq!(world.call("eth_getTransactionCount", json!([alice.address(), "pending"])), "0x1");
}
