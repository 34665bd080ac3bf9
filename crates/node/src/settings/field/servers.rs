//! Settings of who a node is and who is served by it.

use super::{Field, PORT, text, whole};

/// Name of the node.
pub static MONIKER: Field = Field {
    bound: "up to 64 letters, digits, spaces and - _ .",
    flag: Some("--moniker"),
    says: "Name of this node, shown to peers and in figures. It proves nothing: peers are known by their ids.",
    ..text("node", "moniker", "")
};
/// Address to listen on.
pub static HOST: Field = Field {
    bound: "an IP address",
    flag: Some("--host"),
    says: "Address to listen on. 127.0.0.1 serves this machine only, 0.0.0.0 everybody who can reach it.",
    ..text("server", "host", "127.0.0.1")
};
/// Ethereum JSON-RPC over HTTP.
pub static HTTP_PORT: Field = Field {
    bound: PORT,
    flag: Some("--http-port"),
    says: "Port of Ethereum JSON-RPC over HTTP. 0 takes a free one.",
    ..whole("server", "http_port", "8545")
};
/// Ethereum JSON-RPC over WebSocket.
pub static WS_PORT: Field = Field {
    bound: PORT,
    flag: Some("--ws-port"),
    says: "Port of Ethereum JSON-RPC over WebSocket. 0 takes a free one.",
    ..whole("server", "ws_port", "8546")
};
/// Tendermint RPC.
pub static TENDERMINT_PORT: Field = Field {
    bound: PORT,
    flag: Some("--tendermint-port"),
    says: "Port of Tendermint RPC over HTTP and WebSocket, for light clients and Cosmos tools. 0 takes a free one.",
    ..whole("server", "tendermint_port", "26657")
};
/// Prometheus.
pub static METRICS_PORT: Field = Field {
    bound: PORT,
    flag: Some("--metrics-port"),
    says: "Port of the Prometheus metrics. 0 takes a free one.",
    ..whole("server", "metrics_port", "26660")
};
/// Connections at a time.
pub static CONNECTIONS_MAX: Field = Field {
    bound: "1 to 100000",
    says: "Connections open at a time, HTTP and WebSocket each; more are turned away.",
    ..whole("server", "connections_max", "1000")
};
