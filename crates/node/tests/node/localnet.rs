//! A local network's life: it starts its nodes, shows them, and leaves none behind.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::process::{finish, post, seiza};

const START_MAX: Duration = Duration::from_secs(120);

/// A running `seiza localnet`, and where its nodes serve JSON-RPC.
pub struct Localnet {
    child: Child,
    lines: Receiver<String>,
    /// Where its nodes serve JSON-RPC.
    pub nodes: Vec<String>,
    pids: Vec<String>,
}

impl Localnet {
    /// Starts one with these flags.
    pub fn start(flags: &[&str]) -> Self {
        // Every first node takes the ports that all tools know, if they are free: two at a time would race for them.
        static STARTING: Mutex<()> = Mutex::new(());
        let _alone = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
        let mut command = seiza(&[&["localnet"], flags].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let (sender, lines) = mpsc::channel();
        let out = child.stdout.take().unwrap();
        std::thread::spawn(move || {
            BufReader::new(out).lines().map_while(Result::ok).for_each(|line| drop(sender.send(line)));
        });
        let mut net = Self { child, lines, nodes: Vec::new(), pids: Vec::new() };
        while !net.line().starts_with("Listening on ") {}
        net
    }

    /// The next line; those of the banner that name a node's address and process are noted.
    fn line(&mut self) -> String {
        let line = self.lines.recv_timeout(START_MAX).expect("it goes on");
        if let Some((_, rest)) = line.split_once("  http://").filter(|_| line.starts_with("node")) {
            self.nodes.push(rest.split(' ').next().unwrap().to_owned());
            self.pids.push(rest.rsplit(' ').next().unwrap().to_owned());
        }
        line
    }

    fn height(address: &str) -> std::io::Result<u64> {
        let answer = post(address, &json!({"jsonrpc": "2.0", "id": 1, "method": "eth_blockNumber"}).to_string())?;
        let answer: serde_json::Value = serde_json::from_str(&answer)?;
        let digits = answer["result"].as_str().unwrap().trim_start_matches("0x");
        Ok(u64::from_str_radix(digits, 16).unwrap())
    }

    /// Waits until every node is at `height` or higher.
    pub fn reach(&self, height: u64) {
        let start = Instant::now();
        while self.nodes.iter().any(|node| Self::height(node).ok().is_none_or(|found| found < height)) {
            assert!(start.elapsed() < START_MAX, "not all nodes reach height {height}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Sends a signal and waits for the end: exit code and the last line.
    fn end(mut self, signal: &str) -> (Option<i32>, String) {
        let id = self.child.id().to_string();
        assert!(std::process::Command::new("kill").args([signal, &id]).status().unwrap().success());
        let mut last = String::new();
        while let Ok(line) = self.lines.recv_timeout(START_MAX) {
            last = line;
        }
        (self.child.wait().unwrap().code(), last)
    }
}

impl Drop for Localnet {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Nobody listens at any of these addresses, at the latest after a while.
fn assert_gone(nodes: &[String]) {
    let start = Instant::now();
    while nodes.iter().any(|node| Localnet::height(node).is_ok()) {
        assert!(start.elapsed() < Duration::from_secs(40), "a node outlives its localnet");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn kept(folder: &Path) -> String {
    folder.join("net").to_str().unwrap().to_owned()
}

#[test]
fn one_validator_starts_shows_stops_and_continues() {
    let folder = tempfile::tempdir().unwrap();
    let home = kept(folder.path());
    let flags = ["--validators", "1", "--home", &home, "--block-time", "50ms"];
    let mut net = Localnet::start(&flags);
    assert_eq!(net.nodes.len(), 1);
    net.reach(5);
    let rows = std::iter::repeat_with(|| net.line()).filter(|line| line.starts_with("node0 "));
    let running = rows.take(3).any(|row| row.ends_with("running"));
    assert!(running, "a row says so");
    let nodes = net.nodes.clone();
    let (code, last) = net.end("-INT");
    assert_eq!(code, Some(0));
    assert!(last.starts_with("Stopped. The chain is kept in "), "{last}");
    assert_gone(&nodes);
    let net = Localnet::start(&flags[2..]);
    assert!(Localnet::height(&net.nodes[0]).unwrap() >= 5, "it goes on where it was");
    assert_eq!(net.nodes, nodes, "ports stay");
    assert_eq!(net.end("-TERM").0, Some(0));
}

#[test]
fn nodes_end_with_it_even_if_it_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let net = Localnet::start(&["--validators", "1", "--home", &kept(folder.path())]);
    let nodes = net.nodes.clone();
    assert_eq!(net.end("-KILL").0, None);
    assert_gone(&nodes);
}

#[test]
fn a_node_that_ends_is_started_again_where_that_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let home = kept(folder.path());
    let mut net = Localnet::start(&["--validators", "1", "--home", &home, "--restart", "--block-time", "50ms"]);
    net.reach(2);
    assert!(std::process::Command::new("kill").args(["-KILL", &net.pids[0]]).status().unwrap().success());
    while !net.line().ends_with(": started again") {}
    let start = Instant::now();
    while Localnet::height(&net.nodes[0]).is_err() {
        assert!(start.elapsed() < START_MAX, "it does not come back");
        std::thread::sleep(Duration::from_millis(50));
    }
    net.reach(3);
    assert_eq!(net.end("-INT").0, Some(0));
}

#[test]
fn a_node_that_cannot_start_is_told_with_its_reason() {
    let taken = (0..200).find_map(|_| {
        let listener = TcpListener::bind("127.0.0.1:0").ok()?;
        let base = listener.local_addr().ok()?.port().checked_sub(3)?;
        (base < 60_000).then_some((base.to_string(), listener))
    });
    let (base, _listener) = taken.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let flags = ["localnet", "--validators", "1", "--base-port", &base, "--home", &kept(folder.path())];
    let (code, out, err) = finish(&mut seiza(&flags));
    assert_eq!((code, err.lines().count()), (Some(1), 1), "{out}{err}");
    assert!(err.starts_with("error: node0 cannot start: port ") && err.contains("is in use"), "{err}");
    let log = err.trim_end().rsplit_once("(log: ").unwrap().1.trim_end_matches(')');
    assert!(Path::new(log).exists(), "{log} is there to be read");
}

#[test]
fn four_validators_agree_and_stop() {
    let net = Localnet::start(&["--block-time", "200ms"]);
    assert_eq!(net.nodes.len(), 4);
    net.reach(5);
    let hash = |node: &String| {
        let question = json!({"jsonrpc": "2.0", "id": 1, "method": "eth_getBlockByNumber", "params": ["0x3", false]});
        let answer: serde_json::Value = serde_json::from_str(&post(node, &question.to_string()).unwrap()).unwrap();
        answer["result"]["hash"].as_str().unwrap().to_owned()
    };
    let hashes: std::collections::BTreeSet<String> = net.nodes.iter().map(hash).collect();
    assert_eq!(hashes.len(), 1, "one block at a height");
    let nodes = net.nodes.clone();
    let (code, last) = net.end("-INT");
    assert_eq!(code, Some(0));
    assert!(last.starts_with("Stopped. The temporary ") && last.ends_with("is removed."), "{last}");
    assert_gone(&nodes);
}
