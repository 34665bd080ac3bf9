//! Fee history, and suggestions.

use serde_json::json;

use crate::wallet::Wallet;
use crate::world::World;

#[test]
fn the_history_has_one_base_fee_more_than_blocks() {
    let world = World::new();
    world.include(&[Wallet::new(1).transfer(0, Wallet::new(2).address(), 1)]);
    world.mine();
    let history = world.call("eth_feeHistory", json!(["0x2", "latest", [0.0, 50.0]]));
    let gwei = "0x3b9aca00";
    assert_eq!(
        history,
        json!({
            "oldestBlock": "0x1", "baseFeePerGas": [gwei, gwei, gwei], "gasUsedRatio": [0.0007, 0.0],
            "reward": [[gwei, gwei], ["0x0", "0x0"]],
            "baseFeePerBlobGas": ["0x1", "0x1", "0x1"], "blobGasUsedRatio": [0.0, 0.0],
        })
    );
    assert!(world.call("eth_feeHistory", json!([1, "latest"])).get("reward").is_none());
    assert_eq!(world.call("eth_feeHistory", json!(["0x400", "0x1", []]))["oldestBlock"], "0x0");
    assert_eq!(world.call("eth_feeHistory", json!(["0x1", "pending", []]))["oldestBlock"], "0x2");
    let beyond = world.fails("eth_feeHistory", json!(["0x1", "0x64", []]));
    assert_eq!(beyond, (-32000, "request beyond head block: requested 100, head 2".into()));
    assert_eq!(world.fails("eth_feeHistory", json!(["0x1", "latest", [101]])).0, -32000);
}
