//! A small HTTP client for JSON-RPC and metrics of a node on this machine: one request a connection, bounded in time and size.

use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use serde_json::{Value, json};

use crate::failure::Failure;

const TIME_MAX: Duration = Duration::from_secs(5);
const ANSWER_BYTES_MAX: u64 = 16 << 20;

/// A node's JSON-RPC endpoint.
pub struct Client {
    authority: String,
    path: String,
}

impl Client {
    /// Reads `http://host:port/path`.
    ///
    /// # Errors
    /// Anything else.
    pub fn of(url: &str) -> Result<Self, Failure> {
        let rest = url.strip_prefix("http://");
        let rest =
            rest.ok_or_else(|| Failure::usage(format!("{url:?} is no http:// URL, such as http://127.0.0.1:8545")))?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let authority = if has_port(authority) { authority.to_owned() } else { format!("{authority}:80") };
        Ok(Self { authority, path: format!("/{path}") })
    }

    /// Asks several methods without parameters at once; answers in the order asked, `Null` where the node refused one.
    ///
    /// # Errors
    /// Nobody answers there, or what answers is no JSON-RPC.
    pub fn ask(&self, methods: &[(&str, Value)]) -> Result<Vec<Value>, Failure> {
        let calls: Vec<Value> = methods
            .iter()
            .enumerate()
            .map(|(id, (method, params))| json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}))
            .collect();
        let body = self.post(&Value::from(calls).to_string())?;
        let answers: Vec<Value> = serde_json::from_str(&body).map_err(|_| self.strange())?;
        let answer = |id: usize| {
            let found = answers.iter().find(|answer| answer["id"] == json!(id));
            found.map_or(Value::Null, |answer| answer["result"].clone())
        };
        Ok((0..methods.len()).map(answer).collect())
    }

    /// The result of one call.
    ///
    /// # Errors
    /// Nobody answers there, what answers is no JSON-RPC, or the node refuses: its words.
    pub fn call(&self, method: &str, params: Value) -> Result<Value, Failure> {
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let mut answer: Value = serde_json::from_str(&self.post(&call.to_string())?).map_err(|_| self.strange())?;
        match answer["error"]["message"].as_str() {
            Some(text) => Err(Failure::refused(text)),
            None => Ok(answer["result"].take()),
        }
    }

    /// The text at the URL, such as a node's metrics.
    ///
    /// # Errors
    /// Nobody answers there, or not with a text.
    pub fn get(&self) -> Result<String, Failure> {
        let (path, host) = (&self.path, &self.authority);
        self.answer(&format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"))
    }

    fn post(&self, body: &str) -> Result<String, Failure> {
        let (path, host, length) = (&self.path, &self.authority, body.len());
        self.answer(&format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        ))
    }

    fn answer(&self, request: &str) -> Result<String, Failure> {
        let answer = self.exchange(request).map_err(|error| {
            let authority = &self.authority;
            Failure::refused(format!(
                "no node answers at http://{authority}: {error}: start one, or name it with --url"
            ))
        })?;
        let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(|| self.strange())?;
        if !head.starts_with("HTTP/1.1 200") || head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
            return Err(self.strange());
        }
        Ok(body.to_owned())
    }

    fn exchange(&self, request: &str) -> std::io::Result<String> {
        let address = self.authority.to_socket_addrs()?.next().ok_or(std::io::ErrorKind::NotFound)?;
        let mut stream = TcpStream::connect_timeout(&address, TIME_MAX)?;
        stream.set_read_timeout(Some(TIME_MAX))?;
        stream.set_write_timeout(Some(TIME_MAX))?;
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.take(ANSWER_BYTES_MAX).read_to_string(&mut answer)?;
        Ok(answer)
    }

    fn strange(&self) -> Failure {
        Failure::refused(format!("what answers at http://{} is no JSON-RPC server", self.authority))
    }
}

fn has_port(authority: &str) -> bool {
    authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn serve_once(answer: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
        });
        url
    }

    #[test]
    fn answers_are_put_into_the_order_asked() {
        let url = serve_once("HTTP/1.1 200 OK\r\n\r\n[{\"id\":1,\"result\":\"b\"},{\"id\":0,\"result\":\"a\"}]");
        let answers = Client::of(&url).unwrap().ask(&[("x", json!([])), ("y", json!([]))]).unwrap();
        assert_eq!(answers, ["a", "b"]);
    }

    #[test]
    fn a_refusal_is_told_in_the_nodes_words() {
        let url =
            serve_once("HTTP/1.1 200 OK\r\n\r\n{\"id\":1,\"error\":{\"code\":-32602,\"message\":\"market: missing\"}}");
        let failure = Client::of(&url).unwrap().call("x", json!([])).unwrap_err();
        assert_eq!(failure, Failure::refused("market: missing"));
    }

    #[test]
    fn strangers_and_silence_are_told_apart() {
        let url = serve_once("HTTP/1.1 404 Not Found\r\n\r\n");
        let failure = Client::of(&url).unwrap().ask(&[]).unwrap_err().to_string();
        assert!(failure.contains("is no JSON-RPC server"), "{failure}");
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let failure = Client::of(&format!("http://{closed}")).unwrap().ask(&[]).unwrap_err().to_string();
        assert!(failure.contains("no node answers at"), "{failure}");
        assert!(matches!(Client::of("ftp://x"), Err(Failure::Usage(_))));
    }
}
