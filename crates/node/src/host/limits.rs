//! Bounds of the host.

use std::time::Duration;

/// Blocks known at one height: one a round, and a liar's second ones.
pub const BLOCKS_MAX: usize = 32;
/// Decided blocks whose bodies are kept at hand for peers that are a little behind.
pub const BODIES_MAX: usize = 8;
/// Of the propose timeout, what is left to the way of the proposal when a proposer waits for transactions.
pub const PROPOSE_MARGIN: Duration = Duration::from_millis(300);
/// Between two looks for transactions that waited too long.
pub const EXPIRE_EVERY: Duration = Duration::from_secs(10);
/// Age below which a proposer sends a transaction itself with its hash: others may not have it yet.
pub const PREFILL_AGE_MS: u64 = 20;
/// Bytes of transactions sent along with hashes.
pub const PREFILL_BYTES_MAX: usize = 64 << 10;
/// Decided blocks in one answer to a node that catches up.
pub const SYNC_BLOCKS_MAX: u64 = 64;
/// Bytes of decided blocks in one answer.
pub const SYNC_BYTES_MAX: usize = 32 << 20;
/// Announced transactions that are being fetched at a time.
pub const FETCHING_TXS_MAX: usize = 50_000;
/// Peers' transactions that are being verified at a time; what comes beyond is dropped, and fetched when it is proposed.
pub const VERIFYING_TXS_MAX: usize = 50_000;
/// Transactions asked for in one request.
pub const FETCH_TXS_MAX: usize = 500;
