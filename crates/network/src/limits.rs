//! Bounds on every message, queue, table and wait of the network, and the ones that a node may choose for itself.

use std::time::Duration;

use seiza_types::limits::TX_BYTES_MAX;

/// Bytes of a moniker; longer ones are refused in the configuration and on the wire.
pub const MONIKER_BYTES_MAX: usize = 64;
/// Bytes of a chain id, as Tendermint's.
pub const CHAIN_ID_BYTES_MAX: usize = 50;
/// Bytes of a reason in a refusal.
pub const REASON_BYTES_MAX: usize = 160;
/// Bytes of a frame on the lane before the other side's hello was good.
pub const HELLO_BYTES_MAX: usize = 1_024;
/// Bytes of any frame on the lane.
pub const LANE_FRAME_BYTES_MAX: usize = 256 << 10;
/// Hashes of one announcement.
pub const ANNOUNCE_HASHES_MAX: usize = 1_024;
/// Whole transactions of one push.
pub const PUSH_TXS_MAX: usize = 1_024;
/// Bytes of whole transactions of one push.
pub const PUSH_BYTES_MAX: usize = 128 << 10;
/// Bytes of a transaction that is pushed whole; larger ones are announced by hash.
pub const PUSH_TX_BYTES_MAX: usize = 4 << 10;
/// Peers that one transaction is pushed to whole; the others learn its hash.
pub const PUSH_PEERS_MAX: usize = 8;
/// Bytes of one piece of evidence.
pub const EVIDENCE_BYTES_MAX: usize = 8 << 10;
/// Bytes of one request.
pub const REQUEST_BYTES_MAX: usize = 64 << 10;
/// Hashes of one transaction request.
pub const REQUEST_HASHES_MAX: usize = 1_024;
/// Indexes of one request for a block's transactions.
pub const REQUEST_INDEXES_MAX: usize = 8_192;
/// Bytes of transactions in one response: one more always fits after the first megabyte.
pub const RESPONSE_TXS_BYTES_MAX: usize = 2 * TX_BYTES_MAX;
/// Bytes of one block part with its proof.
pub const PART_BYTES_MAX: usize = 256 << 10;
/// Bytes of one part of a snapshot's item.
pub const SNAPSHOT_PART_BYTES_MAX: usize = 1 << 20;
/// Bytes of a snapshot's item in all its parts.
pub const SNAPSHOT_BYTES_MAX: usize = 64 << 20;
/// Heights in one offer of snapshots.
pub const SNAPSHOT_OFFERS_MAX: usize = 16;
/// Bytes of one response.
pub const RESPONSE_BYTES_MAX: usize = RESPONSE_TXS_BYTES_MAX + (128 << 10);
/// Hashes or indexes of one fetch, over all of its requests.
pub const FETCH_MAX: usize = 65_536;
/// Addresses in one answer of the peer exchange.
pub const EXCHANGE_MAX: usize = 64;
/// Bytes of a peer id on the wire.
pub const PEER_ID_BYTES_MAX: usize = 64;
/// Addresses in the book.
pub const BOOK_MAX: usize = 1_024;
/// Addresses in the book that one peer told of.
pub const BOOK_PER_SOURCE_MAX: usize = 128;
/// Bytes of the book's file that are read.
pub const BOOK_FILE_BYTES_MAX: u64 = 256 << 10;
/// Failed dials after which an address leaves the book.
pub const BOOK_FAILURES_MAX: u32 = 4;
/// Entries in one generation of what a peer knows; two generations are kept.
pub const KNOWN_MAX: usize = 32_768;
/// Frames that wait for one connection; more are dropped.
pub const LANE_QUEUE_MAX: usize = 64;
/// Commands that wait for the swarm's task.
pub const COMMANDS_MAX: usize = 1_024;
/// Commands that are taken before the swarm is looked at again.
pub const COMMANDS_AT_ONCE: usize = 64;
/// Events that wait for the node; announcements beyond are dropped, requests are answered with "busy".
pub const EVENTS_MAX: usize = 1_024;
/// Announced transactions that wait for the next flush; more are dropped.
pub const OUTBOX_MAX: usize = 65_536;
/// Persistent peers in the configuration.
pub const PERSISTENT_MAX: usize = 256;
/// Peers whose score is remembered.
pub const SCORES_MAX: usize = 4_096;
/// Bans that are remembered: beyond, the one that ends first is forgotten.
pub const BANS_MAX: usize = 4_096;
/// Peers that refused us or were refused, and are not dialled for a while.
pub const REFUSED_MAX: usize = 1_024;
/// Connections of one peer: two, because both sides may dial at once.
pub const CONNECTIONS_PER_PEER: usize = 2;
/// Connections beyond `peers_max` for peers that have not said hello yet.
pub const STRANGERS_MAX: usize = 32;
/// Dials in progress of the exchange's addresses.
pub const DIALS_MAX: usize = 8;
/// Requests of ours that wait for one peer.
pub const ASKED_PER_PEER_MAX: usize = 64;
/// Streams of one connection that carry requests, in both directions.
pub const STREAMS_MAX: usize = 256;

