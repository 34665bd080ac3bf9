//! Settings of the peers of a node.

use super::{Field, PORT, switch, text, whole};

/// Address where peers are met.
pub static P2P_HOST: Field = Field {
    bound: "an IP address",
    flag: Some("--p2p-host"),
    says: "Address to listen on for peers. 0.0.0.0 lets other machines connect, 127.0.0.1 only this one.",
    ..text("p2p", "host", "0.0.0.0")
};
/// Consensus among peers.
pub static P2P_PORT: Field = Field {
    bound: PORT,
    flag: Some("--p2p-port"),
    says: "Port of consensus with peers, the one that peers name. 0 takes a free one, which nobody can be told.",
    ..whole("p2p", "port", "26656")
};
/// Transactions among peers.
pub static GOSSIP_PORT: Field = Field {
    bound: PORT,
    flag: Some("--gossip-port"),
    says: "Port of transactions, block bodies and evidence with peers. Peers look for it one below p2p.port. 0 takes a \
           free one, which nobody can be told.",
    ..whole("p2p", "gossip_port", "26655")
};
/// Peers to stay connected with.
pub static PEERS: Field = Field {
    bound: "a list of [id@]host:port, separated by commas, 1000 at most",
    flag: Some("--peers"),
    says: "Peers that this node stays connected with; port is their p2p.port. With an id (`seiza keys node` shows it) \
           nobody else is taken for them.",
    ..text("p2p", "peers", "")
};
/// Peers at a time.
pub static PEERS_MAX: Field = Field {
    bound: "1 to 1000",
    says: "Peers at a time; more are turned away. Those of p2p.peers always find room.",
    ..whole("p2p", "peers_max", "50")
};
/// Whether peers tell of peers.
pub static DISCOVERY: Field = Field {
    flag: Some("--discovery"),
    says: "Whether peers are asked for further peers. false stays with those of p2p.peers and those that connect.",
    ..switch("p2p", "discovery", "true")
};
