//! A devnet's life: it starts from nothing, mines at once, stops cleanly, continues.

use std::time::{Duration, Instant};

use alloy_primitives::Address;
use serde_json::json;

use crate::account::{FIRST, transfer};
use crate::process::{Devnet, WORDS, get, run, seiza, texts};

#[test]
fn it_starts_mines_stops_and_continues() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path().join("chain");
    let devnet = Devnet::start(&home, &["--block-time", "10m"]);
    assert_eq!(devnet.number("eth_chainId", json!([])), 713_714);
    let start = Instant::now();
    let hash = devnet.call("eth_sendRawTransaction", json!([transfer(0, Address::repeat_byte(1))])).unwrap();
    let receipt = devnet.receipt(&hash);
    assert!(start.elapsed() < Duration::from_secs(5), "a waiting transaction gets a block at once");
    assert_eq!((receipt["status"].as_str(), receipt["blockNumber"].as_str()), (Some("0x1"), Some("0x1")));
    let block = devnet.call("eth_getBlockByNumber", json!(["latest", false])).unwrap();
    assert_eq!(devnet.end("-INT"), Some(0));

    let devnet = Devnet::start(&home, &["--block-time", "10m"]);
    assert_eq!(devnet.call("eth_getBlockByNumber", json!(["latest", false])).unwrap(), block);
    assert_eq!(devnet.receipt(&hash), receipt);
    assert_eq!(devnet.number("eth_getTransactionCount", json!([FIRST, "latest"])), 1);
    let hash = devnet.call("eth_sendRawTransaction", json!([transfer(1, Address::repeat_byte(1))])).unwrap();
    assert_eq!(devnet.receipt(&hash)["blockNumber"], "0x2");
    assert_eq!(devnet.number("eth_getBalance", json!([Address::repeat_byte(1), "0x1"])), 1, "the past stays readable");
    assert_eq!(devnet.number("eth_getBalance", json!([Address::repeat_byte(1), "latest"])), 2);
    assert_eq!(devnet.end("-TERM"), Some(0));
}

#[test]
fn an_echo_of_the_signal_is_no_second_request() {
    let home = tempfile::tempdir().unwrap();
    for (first, echo) in [("-INT", "-INT"), ("-TERM", "-INT"), ("-INT", "-TERM"), ("-TERM", "-TERM")] {
        let devnet = Devnet::start(&home.path().join("chain"), &["--block-time", "5ms"]);
        devnet.send(first);
        // It may have ended by itself in between: a signal to what has ended but is not waited for is no error.
        assert_eq!(devnet.end(echo), Some(0), "{first} {echo}");
    }
}

#[test]
fn a_stopped_devnet_says_what_became_of_its_home() {
    let free = ["devnet", "--http-port", "0", "--ws-port", "0", "--metrics-port", "0", "--tendermint-port", "0"];
    let kept = tempfile::tempdir().unwrap();
    let kept = kept.path().join("chain");
    for (more, expected) in [(vec![], "is removed"), (vec!["--home", kept.to_str().unwrap()], "is kept in ")] {
        let mut child = seiza(&free).args(more).stdout(std::process::Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_secs(3));
        std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        let mut out = String::new();
        std::io::Read::read_to_string(&mut child.stdout.take().unwrap(), &mut out).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0));
        let last = out.lines().last().unwrap();
        assert!(last.starts_with("Stopped. ") && last.contains(expected), "{out}");
    }
    assert!(kept.join("genesis.json").exists());
}

#[test]
fn empty_blocks_come_at_the_block_time() {
    let home = tempfile::tempdir().unwrap();
    let devnet = Devnet::start(&home.path().join("chain"), &["--block-time", "20ms"]);
    let start = Instant::now();
    while devnet.height() < 10 {
        assert!(start.elapsed() < Duration::from_secs(30), "no blocks");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(start.elapsed() >= Duration::from_millis(150));
}

#[test]
fn the_banner_says_what_a_developer_needs() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path().join("chain");
    let devnet = Devnet::start(&home, &["--accounts", "2", "--balance", "77", "--chain-id", "713714"]);
    let expected = [
        FIRST,
        "sei1",
        "(77 SEI)",
        "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
        "test test test test test test test test test test test junk",
        "m/44'/60'/0'/0/",
        "713714",
        "1000000000 wei",
        "100000000",
        "(kept; the same command continues this chain)",
    ];
    for text in expected {
        assert!(devnet.banner.contains(text), "{text} is missing in\n{}", devnet.banner);
    }
    let metrics = get(&devnet.endpoint("Metrics"), "/metrics").unwrap();
    assert!(metrics.contains("# TYPE") || metrics.is_empty(), "{metrics}");
}

#[test]
fn metrics_tell_of_blocks() {
    let home = tempfile::tempdir().unwrap();
    let devnet = Devnet::start(&home.path().join("chain"), &[]);
    let hash = devnet.call("eth_sendRawTransaction", json!([transfer(0, Address::repeat_byte(1))])).unwrap();
    devnet.receipt(&hash);
    let metrics = get(&devnet.endpoint("Metrics"), "/metrics").unwrap();
    for name in [
        "seiza_height ",
        "seiza_txs_total 1",
        "seiza_block_execute_seconds_bucket{mode=\"optimistic\"",
        "seiza_execution_txs_total{mode=\"optimistic\"} 1",
        "seiza_execution_jobs_total{way=\"sequential\"} 1",
        "seiza_execution_conflicts_total 0",
        "seiza_block_re_executions 0",
        "seiza_mempool_ready 0",
        "seiza_rpc_calls_total{",
    ] {
        assert!(metrics.contains(name), "{name} is missing in\n{metrics}");
    }
}

#[test]
fn status_tells_of_a_running_node() {
    let home = tempfile::tempdir().unwrap();
    let devnet = Devnet::start(&home.path().join("chain"), &["--block-time", "10m"]);
    let url = format!("http://{}", devnet.http());
    let (code, out, err) = run(&["status", "--url", &url]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(out.contains("chain id      713714\nheight        0\n") && out.contains(" ago)"), "{out}");
    let (_, out, _) = run(&["status", "--url", &url, "--json"]);
    let status: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&status["chain_id"], &status["syncing"]), (&json!(713_714), &json!(false)));
}

#[test]
fn init_then_start() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path().join("node");
    let (code, out, err) = run(&["init", "--home", home.to_str().unwrap(), "--accounts", "1", "--mnemonic", WORDS]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    let (code, _, err) = run(&["init", "--home", home.to_str().unwrap()]);
    assert_eq!(code, Some(1));
    assert!(err.contains("is not empty"), "{err}");

    let mut node = seiza(&[
        "start",
        "--home",
        home.to_str().unwrap(),
        "--http-port",
        "0",
        "--ws-port",
        "0",
        "--tendermint-port",
        "0",
    ]);
    node.args(["--metrics-port", "0", "--log-format", "json", "--block-time", "20ms"]);
    let mut child = node.stderr(std::process::Stdio::piped()).stdout(std::process::Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(3));
    assert!(child.try_wait().unwrap().is_none(), "it runs");
    std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let (code, _, err) = texts(child.wait_with_output().unwrap());
    assert_eq!(code, Some(0), "{err}");
    let lines: Vec<serde_json::Value> = err.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().any(|line| line["message"] == "listening" && line["http"].is_string()), "{err}");
    assert!(lines.iter().any(|line| line["message"] == "block" && line["height"].is_u64()), "{err}");
}
