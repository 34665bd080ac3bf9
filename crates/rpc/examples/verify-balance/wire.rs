//! One JSON-RPC call over plain HTTP: all that is needed to ask a node.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

/// How long a node may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Calls a method of the node at `host` (`HOST:PORT`).
///
/// # Errors
/// Why there is no result, for people.
pub(crate) fn call(host: &str, method: &str, params: &Value) -> Result<Value, String> {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
    let answer = post(host, &body).map_err(|error| format!("{host}: {error}"))?;
    let (_, json) = answer.split_once("\r\n\r\n").ok_or_else(|| format!("{host} speaks no HTTP"))?;
    let mut answer: Value = serde_json::from_str(json).map_err(|error| format!("{host}: {error}"))?;
    match answer.get("error") {
        Some(error) => Err(format!("{method}: {}", error["message"].as_str().unwrap_or("refused"))),
        None => Ok(answer["result"].take()),
    }
}

fn post(host: &str, body: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let length = body.len();
    // HTTP 1.0: the answer ends where the connection does, and comes in one piece.
    write!(
        stream,
        "POST / HTTP/1.0\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
