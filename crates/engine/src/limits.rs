//! Bounds of what the engine sends, receives and keeps. Bytes are payload bytes, before transport framing.

use std::time::Duration;

/// An encoded compact proposal: short ids of a full block, its prefilled transactions, header, last commit.
pub const PROPOSAL_BYTES: usize = 2 << 20;
/// A proposal part as it travels: the proposal and its stream's frame.
pub const PART_BYTES: usize = PROPOSAL_BYTES + 256;
/// A signed vote or proposal.
pub const SIGNED_BYTES: usize = 512;
/// A liveness message: certificates of 1,000 validators, about 130 bytes a signature.
pub const CERTIFICATE_BYTES: usize = 256 << 10;
/// A sync status, a sync request, a validator proof.
pub const SMALL_BYTES: usize = 256;
/// A pubsub message of any topic.
pub const PUBSUB_BYTES: usize = PART_BYTES + (64 << 10);
/// One sync response: two blocks of 16 MiB with room. The answering side cuts its answer there, so a batch of full blocks
/// travels in several answers, each within `SYNC_TIMEOUT` on a slow line.
pub const SYNC_RESPONSE_BYTES: usize = 40 << 20;
/// A request or response on the wire: a response and its frame.
pub const RPC_BYTES: usize = SYNC_RESPONSE_BYTES + (1 << 20);
/// Heights that one sync request asks for.
pub const SYNC_BATCH: usize = 5;
/// Sync requests under way at once.
pub const SYNC_PARALLEL: usize = 5;
/// How long a sync request may take.
pub const SYNC_TIMEOUT: Duration = Duration::from_secs(20);
/// How often a node tells its height: a node that lags learns of it within this time.
pub const STATUS_INTERVAL: Duration = Duration::from_millis(500);
/// A peer silent for longer is asked no more.
pub const PEER_INACTIVE: Duration = Duration::from_secs(30);
/// Sync requests served per peer in `SYNC_WINDOW`.
pub const SYNC_REQUESTS_PER_WINDOW: u32 = 1000;
/// See `SYNC_REQUESTS_PER_WINDOW`.
pub const SYNC_WINDOW: Duration = Duration::from_secs(10);
/// Future heights whose consensus messages are kept until they start.
pub const HEIGHTS_QUEUED: usize = 10;
/// Messages kept for each of them.
pub const QUEUED_PER_HEIGHT: usize = 2_000;
/// Peers connected to, in each direction.
pub const PEERS: usize = 50;
/// Inbound connections of one IP address: several validators behind one address, and all of a local network.
pub const CONNECTIONS_PER_IP: usize = 100;
/// Proposals handed to the host and not answered yet, from all peers.
pub const PROPOSALS_WAITING: usize = 64;
/// The same, from one peer.
pub const PROPOSALS_WAITING_PER_PEER: usize = 16;
/// Past validator sets kept for evidence.
pub const SETS_KEPT: usize = 4;
/// Rounds of the height at hand whose votes are shown.
pub const ROUNDS_SHOWN: usize = 8;
/// Votes of the next height that are kept to be shown.
pub const EARLY_VOTES: usize = 512;
/// Longest timeout, however high the round.
pub const TIMEOUT_MAX: Duration = Duration::from_secs(60);
/// How long one part of the engine may take to stop.
pub const STOP_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a start waits for its port.
pub const PORT_PATIENCE: Duration = Duration::from_secs(2);
/// How often the engine is asked whether it failed.
pub const FAILURE_POLL: Duration = Duration::from_millis(200);
/// Highest round that Tendermint's votes can name.
pub const ROUND_MAX: u32 = i32::MAX as u32;
/// Highest height that Tendermint's votes can name.
pub const HEIGHT_MAX: u64 = i64::MAX as u64;
