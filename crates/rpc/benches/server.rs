//! What the server costs: transactions a second in batches, and latencies of single reads, over real sockets on this
//! machine, the client's share included. `cargo bench -p seiza-rpc`.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on fails")]

#[allow(dead_code)]
#[path = "../tests/server/client.rs"]
mod client;
#[allow(dead_code)]
#[path = "../tests/server/wallet.rs"]
mod wallet;
#[allow(dead_code)]
#[path = "../tests/server/world.rs"]
mod world;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use wallet::Wallet;
use world::World;

const SENDERS: u32 = 1_000;
const TXS_PER_SENDER: u64 = 40;
const BATCH: usize = 100;
const CONNECTIONS: usize = 8;
const READS: usize = 20_000;

fn main() {
    let wallets: Vec<Wallet> = (1..=SENDERS).map(Wallet::numbered).collect();
    let world = World::with(&wallets);
    latencies(&world, &wallets[0]);
    throughput(&world, &wallets);
}

/// A connection that is kept open.
struct Connection(BufReader<TcpStream>);

impl Connection {
    fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self(BufReader::new(stream))
    }

    fn exchange(&mut self, request: &[u8]) -> Vec<u8> {
        self.0.get_mut().write_all(request).unwrap();
        let (mut line, mut length) = (String::new(), 0);
        while line != "\r\n" {
            line.clear();
            self.0.read_line(&mut line).unwrap();
            if let Some(number) = line.to_lowercase().strip_prefix("content-length:") {
                length = number.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        body
    }
}

fn request(body: &Value) -> Vec<u8> {
    let body = body.to_string();
    let head = "POST / HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: ";
    format!("{head}{}\r\n\r\n{body}", body.len()).into_bytes()
}

fn latencies(world: &World, wallet: &Wallet) {
    let echo = json!({ "to": wallet.address(), "data": "0x70a08231", "from": wallet.address() });
    let calls = [
        ("eth_blockNumber", json!([])),
        ("eth_getBalance", json!([wallet.address(), "latest"])),
        ("eth_call", json!([echo, "latest"])),
        ("eth_estimateGas", json!([echo])),
    ];
    for (method, params) in calls {
        let request = request(&json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }));
        let mut connection = Connection::open(world.http());
        let mut times: Vec<Duration> = (0..READS)
            .map(|_| {
                let start = Instant::now();
                connection.exchange(&request);
                start.elapsed()
            })
            .collect();
        times.sort_unstable();
        println!("{method}: p50 {:?}, p99 {:?}", times[READS / 2], times[READS * 99 / 100]);
    }
}

fn throughput(world: &World, wallets: &[Wallet]) {
    let sign = |wallet: &Wallet, nonce| {
        json!({ "jsonrpc": "2.0", "id": nonce, "method": "eth_sendRawTransaction",
            "params": [wallet.transfer(nonce, wallet.address(), 1)] })
    };
    let all: Vec<Value> =
        (0..TXS_PER_SENDER).flat_map(|nonce| wallets.iter().map(move |wallet| sign(wallet, nonce))).collect();
    let batches: Vec<Vec<u8>> = all.chunks(BATCH).map(|chunk| request(&Value::from(chunk.to_vec()))).collect();
    let address = world.http();
    let start = Instant::now();
    std::thread::scope(|scope| {
        for share in 0..CONNECTIONS {
            let batches = &batches;
            scope.spawn(move || {
                let mut connection = Connection::open(address);
                for batch in batches.iter().skip(share).step_by(CONNECTIONS) {
                    let answer = connection.exchange(batch);
                    assert!(answer.starts_with(b"["), "{}", String::from_utf8_lossy(&answer));
                }
            });
        }
    });
    let seconds = start.elapsed().as_secs_f64();
    let counts = world.pool.lock().counts();
    println!("eth_sendRawTransaction: {:.0}/s in batches of {BATCH}, {counts:?}", all.len() as f64 / seconds);
}
