//! A node joins a running network by one command; and the state goes from home to home in a file.

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::localnet::Localnet;
use crate::process::{Devnet, FREE, post, run, seiza};

const PATIENCE: Duration = Duration::from_secs(120);

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn call(address: &str, method: &str, params: Value) -> Option<Value> {
    let question = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    let answer: Value = serde_json::from_str(&post(address, &question.to_string()).ok()?).ok()?;
    Some(answer["result"].clone()).filter(|result| !result.is_null())
}

fn height(address: &str) -> Option<u64> {
    let found = call(address, "eth_blockNumber", json!([]))?;
    u64::from_str_radix(found.as_str()?.trim_start_matches("0x"), 16).ok()
}

fn until<T>(what: &str, mut find: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = find() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// A running node, ended when the test ends; and its log.
struct Running {
    child: Child,
    log: std::path::PathBuf,
}

impl Running {
    fn start(words: &[&str], log: &Path) -> Self {
        let file = std::fs::File::create(log).unwrap();
        let child = seiza(words).stderr(Stdio::from(file)).stdout(Stdio::null()).spawn().unwrap();
        Self { child, log: log.to_owned() }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Where it serves JSON-RPC, as its log says.
    fn http(&mut self) -> String {
        let log = self.log.clone();
        until("the node to listen", || {
            assert!(self.child.try_wait().unwrap().is_none(), "it ended:\n{}", self.log());
            let log = std::fs::read_to_string(&log).unwrap();
            let line = log.lines().find(|line| line.contains("\"listening\""))?.to_owned();
            let line: Value = serde_json::from_str(&line).ok()?;
            Some(line["http"].as_str()?.to_owned())
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where the first node of a localnet serves Tendermint's RPC.
fn rpc_of(net: &Path) -> String {
    let config = std::fs::read_to_string(net.join("node0/config.toml")).unwrap();
    let section = config.split("[server]").nth(1).unwrap();
    let line = section.lines().find(|line| line.starts_with("tendermint_port")).unwrap();
    format!("http://127.0.0.1:{}", line.rsplit(' ').next().unwrap())
}

#[test]
fn a_fresh_node_joins_a_localnet_by_state_sync_in_one_command_and_follows() {
    let folder = tempfile::tempdir().unwrap();
    let net_home = folder.path().join("net");
    let net = Localnet::start(&["--validators", "3", "--home", text(&net_home), "--block-time", "200ms"]);
    net.reach(25);
    let rpc = rpc_of(&net_home);
    let home = folder.path().join("new");
    let words = [&["join", "--home", text(&home), "--rpc", &rpc, "--log-format", "json"][..], &FREE].concat();
    let mut node = Running::start(&words, &folder.path().join("new.log"));
    let http = node.http();
    let log = node.log();
    assert!(log.contains("the state is installed"), "{log}");
    let first = log.lines().find(|line| line.contains("the state is installed")).unwrap();
    let synced = serde_json::from_str::<Value>(first).unwrap()["height"].as_u64().unwrap();
    assert!(synced >= 20, "{synced}: the blocks before were not fetched");
    let reached = until("the new node to follow", || height(&http).filter(|height| *height >= synced + 10));
    let shared =
        until("all to have it", || net.nodes.iter().all(|node| height(node) >= Some(reached)).then_some(reached));
    let block = |address: &str| call(address, "eth_getBlockByNumber", json!([format!("{shared:#x}"), false])).unwrap();
    // The hash covers the app hash of the height before.
    assert_eq!(block(&http)["hash"], block(&net.nodes[0])["hash"]);
    let old = call(&http, "eth_getBlockByNumber", json!(["0x2", false]));
    assert!(old.is_none(), "it never had the first blocks: {old:?}");
    drop(node);
    // The same command goes on, with its own blocks.
    let mut node = Running::start(&words, &folder.path().join("again.log"));
    let http = node.http();
    until("it to follow again", || height(&http).filter(|height| *height > shared + 5));
    assert!(!node.log().contains("the state is installed"));
}

#[test]
fn a_node_that_is_killed_while_it_joins_joins_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let net_home = folder.path().join("net");
    let net = Localnet::start(&["--validators", "1", "--home", text(&net_home), "--block-time", "200ms"]);
    net.reach(10);
    let (rpc, home) = (rpc_of(&net_home), folder.path().join("new"));
    let words = [&["join", "--home", text(&home), "--rpc", &rpc, "--log-format", "json"][..], &FREE].concat();
    // From the first file written to the first blocks followed; dropping it is a kill -9.
    for ms in [150, 900, 2_000, 2_150, 2_250, 2_350, 2_450, 2_600, 2_800, 3_200] {
        let node = Running::start(&words, &folder.path().join("killed.log"));
        std::thread::sleep(Duration::from_millis(ms));
        drop(node);
        // Half-written files of a home are not gone on with: they are taken away, as its user would.
        if !home.join("genesis.json").exists() {
            let _ = std::fs::remove_dir_all(&home);
        }
    }
    let mut node = Running::start(&words, &folder.path().join("new.log"));
    let http = node.http();
    let from = height(&http).unwrap();
    until("the node to follow", || height(&http).filter(|height| *height >= from + 5));
}

#[test]
fn a_state_goes_from_home_to_home_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new, file) = (folder.path().join("old"), folder.path().join("new"), folder.path().join("a.snapshot"));
    let devnet = Devnet::start(&old, &["--block-time", "20ms"]);
    devnet.await_height(30);
    let failure = run(&["snapshot", "create", "--home", text(&old)]);
    assert!(failure.0 == Some(1) && failure.2.contains("another seiza runs on this folder"), "{failure:?}");
    let account = crate::account::FIRST;
    let balance = devnet.call("eth_getBalance", json!([account, "latest"])).unwrap();
    assert_eq!(devnet.end("-INT"), Some(0));
    let done = |words: &[&str]| {
        let (code, out, err) = run(words);
        assert_eq!(code, Some(0), "{words:?}: {out}{err}");
        out
    };
    done(&["snapshot", "create", "--home", text(&old)]);
    let listed: Value = serde_json::from_str(&done(&["snapshot", "list", "--home", text(&old), "--json"])).unwrap();
    let height = listed[0]["height"].as_u64().unwrap();
    assert!(height >= 29 && listed[0]["missing"] == 0, "{listed}");
    done(&["snapshot", "export", text(&file), "--home", text(&old)]);
    let genesis = old.join("genesis.json");
    done(&["init", "--home", text(&new), "--genesis", text(&genesis)]);
    done(&["snapshot", "import", text(&file), "--home", text(&new)]);
    assert!(done(&["snapshot", "restore", "--home", text(&new)]).contains(&format!("restored height {height}")));
    let (code, _, err) = run(&["snapshot", "restore", "--home", text(&new)]);
    assert!(code == Some(1) && err.contains("--replace"), "{err}");
    done(&["snapshot", "restore", "--home", text(&new), "--replace"]);
    let words = [&["start", "--home", text(&new), "--log-format", "json"][..], &FREE].concat();
    let mut node = Running::start(&words, &folder.path().join("new.log"));
    let http = node.http();
    assert_eq!(self::height(&http), Some(height));
    assert_eq!(call(&http, "eth_getBalance", json!([account, "latest"])), Some(balance));
    drop(node);
    // A changed byte is found, and said.
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() - 200;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let (code, _, err) = run(&["snapshot", "import", text(&file), "--home", text(&new)]);
    assert!(code == Some(1) && err.contains("chunks are missing"), "{err}");
    let (code, _, err) = run(&["snapshot", "import", text(&genesis), "--home", text(&new)]);
    assert!(code == Some(1) && err.contains("no snapshot of seiza's"), "{err}");
}
