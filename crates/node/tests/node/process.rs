//! Starts the binary, talks to it by plain HTTP, and ends it in every way.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const START_MAX: Duration = Duration::from_secs(60);
const STOP_MAX: Duration = Duration::from_secs(30);

/// The words that every developer knows.
pub const WORDS: &str = "test test test test test test test test test test test junk";

/// Flags for ports that nobody else has.
pub const FREE: [&str; 12] = [
    "--http-port",
    "0",
    "--ws-port",
    "0",
    "--metrics-port",
    "0",
    "--tendermint-port",
    "0",
    "--p2p-port",
    "0",
    "--gossip-port",
    "0",
];

/// The binary with arguments, its environment free of ours.
pub fn seiza(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_seiza"));
    command.args(arguments).stdin(Stdio::null());
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SEIZA_")) {
        command.env_remove(name);
    }
    command
}

/// Runs to the end: exit code, standard output, standard error.
pub fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    finish(&mut seiza(arguments))
}

/// Runs a command to its end; one that goes on for too long is killed, so that its exit code is none.
pub fn finish(command: &mut Command) -> (Option<i32>, String, String) {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (id, (done, over)) = (child.id().to_string(), mpsc::channel::<()>());
    let watchdog = std::thread::spawn(move || {
        if over.recv_timeout(START_MAX).is_err() {
            let _ = Command::new("kill").args(["-KILL", &id]).status();
        }
    });
    let output = child.wait_with_output().unwrap();
    let _ = done.send(());
    watchdog.join().unwrap();
    texts(output)
}

/// An output's three parts as text.
pub fn texts(output: Output) -> (Option<i32>, String, String) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// A running devnet on free ports.
pub struct Devnet {
    child: Child,
    /// What it printed before it listened.
    pub banner: String,
    http: String,
}

impl Devnet {
    /// Starts one in `home` with more arguments.
    pub fn start(home: &Path, more: &[&str]) -> Self {
        let mut command = seiza(&["devnet", "--home", home.to_str().unwrap()]);
        let mut child = command.args(FREE).args(more).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (lines, received) = mpsc::channel();
        for stream in [
            Box::new(child.stdout.take().unwrap()) as Box<dyn std::io::Read + Send>,
            Box::new(child.stderr.take().unwrap()),
        ] {
            let lines = lines.clone();
            // Reads on to the end, so that a full pipe never stops the node.
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    let _ = lines.send(line);
                }
            });
        }
        let mut banner = String::new();
        let http = loop {
            let line = received.recv_timeout(START_MAX).unwrap_or_else(|_| panic!("no start:\n{banner}"));
            if let Some(address) = line.strip_prefix("Listening on ") {
                break address.to_owned();
            }
            banner.push_str(&line);
            banner.push('\n');
        };
        Self { child, banner, http }
    }

    /// Calls a method; gives its result, or the error object.
    pub fn call(&self, method: &str, params: Value) -> Result<Value, Value> {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
        let answer = post(&self.http, &body).map_err(|error| json!(error.to_string()))?;
        let answer: Value = serde_json::from_str(&answer).map_err(|error| json!(error.to_string()))?;
        if answer["error"].is_null() { Ok(answer["result"].clone()) } else { Err(answer["error"].clone()) }
    }

    /// A quantity that a method gives.
    pub fn number(&self, method: &str, params: Value) -> u64 {
        let answer = self.call(method, params).unwrap();
        u64::from_str_radix(answer.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
    }

    /// The newest height.
    pub fn height(&self) -> u64 {
        self.number("eth_blockNumber", json!([]))
    }

    /// Waits for that height.
    pub fn await_height(&self, height: u64) {
        let start = Instant::now();
        while self.height() < height {
            assert!(start.elapsed() < START_MAX, "height {} and not {height}", self.height());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for a transaction's receipt.
    pub fn receipt(&self, hash: &Value) -> Value {
        let start = Instant::now();
        while start.elapsed() < START_MAX {
            let receipt = self.call("eth_getTransactionReceipt", json!([hash])).unwrap();
            if !receipt.is_null() {
                return receipt;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("no receipt of {hash}");
    }

    /// Where a URL of the banner points: the address behind a title such as `Metrics`.
    pub fn endpoint(&self, title: &str) -> String {
        let line = self.banner.lines().find(|line| line.starts_with(title)).unwrap();
        line.split("://").nth(1).unwrap().split('/').next().unwrap().to_owned()
    }

    /// Where JSON-RPC answers.
    pub fn http(&self) -> &str {
        &self.http
    }

    /// Sends a signal.
    pub fn send(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Sends a signal and waits for the end; gives the exit code.
    pub fn end(mut self, signal: &str) -> Option<i32> {
        self.send(signal);
        let start = Instant::now();
        while start.elapsed() < STOP_MAX {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("it does not end");
    }
}

impl Drop for Devnet {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One HTTP request with a body; gives the answer's body.
pub fn post(address: &str, body: &str) -> std::io::Result<String> {
    let head = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n";
    exchange(address, &format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()))
}

/// One HTTP request without a body.
pub fn get(address: &str, path: &str) -> std::io::Result<String> {
    exchange(address, &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
}

fn exchange(address: &str, request: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(START_MAX))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (_, body) = answer.split_once("\r\n\r\n").ok_or(std::io::ErrorKind::InvalidData)?;
    Ok(body.to_owned())
}
