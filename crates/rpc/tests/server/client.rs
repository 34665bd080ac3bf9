//! HTTP and WebSocket by hand over a plain socket: what goes over the wire is exactly what a test writes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

/// An HTTP answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

/// Posts a JSON body.
pub(crate) fn post(address: SocketAddr, body: &str) -> Answer {
    request(address, "POST", "Content-Type: application/json\r\n", body)
}

/// Sends one HTTP request on a connection of its own.
pub(crate) fn request(address: SocketAddr, method: &str, headers: &str, body: &str) -> Answer {
    exchange(address, method, headers, body.len(), body)
}

/// Sends the head of a request whose body has that length, and no body.
pub(crate) fn announce(address: SocketAddr, length: usize) -> Answer {
    exchange(address, "POST", "Content-Type: application/json\r\n", length, "")
}

fn exchange(address: SocketAddr, method: &str, headers: &str, length: usize, body: &str) -> Answer {
    let mut stream = connect(address);
    // A method may bring its path along.
    let (method, path) = method.split_once(' ').unwrap_or((method, "/"));
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n"
    );
    stream.write_all((head + body).as_bytes()).unwrap();
    let mut all = Vec::new();
    stream.read_to_end(&mut all).unwrap();
    let end = all.windows(4).position(|four| four == b"\r\n\r\n").expect("an answer has a head");
    let headers = String::from_utf8(all[..end].to_vec()).unwrap();
    let status = headers[9..12].parse().unwrap();
    Answer { status, headers: headers.to_lowercase(), body: all.split_off(end + 4) }
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

/// A WebSocket connection.
pub(crate) struct Socket(BufReader<TcpStream>);

impl Socket {
    pub(crate) fn open(address: SocketAddr) -> Self {
        Self::open_at(address, "/")
    }

    pub(crate) fn open_at(address: SocketAddr, path: &str) -> Self {
        let mut stream = connect(address);
        let key = "dGhlIHNhbXBsZSBub25jZQ==";
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        )
        .unwrap();
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        assert!(line.starts_with("HTTP/1.1 101"), "{line}");
        while line != "\r\n" {
            line.clear();
            reader.read_line(&mut line).unwrap();
        }
        Self(reader)
    }

    pub(crate) fn send(&mut self, text: &str) {
        let (length, mask) = (text.len(), [1, 2, 3, 4]);
        let mut frame = vec![0x81];
        match u16::try_from(length) {
            Ok(short) if short < 126 => frame.push(0x80 | short as u8),
            Ok(short) => frame.extend([&[0xfe][..], &short.to_be_bytes()].concat()),
            Err(_) => frame.extend([&[0xff][..], &(length as u64).to_be_bytes()].concat()),
        }
        frame.extend(mask);
        frame.extend(text.bytes().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        self.0.get_mut().write_all(&frame).unwrap();
    }

    /// The next text message; pings are left unanswered.
    pub(crate) fn next(&mut self) -> Value {
        loop {
            let mut head = [0; 2];
            self.0.read_exact(&mut head).unwrap();
            let length = match head[1] {
                126 => u64::from(u16::from_be_bytes(self.bytes())),
                127 => u64::from_be_bytes(self.bytes()),
                short => u64::from(short),
            };
            let mut payload = vec![0; usize::try_from(length).unwrap()];
            self.0.read_exact(&mut payload).unwrap();
            if head[0] & 0x0f == 1 {
                return serde_json::from_slice(&payload).unwrap();
            }
        }
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.read_exact(&mut bytes).unwrap();
        bytes
    }

    /// The answer to one call; notifications that come before it are lost.
    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        self.send(&json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params }).to_string());
        loop {
            let message = self.next();
            if message["id"] == 7 {
                return message;
            }
        }
    }

    /// The next notification of a subscription.
    pub(crate) fn news(&mut self, id: &Value) -> Value {
        loop {
            let mut message = self.next();
            if message["params"]["subscription"] == *id {
                let method = message["method"].as_str().unwrap();
                assert!(["eth_subscription", "exchange_subscription"].contains(&method), "{method}");
                return message["params"]["result"].take();
            }
        }
    }
}
