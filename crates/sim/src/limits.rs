//! Bounds of a simulated cluster and of what its nodes keep. Times are simulated.

/// Validators of a cluster.
pub const VALIDATORS_MAX: usize = 16;
/// Simulated minutes of one run.
pub const MINUTES_MAX: u64 = 24 * 60;
/// Lines of the story kept for a failure's report.
pub const STORY_LINES: usize = 120;
/// Steps of one run; beyond it something spins.
pub const STEPS_MAX: u64 = 200_000_000;
/// Heights ahead whose offers a node keeps.
pub const OFFERS_AHEAD: u64 = 4;
/// Offers that a node keeps of one height: one a round, and a liar's second ones.
pub const OFFERS_PER_HEIGHT: usize = 32;
/// Transactions of one block.
pub const BLOCK_TXS: usize = 12;
/// Microseconds between two announcements of a node's height, and two looks at whether it lags.
pub const TICK_US: u64 = 400_000;
/// Microseconds after which a value that was asked of one peer is asked of the next.
pub const SYNC_RETRY_US: u64 = 1_000_000;
/// Milliseconds that nodes take each other's round trip for when they fetch.
pub const RTT_MS: u64 = 60;
/// Simulated seconds within which every node reaches a new height once nothing disturbs it.
pub const HEAL_SECONDS: u64 = 90;
/// New heights that every node must reach then.
pub const HEAL_HEIGHTS: u64 = 3;
