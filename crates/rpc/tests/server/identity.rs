//! Methods whose answers do not depend on blocks: exact answers.

use serde_json::json;

use crate::wallet::Wallet;
use crate::world::World;

#[test]
fn exact_answers() {
    let world = World::new();
    let table = [
        ("eth_chainId", json!([]), json!("0xae3f2")),
        ("net_version", json!([]), json!("713714")),
        ("net_listening", json!([]), json!(true)),
        ("net_peerCount", json!([]), json!("0x0")),
        (
            "web3_sha3",
            json!(["0x68656c6c6f20776f726c64"]),
            json!("0x47173285a8d7341e5e972fc677286384f802f8ef42a5ec5f03bbfa254cb01fad"),
        ),
        ("eth_accounts", json!([]), json!([])),
        ("eth_mining", json!([]), json!(false)),
        ("eth_hashrate", json!([]), json!("0x0")),
        ("eth_syncing", json!([]), json!(false)),
        ("eth_blockNumber", json!(null), json!("0x0")),
        ("eth_gasPrice", json!([]), json!("0x77359400")),
        ("eth_maxPriorityFeePerGas", json!([]), json!("0x3b9aca00")),
        ("eth_blobBaseFee", json!([]), json!("0x1")),
        ("txpool_status", json!([]), json!({ "pending": "0x0", "queued": "0x0" })),
        ("txpool_content", json!([]), json!({ "pending": {}, "queued": {} })),
        ("txpool_inspect", json!([]), json!({ "pending": {}, "queued": {} })),
        ("eth_getUncleCountByBlockNumber", json!(["latest"]), json!("0x0")),
        ("eth_getUncleCountByBlockNumber", json!(["0x64"]), json!(null)),
        ("eth_getUncleByBlockNumberAndIndex", json!(["latest", "0x0"]), json!(null)),
        ("eth_getTransactionByHash", json!([format!("0x{:064x}", 1)]), json!(null)),
        ("eth_getTransactionReceipt", json!([format!("0x{:064x}", 1)]), json!(null)),
        ("eth_getBlockByNumber", json!(["0x64", false]), json!(null)),
        ("eth_getBlockByHash", json!([format!("0x{:064x}", 1), false]), json!(null)),
        ("eth_getBlockReceipts", json!(["0x64"]), json!(null)),
        ("eth_getBlockReceipts", json!(["0x0"]), json!([])),
        ("eth_getLogs", json!([{}]), json!([])),
        ("eth_getBalance", json!([Wallet::new(9).address(), "latest"]), json!("0x0")),
        ("eth_getBalance", json!([Wallet::new(1).address()]), json!("0x3635c9adc5dea00000")),
        ("eth_getTransactionCount", json!([Wallet::new(1).address(), "pending"]), json!("0x0")),
        ("eth_getCode", json!([Wallet::new(1).address(), "latest"]), json!("0x")),
        ("eth_getStorageAt", json!([Wallet::new(1).address(), "0x0", "latest"]), json!(format!("0x{:064x}", 0))),
    ];
    for (method, params, expected) in table {
        assert_eq!(world.call(method, params.clone()), expected, "{method} {params}");
    }
    let version = world.call("web3_clientVersion", json!([]));
    assert!(version.as_str().unwrap().starts_with("seiza/v"), "{version}");
}

#[test]
fn exact_failures() {
    let world = World::new();
    let address = Wallet::new(1).address();
    let table = [
        ("eth_foo", json!([]), -32601, "the method eth_foo does not exist/is not available"),
        ("eth_getBalance", json!([]), -32602, "missing value for required argument 0"),
        ("eth_getBalance", json!(["0x12"]), -32602, "invalid argument 0: "),
        ("eth_getBalance", json!([address, "newest"]), -32602, "invalid argument 1: "),
        ("eth_getBalance", json!([address, "0x64"]), -32000, "header not found"),
        ("eth_getBalance", json!([address, { "blockHash": format!("0x{:064x}", 1) }]), -32000, "header not found"),
        ("eth_getBalance", json!({ "address": address }), -32602, "non-array args"),
        ("eth_getStorageAt", json!([address, "0xzz"]), -32602, "invalid argument 1: "),
        ("eth_call", json!([{}, "0x64"]), -32000, "header not found"),
        ("eth_call", json!([17]), -32602, "invalid argument 0: "),
        ("eth_sign", json!([address, "0x00"]), -32000, "unknown account"),
        ("eth_sendTransaction", json!([{}]), -32000, "unknown account"),
        ("eth_getProof", json!([address, [], "pending"]), -32004, "the pending block has no proofs"),
        ("eth_subscribe", json!(["newHeads"]), -32601, "notifications not supported"),
        ("eth_getFilterChanges", json!(["0x1"]), -32000, "filter not found"),
        ("eth_getLogs", json!([{ "blockHash": format!("0x{:064x}", 1) }]), -32000, "unknown block"),
        ("eth_getLogs", json!([{ "fromBlock": "0x2", "toBlock": "0x1" }]), -32602, "invalid block range params"),
        ("debug_traceTransaction", json!([format!("0x{:064x}", 1)]), -32000, "transaction not found"),
        ("debug_traceBlockByNumber", json!(["0x64"]), -32000, "unknown block"),
        ("sei_getEVMAddress", json!(["sei1qqqq"]), -32000, "address is no bech32"),
    ];
    for (method, params, code, text) in table {
        let (found, message) = world.fails(method, params.clone());
        assert_eq!(found, code, "{method} {params}: {message}");
        assert!(message.starts_with(text), "{method} {params}: {message}");
    }
}

#[test]
fn linked_addresses_are_found_in_both_forms() {
    let world = World::new();
    let alice = Wallet::new(1);
    let (evm, sei) = (alice.address(), alice.signer().sei.to_string());
    assert_eq!(world.fails("sei_getSeiAddress", json!([evm])).1, format!("failed to find Sei address for {evm}"));
    assert_eq!(world.fails("sei_getEVMAddress", json!([sei])).1, format!("failed to find EVM address for {sei}"));
    let hash = world.include(&[alice.transfer(0, evm, 1)])[0];
    assert_eq!(world.call("sei_getSeiAddress", json!([evm])), json!(sei));
    assert_eq!(world.call("sei_getEVMAddress", json!([sei])), json!(evm.to_string().to_lowercase()));
    assert_eq!(world.call("sei_getCosmosTx", json!([hash])).as_str().unwrap().len(), 64);
}
