//! Nodes as processes; what they did is read from their logs.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

const SEIZA: &str = env!("CARGO_BIN_EXE_seiza");
const PATIENCE: Duration = Duration::from_secs(600);

/// Runs the binary to its end.
pub fn seiza(words: &[&str]) {
    let output = Command::new(SEIZA).args(words).output().unwrap();
    assert!(output.status.success(), "seiza {words:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A path as an argument.
pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A running node; dropping it kills it.
pub struct Node {
    child: Child,
    log: PathBuf,
    /// Where peers find it.
    pub peer: String,
    /// When it was started.
    pub started: Instant,
}

impl Node {
    /// Starts the node of a home.
    pub fn start(home: &Path, more: &[&str]) -> Self {
        let (consensus, gossip) = two_ports();
        let log = home.join("log");
        let mut command = Command::new(SEIZA);
        command.args(["start", "--home", text(home), "--log-format", "json", "--discovery", "false"]);
        command.args(["--p2p-host", "127.0.0.1", "--p2p-port", &consensus.to_string()]);
        command.args(["--gossip-port", &gossip.to_string()]);
        for name in ["--http-port", "--ws-port", "--metrics-port", "--tendermint-port"] {
            command.args([name, "0"]);
        }
        // No bound but what the machine can do.
        command.env("SEIZA_STATE_SYNC_SERVE_MB_PER_SECOND", "0");
        command.args(more).stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&log).unwrap());
        let started = Instant::now();
        let child = command.spawn().unwrap();
        Self { child, log, peer: format!("127.0.0.1:{consensus}"), started }
    }

    /// The first log line with this message, once it is there; and when it was seen.
    pub fn says(&mut self, message: &str) -> (Value, Duration) {
        loop {
            let log = std::fs::read_to_string(&self.log).unwrap_or_default();
            let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            if let Some(line) = lines.rev().find(|line| line["message"] == message) {
                return (line, self.started.elapsed());
            }
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none() && self.started.elapsed() < PATIENCE, "it does not say {message:?}:\n{log}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Two free ports, gossip one below consensus.
fn two_ports() -> (u16, u16) {
    loop {
        let consensus = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = consensus.local_addr().unwrap().port();
        if TcpListener::bind(("127.0.0.1", port - 1)).is_ok() {
            return (port, port - 1);
        }
    }
}
