//! Bounds of the crowd: what it sends, and how far ahead of the chain it goes.

use std::time::Duration;

/// Between two rounds of orders.
pub const ROUND: Duration = Duration::from_millis(400);
/// Levels that a market maker quotes on each side.
pub const LEVELS: u64 = 10;
/// Takers of each market.
pub const TAKERS: usize = 3;
/// An account with so many transactions that no block has taken yet sends no more.
pub const WAITING_MAX: u64 = 2;
/// Gas that a transaction of the crowd may use.
pub const GAS: u64 = 400_000;
/// How long a taker's resting order stands.
pub const STANDS: Duration = Duration::from_secs(20);
