//! A keep-alive HTTP connection that sends prepared bytes and reads whole answers: cheap, so that the load generator is not
//! what is measured.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

/// One connection.
pub struct Connection(BufReader<TcpStream>);

/// A request, head and body, ready to be written.
pub struct Prepared(Vec<u8>);

impl Prepared {
    /// A POST of this JSON text.
    pub fn of(body: &str) -> Self {
        let head = "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ";
        Self(format!("{head}{}\r\n\r\n{body}", body.len()).into_bytes())
    }

    /// A call of one method.
    pub fn call(method: &str, params: &Value) -> Self {
        Self::of(&json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string())
    }
}

impl Connection {
    /// Connects.
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        Ok(Self(BufReader::with_capacity(1 << 16, stream)))
    }

    /// Sends a request and reads the body of its answer.
    pub fn exchange(&mut self, request: &Prepared) -> io::Result<Vec<u8>> {
        self.0.get_mut().write_all(&request.0)?;
        let (mut length, mut chunked, mut line) = (0, false, String::new());
        loop {
            line.clear();
            if self.0.read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let header = line.trim().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
            chunked |= header.starts_with("transfer-encoding:") && header.contains("chunked");
        }
        if chunked { self.chunks() } else { self.exactly(length) }
    }

    fn exactly(&mut self, length: usize) -> io::Result<Vec<u8>> {
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        Ok(body)
    }

    fn chunks(&mut self) -> io::Result<Vec<u8>> {
        let (mut body, mut line) = (Vec::new(), String::new());
        loop {
            line.clear();
            self.0.read_line(&mut line)?;
            let length = usize::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
            body.extend(self.exactly(length)?);
            self.exactly(2)?;
            if length == 0 {
                return Ok(body);
            }
        }
    }

    /// Calls a method and gives its result.
    pub fn ask(&mut self, method: &str, params: &Value) -> io::Result<Value> {
        let body = self.exchange(&Prepared::call(method, params))?;
        let answer: Value = serde_json::from_slice(&body)?;
        if answer["error"].is_null() { Ok(answer["result"].clone()) } else { Err(io::Error::other(answer.to_string())) }
    }
}
