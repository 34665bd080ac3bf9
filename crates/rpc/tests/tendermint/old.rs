//! The dialect of 0.34, below `/v034`.

use serde_json::{Value, json};
use tendermint_rpc::client::CompatMode;
use tendermint_rpc::query::Query;
use tendermint_rpc::{Client as _, HttpClient, HttpClientUrl, Order};

use crate::client::Socket;
use crate::world::{World, unbase64};

fn call(world: &World, method: &str, params: Value) -> Value {
    world.answer_at("/v034", method, params)["result"].take()
}

#[test]
fn attributes_are_base64_and_the_log_is_json() {
    let world = World::lived();
    let query = json!({ "query": "message.action='/cosmos.bank.v1beta1.MsgSend'" });
    let result = call(&world, "tx_search", query.clone())["txs"][0]["tx_result"].take();
    let event = result["events"].as_array().unwrap().iter().find(|event| event["type"] == "transfer").unwrap();
    assert_eq!(unbase64(&event["attributes"][0]["key"]), b"recipient");
    let log: Value = serde_json::from_str(result["log"].as_str().unwrap()).unwrap();
    assert!(log[0]["events"].as_array().unwrap().iter().any(|event| event["type"] == "transfer"));
    let plain = world.call("tx_search", query)["txs"][0]["tx_result"].take();
    assert_eq!(plain["log"], "");
    assert!(call(&world, "status", json!({}))["node_info"]["version"].as_str().unwrap().starts_with("0.34."));
    let results = call(&world, "block_results", json!({ "height": "2" }));
    assert!(results.get("begin_block_events").is_some() && results.get("finalize_block_events").is_none());
}

#[test]
fn tendermints_client_of_that_time_reads_it() {
    let world = World::lived();
    let url: HttpClientUrl = format!("http://{}/v034", world.address()).parse().unwrap();
    let client = HttpClient::builder(url).compat_mode(CompatMode::V0_34).build().unwrap();
    world.runtime.block_on(async {
        assert_eq!(client.status().await.unwrap().sync_info.latest_block_height.value(), 3);
        assert_eq!(client.block(2_u32).await.unwrap().block.data.len(), 2);
        assert_eq!(client.block_results(2_u32).await.unwrap().txs_results.unwrap().len(), 2);
        let found = client.tx_search(Query::eq("tx.height", 2), true, 1, 10, Order::Ascending).await.unwrap();
        let events = &found.txs[1].tx_result.events;
        assert!(events.iter().any(|event| event.attributes.iter().any(|one| one.key_str().unwrap() == "recipient")));
    });
}

#[test]
fn events_come_in_it_too() {
    let world = World::lived();
    let mut socket = Socket::open_at(world.address(), "/v034/websocket");
    socket.call("subscribe", json!({ "query": "tm.event='NewBlock'" }));
    world.mine();
    let news = socket.next();
    assert!(news["result"]["data"]["value"]["result_end_block"].is_object(), "{news}");
}
