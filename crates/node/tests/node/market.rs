//! `seiza devnet --with-market`: both markets trade within seconds, prices move, and all of it stops with the devnet.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::process::{Devnet, FREE, get, run};

/// How long a market may take to trade at several prices.
const PATIENCE: Duration = Duration::from_secs(60);

/// The clearing prices that a block tells of, by market.
fn cleared(devnet: &Devnet, height: u64) -> Vec<(String, String)> {
    let path = format!("/block_results?height={height}");
    let answer: Value = serde_json::from_str(&get(&devnet.endpoint("Tendermint"), &path).unwrap()).unwrap();
    let events = answer["result"]["finalize_block_events"].as_array().cloned().unwrap_or_default();
    let attribute = |event: &Value, name: &str| {
        let found = event["attributes"].as_array()?.iter().find(|attribute| attribute["key"] == name)?;
        found["value"].as_str().map(str::to_owned)
    };
    let price = |event: &Value| Some((attribute(event, "market")?, attribute(event, "price")?));
    events.iter().filter(|event| event["type"] == "market_cleared").filter_map(price).collect()
}

#[test]
fn both_markets_trade_at_moving_prices() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path().join("chain");
    let devnet = Devnet::start(&home, &["--with-market"]);
    let (start, mut next, mut prices) = (Instant::now(), 1, BTreeMap::<String, Vec<String>>::new());
    while prices.len() < 2 || prices.values().any(|seen| seen.len() < 3) {
        assert!(start.elapsed() < PATIENCE, "prices of {} blocks: {prices:?}", next - 1);
        devnet.await_height(next);
        for (market, price) in cleared(&devnet, next) {
            let seen = prices.entry(market).or_default();
            if !seen.contains(&price) {
                seen.push(price);
            }
        }
        next += 1;
    }
    assert_eq!(devnet.end("-INT"), Some(0), "the crowd stops with the devnet");

    let devnet = Devnet::start(&home, &["--with-market"]);
    let (begun, start) = (devnet.height(), Instant::now());
    let mut next = begun + 1;
    devnet.await_height(next);
    while cleared(&devnet, next).is_empty() {
        assert!(start.elapsed() < PATIENCE, "a continued chain trades on");
        next += 1;
        devnet.await_height(next);
    }
    assert_eq!(devnet.end("-TERM"), Some(0));
}

#[test]
fn the_crowd_trades_beside_a_node_that_runs_without_it() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path().join("chain");
    assert_eq!(Devnet::start(&home, &["--with-market"]).end("-INT"), Some(0));
    let devnet = Devnet::start(&home, &[]);
    let begun = devnet.height();
    let [url, tendermint] = ["HTTP", "Tendermint"].map(|name| format!("http://{}", devnet.endpoint(name)));
    let arguments = ["exchange", "make-market", "--url", &url, "--tendermint", &tendermint, "--lasting", "6s"];
    let (code, said, error) = run(&arguments);
    assert_eq!((code, said.starts_with("trading in usei/uusdc and ueth/uusdc")), (Some(0), true), "{said}{error}");
    let traded = (begun + 1..=devnet.height()).any(|height| !cleared(&devnet, height).is_empty());
    assert!(traded, "blocks {begun} to {}", devnet.height());
    assert_eq!(devnet.end("-INT"), Some(0));
}

#[test]
fn a_chain_without_the_crowds_funds_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path().join("chain");
    let devnet = Devnet::start(&home, &[]);
    let url = format!("http://{}", devnet.endpoint("HTTP"));
    let (code, _, error) = run(&["exchange", "make-market", "--url", &url]);
    assert_eq!((code, error.contains("no usei for the crowd's accounts")), (Some(1), true), "{error}");
    assert_eq!(devnet.end("-INT"), Some(0));
    let mut arguments = vec!["devnet", "--with-market", "--home", home.to_str().unwrap()];
    arguments.extend(FREE);
    let (code, _, error) = run(&arguments);
    assert_eq!(code, Some(1));
    assert!(error.contains("founded without --with-market"), "{error}");
}
