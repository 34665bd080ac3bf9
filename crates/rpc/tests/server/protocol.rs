//! JSON-RPC itself: malformed requests, batches, and what HTTP puts around them.

use serde_json::{Value, json};

use crate::client::{Socket, announce, post, request};
use crate::wallet::Wallet;
use crate::world::World;

#[test]
fn malformed_requests_get_the_standard_errors() {
    let world = World::new();
    let table = [
        ("{", -32700),
        ("not json", -32700),
        ("", -32700),
        (r#"{"jsonrpc":"2.0","id":1}"#, -32600),
        (r#"{"id":1,"method":"eth_chainId"}"#, -32600),
        (r#"{"jsonrpc":"1.0","id":1,"method":"eth_chainId"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":7}"#, -32600),
        ("[]", -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":"nothing"}"#, -32601),
        (r#"{"jsonrpc":"2.0","id":1,"method":"eth_getCode","params":"x"}"#, -32602),
    ];
    for (body, code) in table {
        let answer = post(world.http(), body).json();
        assert_eq!(answer["error"]["code"], code, "{body}: {answer}");
    }
}

#[test]
fn ids_come_back_as_they_were() {
    let world = World::new();
    for id in [json!(0), json!(7), json!("seven"), json!(null)] {
        let body = json!({ "jsonrpc": "2.0", "id": id, "method": "eth_blockNumber" });
        assert_eq!(
            post(world.http(), &body.to_string()).json(),
            json!({ "jsonrpc": "2.0", "id": id, "result": "0x0" })
        );
    }
}

#[test]
fn batches_answer_each_call_in_order() {
    let world = World::new();
    let body = json!([
        { "jsonrpc": "2.0", "id": 1, "method": "eth_blockNumber" },
        { "jsonrpc": "2.0", "method": "eth_blockNumber" },
        17,
        { "jsonrpc": "2.0", "id": 2, "method": "eth_foo" },
        { "jsonrpc": "2.0", "id": 3, "method": "eth_call", "params": [{}] },
        { "jsonrpc": "2.0", "id": 4 },
    ]);
    let answers = post(world.http(), &body.to_string()).json();
    let summary: Vec<Value> = answers
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| json!([answer["id"], answer["result"], answer["error"]["code"]]))
        .collect();
    assert_eq!(
        Value::from(summary),
        json!([[1, "0x0", null], [null, null, -32600], [2, null, -32601], [3, "0x", null], [4, null, -32600]])
    );
}

#[test]
fn a_notification_gets_no_answer() {
    let world = World::new();
    let single = post(world.http(), r#"{"jsonrpc":"2.0","method":"eth_blockNumber"}"#);
    assert!(!single.text().contains("result"), "{}", single.text());
}

#[test]
fn a_batch_that_is_too_long_is_refused_whole() {
    let world = World::new();
    let calls = vec![json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_blockNumber" }); 1_001];
    assert_eq!(post(world.http(), &Value::from(calls).to_string()).json()["error"]["code"], -32010);
}

#[test]
fn a_body_that_is_too_long_is_refused_before_it_is_read() {
    let world = World::new();
    let answer = announce(world.http(), 17 << 20);
    assert_eq!((answer.status, &answer.json()["error"]["code"]), (413, &json!(-32007)));
    assert_eq!(world.call("eth_blockNumber", json!([])), "0x0", "the server goes on");
}

#[test]
fn web_pages_and_load_balancers_are_served() {
    let world = World::new();
    let preflight = request(
        world.http(),
        "OPTIONS",
        "Origin: https://dapp.example\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\n",
        "",
    );
    assert_eq!(preflight.status, 200);
    assert!(preflight.headers.contains("access-control-allow-origin: *"), "{}", preflight.headers);
    let health = request(world.http(), "GET", "", "");
    assert_eq!((health.status, health.body.len()), (200, 0));
    assert_eq!(request(world.http(), "PUT", "", "").status, 405);
    assert_eq!(request(world.http(), "POST", "Content-Type: text/plain\r\n", "{}").status, 415);
}

#[test]
fn long_answers_are_compressed_for_those_who_ask() {
    let world = World::new();
    let ask = "Content-Type: application/json\r\nAccept-Encoding: gzip\r\n";
    let call = |method: &str| format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":["latest",false]}}"#);
    let long = request(world.http(), "POST", ask, &call("eth_getBlockByNumber"));
    assert!(long.headers.contains("content-encoding: gzip"), "{}", long.headers);
    let short = request(world.http(), "POST", ask, &call("eth_blockNumber"));
    assert!(!short.headers.contains("content-encoding"), "{}", short.headers);
}

#[test]
fn both_ports_speak_both_languages() {
    let world = World::new();
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}"#;
    for address in [world.http(), world.ws()] {
        assert_eq!(post(address, body).json()["result"], "0xae3f2");
        assert_eq!(Socket::open(address).call("eth_chainId", json!([]))["result"], "0xae3f2");
    }
}

#[test]
fn a_websocket_survives_nonsense() {
    let world = World::new();
    let mut socket = Socket::open(world.ws());
    for (text, code) in [("hello", -32700), ("{", -32700), (r#"{"id":1}"#, -32600), ("[]", -32600)] {
        socket.send(text);
        assert_eq!(socket.next()["error"]["code"], code, "{text}");
    }
    socket.send(&json!([{ "jsonrpc": "2.0", "id": 1, "method": "eth_chainId" }]).to_string());
    assert_eq!(socket.next(), json!([{ "jsonrpc": "2.0", "id": 1, "result": "0xae3f2" }]));
}

#[test]
fn a_batch_of_transactions_is_taken_in_order() {
    let world = World::new();
    let alice = Wallet::new(1);
    let send = |id: u64| json!({ "jsonrpc": "2.0", "id": id, "method": "eth_sendRawTransaction", "params": [alice.transfer(id, alice.address(), 1)] });
    let mut calls: Vec<Value> = (0..50).map(send).collect();
    calls.push(send(0));
    calls.push(json!({ "jsonrpc": "2.0", "id": 51, "method": "eth_sendRawTransaction", "params": ["0xzz"] }));
    calls.push(json!({ "jsonrpc": "2.0", "id": 52, "method": "txpool_status", "params": [] }));
    let answers = post(world.http(), &Value::from(calls).to_string()).json();
    let answers = answers.as_array().unwrap();
    assert!(answers[..50].iter().enumerate().all(|(id, answer)| answer["id"] == id && answer["result"].is_string()));
    assert_eq!(answers[50]["error"], json!({ "code": -32000, "message": "already known" }));
    assert_eq!(answers[51]["error"]["code"], -32602);
    assert_eq!(answers[52]["result"], json!({ "pending": "0x32", "queued": "0x0" }));
    world.mine();
    assert_eq!(world.call("eth_getTransactionCount", json!([alice.address(), "latest"])), "0x32");
}
