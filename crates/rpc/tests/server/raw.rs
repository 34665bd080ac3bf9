//! What `debug_getRaw*` gives back can be decoded again.

use seiza_types::Block;
use serde_json::json;

use crate::wallet::Wallet;
use crate::world::World;

#[test]
fn raw_forms_decode() {
    let world = World::new();
    let raw = Wallet::new(1).transfer(0, Wallet::new(2).address(), 1);
    let hash = world.include(std::slice::from_ref(&raw))[0];
    let bytes = |method: &str| {
        let text = world.call(method, json!(["latest"]));
        alloy_primitives::hex::decode(text.as_str().unwrap()).unwrap()
    };
    let block = Block::decode(&bytes("debug_getRawBlock")).unwrap();
    assert_eq!(
        (&block.txs, json!(block.hash())),
        (&vec![raw.clone()], world.call("eth_getBlockByNumber", json!(["latest", false]))["hash"].take())
    );
    assert_eq!(bytes("debug_getRawHeader"), block.encode_header());
    assert_eq!(world.call("debug_getRawTransaction", json!([hash])), json!(raw));
    let receipts = world.call("debug_getRawReceipts", json!(["latest"]));
    assert!(receipts[0].as_str().unwrap().starts_with("0x02f90108"), "{receipts}");
    assert_eq!(world.fails("debug_getRawBlock", json!(["0x64"])).1, "unknown block");
}
