//! Calls and subscriptions over WebSocket.

use std::time::{Duration, Instant};

use alloy_primitives::Address;
use futures::StreamExt as _;
use serde_json::{Value, json};
use tendermint_rpc::client::CompatMode;
use tendermint_rpc::event::EventData;
use tendermint_rpc::query::EventType;
use tendermint_rpc::{Client as _, SubscriptionClient as _, WebSocketClient, WebSocketClientUrl};

use crate::client::Socket;
use crate::cosmos;
use crate::wallet::Wallet;
use crate::world::World;

fn socket(world: &World) -> Socket {
    Socket::open_at(world.address(), "/websocket")
}

fn subscribe(socket: &mut Socket, id: Value, query: &str) -> Value {
    let call = json!({ "jsonrpc": "2.0", "id": id, "method": "subscribe", "params": { "query": query } });
    socket.send(&call.to_string());
    socket.next()
}

#[test]
fn tendermints_own_client_is_told_of_blocks_and_transactions() {
    let world = World::lived();
    let url: WebSocketClientUrl = format!("ws://{}/websocket", world.address()).parse().unwrap();
    let (client, driver) =
        world.runtime.block_on(WebSocketClient::builder(url).compat_mode(CompatMode::V0_38).build()).unwrap();
    let driver = world.runtime.spawn(driver.run());
    let (mut blocks, mut txs) = world.runtime.block_on(async {
        assert_eq!(client.status().await.unwrap().sync_info.latest_block_height.value(), 3);
        (
            client.subscribe(EventType::NewBlock.into()).await.unwrap(),
            client.subscribe(EventType::Tx.into()).await.unwrap(),
        )
    });
    world.broadcast(&Wallet::new(1).transfer(1, Address::repeat_byte(0x99), 5));
    world.broadcast(&cosmos::send(2, 1, [7; 20], 3));
    world.mine();
    world.mine();
    world.runtime.block_on(async {
        for (height, count) in [(4, 2), (5, 0)] {
            let event = blocks.next().await.unwrap().unwrap();
            let EventData::NewBlock { block: Some(block), result_finalize_block: Some(result), .. } = event.data else {
                panic!("{event:?}")
            };
            assert_eq!((block.header.height.value(), result.tx_results.len()), (height, count));
        }
        for index in 0..2 {
            let event = txs.next().await.unwrap().unwrap();
            let EventData::Tx { tx_result } = event.data else { panic!("{event:?}") };
            assert_eq!((tx_result.height, tx_result.index), (4, Some(index)));
            assert_eq!(event.events.unwrap()["tx.height"], ["4"]);
        }
        client.close().unwrap();
        driver.await.unwrap().unwrap();
    });
}

#[test]
fn events_carry_the_id_of_their_subscription() {
    let world = World::lived();
    let mut socket = socket(&world);
    assert_eq!(
        subscribe(&mut socket, json!("blocks"), "tm.event='NewBlockHeader'"),
        json!({ "jsonrpc": "2.0", "id": "blocks", "result": {} })
    );
    let sender = cosmos::signer(2).sei;
    let query = format!("tm.event='Tx' AND transfer.sender='{sender}'");
    subscribe(&mut socket, json!(7), &query);
    world.broadcast(&Wallet::new(1).transfer(1, Address::repeat_byte(0x99), 5));
    world.broadcast(&cosmos::send(2, 1, [7; 20], 3));
    world.mine();
    let header = socket.next();
    assert_eq!(
        (&header["id"], &header["result"]["data"]["type"]),
        (&json!("blocks"), &json!("tendermint/event/NewBlockHeader"))
    );
    let tx = socket.next();
    assert_eq!((&tx["id"], &tx["result"]["query"]), (&json!(7), &json!(query)));
    assert_eq!(tx["result"]["events"]["transfer.sender"], json!([sender.to_string()]));
    world.mine();
    assert_eq!(socket.next()["id"], "blocks", "the Ethereum transaction was not asked for");
}

#[test]
fn a_change_of_validators_is_told() {
    let world = World::lived();
    let mut socket = socket(&world);
    subscribe(&mut socket, json!(1), "tm.event='ValidatorSetUpdates'");
    while world.height() < crate::world::CHANGE {
        world.mine();
    }
    let updates = socket.next()["result"]["data"]["value"]["validator_updates"].take();
    let mut powers: Vec<_> = updates.as_array().unwrap().iter().map(|one| one["power"].as_str().unwrap()).collect();
    powers.sort_unstable();
    assert_eq!(powers, ["0", "60"]);
    let results = world.call("block_results", json!({ "height": crate::world::CHANGE.to_string() }));
    assert_eq!(results["validator_updates"], updates);
}

#[test]
fn subscriptions_end_when_asked() {
    let world = World::lived();
    let mut socket = socket(&world);
    let query = "tm.event = 'NewBlock'";
    subscribe(&mut socket, json!(1), query);
    assert_eq!(subscribe(&mut socket, json!(2), query)["error"]["data"], "already subscribed");
    assert_eq!(socket.call("unsubscribe", json!({ "query": query }))["result"], json!({}));
    assert_eq!(socket.call("unsubscribe", json!({ "query": query }))["error"]["data"], "subscription not found");
    assert_eq!(socket.call("unsubscribe_all", json!({}))["error"]["data"], "subscription not found");
    subscribe(&mut socket, json!(3), query);
    assert_eq!(socket.call("unsubscribe_all", json!({}))["result"], json!({}));
    world.mine();
    assert_eq!(socket.call("health", json!({}))["result"], json!({}), "no event came before it");
    let refused = subscribe(&mut socket, json!(4), "malformed query");
    assert_eq!((&refused["error"]["code"], &refused["error"]["message"]), (&json!(-32_603), &json!("Internal error")));
    for index in 0..100 {
        assert!(subscribe(&mut socket, json!(index), &format!("tx.height={index}"))["result"].is_object());
    }
    let many = subscribe(&mut socket, json!(101), "tx.height=101");
    assert_eq!(many["error"]["data"], "max_subscriptions_per_client 100 reached");
}

#[test]
fn bad_frames_are_answered() {
    let world = World::lived();
    let mut socket = socket(&world);
    for (text, code) in [("{", -32_700), ("7", -32_600), (r#"{"id":1,"method":"nothing"}"#, -32_601)] {
        socket.send(text);
        assert_eq!(socket.next()["error"]["code"], code, "{text}");
    }
}

/// A client that reads nothing loses its subscription or its connection, and holds up nobody.
#[test]
fn a_slow_client_is_dropped() {
    let world = World::lived();
    let mut slow = socket(&world);
    for index in 0..20 {
        subscribe(
            &mut slow,
            json!(format!("slow {index}")),
            &format!("tm.event='NewBlock' AND block.height > {index}"),
        );
    }
    let mut quick = socket(&world);
    subscribe(&mut quick, json!("quick"), "tm.event='NewBlockHeader'");
    let started = Instant::now();
    for _ in 0..200 {
        world.mine();
        quick.next();
    }
    assert!(started.elapsed() < Duration::from_secs(60));
    let error = loop {
        let message = slow.next();
        if message.get("error").is_some() {
            break message["error"].clone();
        }
    };
    assert_eq!((&error["code"], &error["message"]), (&json!(-32_000), &json!("Server error")));
    assert!(error["data"].as_str().unwrap().contains("not pulling messages fast enough"), "{error}");
    assert_eq!(slow.call("health", json!({}))["result"], json!({}), "the connection lives on");
}
