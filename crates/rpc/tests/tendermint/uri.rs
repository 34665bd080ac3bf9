//! Calls by GET, batches, and what bad requests get.

use serde_json::{Value, json};

use crate::client;
use crate::world::{World, base64};

fn get(world: &World, path: &str) -> (u16, Value) {
    let answer = client::request(world.address(), &format!("GET {path}"), "", "");
    (answer.status, answer.json())
}

#[test]
fn quoting_is_comets() {
    let world = World::lived();
    let hash = world.call("block", json!({ "height": "2" }))["block_id"]["hash"].as_str().unwrap().to_owned();
    let tx = world.call("tx_search", json!({ "query": "tx.height=2" }))["txs"][0]["hash"].as_str().unwrap().to_owned();
    let table = [
        ("/block?height=2".to_owned(), "/result/block/header/height", json!("2")),
        ("/block?height=\"2\"".replace('"', "%22"), "/result/block/header/height", json!("2")),
        (format!("/block_by_hash?hash=0x{hash}"), "/result/block/header/height", json!("2")),
        (format!("/tx?hash=0x{tx}&prove=true"), "/result/proof/proof/total", json!("2")),
        ("/tx_search?query=%22tx.height=2%22&per_page=1".to_owned(), "/result/total_count", json!("2")),
        ("/abci_query?path=%22/app/version%22".to_owned(), "/result/response/code", json!(0)),
        ("/health".to_owned(), "/result", json!({})),
        ("/status?".to_owned(), "/id", json!(-1)),
    ];
    for (path, pointer, expected) in table {
        let (status, answer) = get(&world, &path);
        assert_eq!((status, answer.pointer(pointer)), (200, Some(&expected)), "{path}: {answer}");
    }
}

#[test]
fn errors_are_comets() {
    let world = World::lived();
    let table = [
        ("block", json!({ "height": "0" }), -32_603, "height must be greater than 0, but got 0"),
        ("block", json!({ "height": "-3" }), -32_603, "height must be greater than 0, but got -3"),
        (
            "block",
            json!({ "height": "99" }),
            -32_603,
            "height 99 must be less than or equal to the current blockchain height 3",
        ),
        (
            "block",
            json!({ "height": "x" }),
            -32_602,
            "error converting json params to arguments: height: \"x\" is no whole",
        ),
        ("tx", json!({ "hash": base64([1; 32]) }), -32_603, "tx (0101010101010101"),
        ("tx_search", json!({ "query": "" }), -32_603, "query cannot be empty"),
        ("tx_search", json!({ "query": "malformed query" }), -32_603, "failed to parse query: offset 10"),
        ("tx_search", json!({ "query": "tx.height=2", "order_by": "up" }), -32_603, "expected order_by to be either"),
        (
            "tx_search",
            json!({ "query": "tx.height=2", "page": "2" }),
            -32_603,
            "page should be within [1, 1] range, given 2",
        ),
        ("no_such_method", json!({}), -32_601, ""),
        ("subscribe", json!({ "query": "tm.event='Tx'" }), -32_601, ""),
    ];
    for (method, params, code, text) in table {
        let (found, data) = world.fails(method, params.clone());
        assert_eq!(found, code, "{method} {params}: {data}");
        assert!(data.starts_with(text), "{method} {params}: {data}");
    }
    let (status, answer) = get(&world, "/block?height=99");
    assert_eq!((status, &answer["error"]["message"]), (500, &json!("Internal error")));
    assert_eq!(get(&world, "/nothing").0, 404);
}

#[test]
fn batches_and_broken_bodies() {
    let world = World::lived();
    let post = |body: &str| client::post(world.address(), body).json();
    let both = post(r#"[{"jsonrpc":"2.0","id":"a","method":"health"},{"jsonrpc":"2.0","id":2,"method":"status"}]"#);
    assert_eq!((&both[0]["id"], &both[1]["id"]), (&json!("a"), &json!(2)));
    assert_eq!(post("{")["error"]["code"], -32_700);
    assert_eq!(post("[]")["error"]["code"], -32_600);
    let long = client::announce(world.address(), 64 << 20);
    assert_eq!(long.status, 413);
    let page = client::request(world.address(), "GET /", "", "");
    assert!(page.text().contains("/tx_search?query=_"));
}
