//! A block's settlement: one transaction more for whoever asks for logs, none for whoever lists transactions.

use alloy_primitives::{Address, Bytes, TxKind, address};
use alloy_sol_types::{SolCall, SolEvent as _};
use serde_json::{Value, json};

use crate::client::Socket;
use crate::wallet::Wallet;
use crate::world::World;

/// What the macro makes of the file.
#[allow(clippy::too_many_arguments, reason = "the Solidity has them")]
mod solidity {
    alloy_sol_types::sol!(
        #![sol(all_derives)]
        "../../contracts/IExchange.sol"
    );
}

use solidity::IExchange;

const EXCHANGE: Address = address!("0x0000000000000000000000000000000000001100");

fn send(wallet: &Wallet, nonce: u64, call: &impl SolCall) -> Bytes {
    wallet.send(nonce, TxKind::Call(EXCHANGE), 0, call.abi_encode().into(), 1_000_000)
}

fn listing() -> IExchange::registerMarketCall {
    let market = IExchange::NewMarket {
        base: "usei".into(),
        quote: "factory/atom".into(),
        baseDecimals: 6,
        quoteDecimals: 6,
        tick: 1_000,
        lot: 1_000,
        minNotional: 1,
        makerFeePpm: 0,
        takerFeePpm: 0,
    };
    IExchange::registerMarketCall { market }
}

/// An order that finds nobody, and so is given back at the end of its block.
fn in_vain() -> IExchange::placeOrdersCall {
    let order = IExchange::Order {
        market: 1,
        venue: 0,
        side: IExchange::Side::Sell,
        kind: IExchange::Kind::ImmediateOrCancel,
        price: 1_000_000,
        quantity: 1_000_000,
        trigger: IExchange::Trigger::None,
        triggerPrice: 0,
        expiryKind: IExchange::Expiry::Never,
        expiry: 0,
        selfTrade: IExchange::SelfTrade::CancelNewest,
        clientId: 7,
        feeInNative: false,
    };
    IExchange::placeOrdersCall { orders: vec![order] }
}

/// The market is listed in block 1; block 2 holds a transfer, an order and its end.
fn story() -> World {
    let world = World::new();
    let (alice, bob) = (Wallet::new(1), Wallet::new(2));
    world.include(&[send(&alice, 0, &listing())]);
    world.include(&[send(&alice, 1, &in_vain()), bob.send(0, TxKind::Call(EXCHANGE), 0, Bytes::new(), 100_000)]);
    world
}

fn hash_of(height: u64) -> Value {
    json!(seiza_types::exchange::settlement_hash(height))
}

fn owner() -> Value {
    json!(Wallet::new(1).address().into_word())
}

#[test]
fn its_logs_follow_all_others_and_are_found_by_filters() {
    let world = story();
    let block = world.call("eth_getBlockByNumber", json!(["0x2", false]));
    let listed = block["transactions"].as_array().unwrap();
    let topic = json!(IExchange::OrderEnded::SIGNATURE_HASH);
    let filter = json!([{ "fromBlock": "0x0", "address": EXCHANGE, "topics": [topic, owner()] }]);
    let logs = world.call("eth_getLogs", filter.clone());
    assert_eq!(logs.as_array().unwrap().len(), 1, "{logs}");
    let log = &logs[0];
    assert_eq!(
        json!([log["transactionHash"], log["transactionIndex"], log["logIndex"], log["blockHash"], log["removed"]]),
        json!([hash_of(2), "0x2", "0x1", block["hash"], false]),
        "after two transactions and the log of the order's placing"
    );
    assert_eq!(listed.len(), 2, "{listed:?}");
    let by_block = world.call("eth_getLogs", json!([{ "blockHash": block["hash"] }]));
    assert_eq!((by_block.as_array().unwrap().len(), &by_block[1]), (2, log));
    let strangers = json!([{ "fromBlock": "0x0", "topics": [topic, json!(Wallet::new(3).address().into_word())] }]);
    assert_eq!(world.call("eth_getLogs", strangers), json!([]));
}

#[test]
fn it_has_a_receipt_and_a_transaction_and_is_in_no_list() {
    let world = story();
    let receipt = world.call("eth_getTransactionReceipt", json!([hash_of(2)]));
    let expected = [("status", "0x1"), ("type", "0x0"), ("transactionIndex", "0x2"), ("gasUsed", "0x0")];
    for (field, value) in expected {
        assert_eq!(receipt[field], value, "{field}");
    }
    assert_eq!((&receipt["from"], &receipt["to"]), (&json!(EXCHANGE), &json!(EXCHANGE)));
    let log: alloy_rpc_types_eth::Log = serde_json::from_value(receipt["logs"][0].clone()).unwrap();
    let ended = IExchange::OrderEnded::decode_log(&log.inner).unwrap();
    assert_eq!((ended.owner, ended.clientId, ended.remaining), (Wallet::new(1).address(), 7, 1_000_000));
    assert!(matches!(ended.reason, IExchange::EndReason::Unfilled));
    let tx = world.call("eth_getTransactionByHash", json!([hash_of(2)]));
    assert_eq!((&tx["hash"], &tx["from"], &tx["blockNumber"]), (&hash_of(2), &json!(EXCHANGE), &json!("0x2")));
    assert_eq!(world.call("eth_getBlockReceipts", json!(["0x2"])).as_array().unwrap().len(), 2);
    for height in [1, 3, 1 << 40] {
        assert_eq!(world.call("eth_getTransactionReceipt", json!([hash_of(height)])), Value::Null, "{height}");
        assert_eq!(world.call("eth_getTransactionByHash", json!([hash_of(height)])), Value::Null, "{height}");
    }
}

#[test]
fn it_is_pushed_and_polled() {
    let world = World::new();
    let alice = Wallet::new(1);
    world.include(&[send(&alice, 0, &listing())]);
    let wanted = json!({ "address": EXCHANGE, "topics": [IExchange::OrderEnded::SIGNATURE_HASH] });
    let mut socket = Socket::open(world.ws());
    let id = socket.call("eth_subscribe", json!(["logs", wanted]))["result"].take();
    let filter = world.call("eth_newFilter", json!([wanted]));
    world.include(&[send(&alice, 1, &in_vain())]);
    let pushed = socket.news(&id);
    assert_eq!(pushed["transactionHash"], hash_of(2));
    assert_eq!(world.call("eth_getFilterChanges", json!([filter])), json!([pushed]));
}
