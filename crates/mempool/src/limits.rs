//! Bounds on the pool and on one selection.

use seiza_types::limits::{BLOCK_BYTES_MAX, BLOCK_GAS_DEFAULT};

/// Transactions in the pool.
pub const TXS_MAX: usize = 65_536;
/// Bytes of all encoded transactions in the pool.
pub const BYTES_MAX: usize = 256 << 20;
/// Executable transactions of one lane.
pub const LANE_EXECUTABLE_MAX: usize = 4_096;
/// Queued transactions of one lane.
pub const LANE_QUEUED_MAX: usize = 1_024;
/// How far a nonce may be beyond the account's: a lane holds no more than this anyway.
pub const NONCE_AHEAD_MAX: u64 = (LANE_EXECUTABLE_MAX + LANE_QUEUED_MAX) as u64;
/// Milliseconds that a transaction may wait: three hours.
pub const LIFETIME_MS: u64 = 3 * 60 * 60 * 1_000;
/// Percent by which a replacement must pay more, in both its fee cap and its tip cap.
pub const REPLACEMENT_PERCENT: u128 = 10;
/// Transactions that one newcomer may displace (a large one displaces many small ones).
pub const EVICTIONS_MAX: usize = 1_024;
/// Lanes whose next transaction did not fit a selection, after which it ends.
pub const MISFITS_MAX: usize = 1_024;
/// Hashes of included transactions that are remembered at least.
pub const RECENT_MAX: usize = 65_536;
/// Transactions of one selection.
pub const SELECT_TXS_MAX: usize = 20_000;

/// What the pool may hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Transactions in all.
    pub txs: usize,
    /// Bytes of their encodings in all.
    pub bytes: usize,
    /// Executable transactions of one lane; more of an unbroken series wait queued.
    pub lane_executable: usize,
    /// Queued transactions of one lane.
    pub lane_queued: usize,
    /// How far a nonce may be beyond the account's.
    pub nonce_ahead: u64,
    /// Milliseconds after which an executable transaction is dropped.
    pub executable_lifetime_ms: u64,
    /// Milliseconds after which a queued transaction is dropped.
    pub queued_lifetime_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            txs: TXS_MAX,
            bytes: BYTES_MAX,
            lane_executable: LANE_EXECUTABLE_MAX,
            lane_queued: LANE_QUEUED_MAX,
            nonce_ahead: NONCE_AHEAD_MAX,
            executable_lifetime_ms: LIFETIME_MS,
            queued_lifetime_ms: LIFETIME_MS,
        }
    }
}

/// What one selection may hold: a block's room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SelectLimits {
    /// Sum of the gas limits.
    pub gas: u64,
    /// Sum of the encodings' bytes.
    pub bytes: usize,
    /// Transactions.
    pub count: usize,
}

impl Default for SelectLimits {
    fn default() -> Self {
        Self { gas: BLOCK_GAS_DEFAULT, bytes: BLOCK_BYTES_MAX, count: SELECT_TXS_MAX }
    }
}