/// What a node may choose: waits, rates and counts. The defaults are for real networks; tests shorten them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// How long an announced transaction waits for others.
    pub announce_delay: Duration,
    /// How long a connection may stay without a good hello.
    pub hello_timeout: Duration,
    /// How long a request may take, on both sides.
    pub request_timeout: Duration,
    /// How long the node may take to answer a peer's request; after that the peer hears that we do not have it.
    pub answer_timeout: Duration,
    /// How long a dial and the encryption's handshake may take.
    pub dial_timeout: Duration,
    /// First wait before a persistent peer is dialled again; doubles with each failure.
    pub redial_min: Duration,
    /// Longest wait before a persistent peer is dialled again.
    pub redial_max: Duration,
    /// How long a peer of another chain, genesis or version is not dialled again.
    pub refused_pause: Duration,
    /// Length of a first ban; doubles with each further one.
    pub ban: Duration,
    /// Longest ban.
    pub ban_max: Duration,
    /// Length of every ban of a persistent peer: the operator chose it.
    pub ban_persistent: Duration,
    /// How often a random peer is asked for addresses.
    pub exchange_interval: Duration,
    /// How often a connection is pinged.
    pub ping_interval: Duration,
    /// Requests of one peer that are answered at a time; more are answered with "busy".
    pub requests_at_once: usize,
    /// Requests that one peer may make per second, and at once.
    pub requests: Rate,
    /// Transactions that one peer may announce per second, and at once.
    pub announcements: Rate,
    /// Pieces of evidence that one peer may send per second, and at once.
    pub evidence: Rate,
    /// Inbound connections of one address; of a loopback address, `inbound_per_loopback`.
    pub inbound_per_ip: usize,
    /// Inbound connections of one loopback address.
    pub inbound_per_loopback: usize,
}

/// A token bucket's measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Tokens that come back per second.
    pub per_second: u32,
    /// Tokens in a full bucket.
    pub burst: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            announce_delay: Duration::from_millis(5),
            hello_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(5),
            answer_timeout: Duration::from_secs(2),
            dial_timeout: Duration::from_secs(5),
            redial_min: Duration::from_millis(250),
            redial_max: Duration::from_secs(15),
            refused_pause: Duration::from_secs(60),
            ban: Duration::from_secs(10 * 60),
            ban_max: Duration::from_secs(24 * 60 * 60),
            ban_persistent: Duration::from_secs(30),
            exchange_interval: Duration::from_secs(30),
            ping_interval: Duration::from_secs(5),
            requests_at_once: 64,
            requests: Rate { per_second: 1_000, burst: 2_000 },
            announcements: Rate { per_second: 40_000, burst: 131_072 },
            evidence: Rate { per_second: 20, burst: 200 },
            inbound_per_ip: 8,
            inbound_per_loopback: 256,
        }
    }
}
