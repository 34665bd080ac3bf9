//! Bounds of state sync, on both sides.

use std::time::Duration;

/// Cuts held at a time for peers that fetch them.
pub const CUTS_MAX: usize = 4;
/// A cut that nobody asked for so long is let go.
pub const CUT_IDLE: Duration = Duration::from_secs(120);
/// A cut that nobody asked for so long makes room for another, where there are too many.
pub const CUT_SPARE: Duration = Duration::from_secs(15);
/// How often cuts are looked at.
pub const SWEEP_EVERY: Duration = Duration::from_secs(15);
/// Items encoded at a time, for all peers together.
pub const SERVING_MAX: usize = 2;
/// Longest wait for the rate at which items are given; who would wait longer hears that nothing is held.
pub const PACE_WAIT_MAX: Duration = Duration::from_secs(1);
/// Questions that wait for that, of all peers together; those beyond hear that nothing is held.
pub const WAITING_MAX: usize = 256;
/// Encoded items kept at hand: the later parts of a large one are asked for soon.
pub const KEPT_ITEMS_MAX: usize = 12;
/// Bytes of them.
pub const KEPT_BYTES_MAX: usize = 96 << 20;
/// Lowest heights of those in memory that are not begun any more: they may be gone before all peers have cut them.
pub const MARGIN_LOW: u64 = 4;
/// Highest heights that are not asked for: peers are not all there yet.
pub const MARGIN_HIGH: u64 = 1;
/// Questions to one peer at a time, at first and at most.
pub const PER_PEER_MAX: usize = 4;
/// Questions to all peers together at a time: each may hold four mebibytes of memory.
pub const FLYING_MAX: usize = 32;
/// Answers of "not held" after which a peer is asked no more.
pub const MISSES_MAX: u32 = 40;
/// Wait after such an answer: a peer may still be cutting.
pub const MISS_PAUSE: Duration = Duration::from_millis(500);
/// Wait after a failure that may pass.
pub const FAILURE_PAUSE: Duration = Duration::from_millis(200);
/// How long no chunk may come before another height is looked for.
pub const STALL: Duration = Duration::from_secs(30);
/// Between two looks at the peers.
pub const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long peers are waited for, once there is one, before a height is chosen.
pub const COMPANY: Duration = Duration::from_secs(2);
/// How long peers may offer nothing before blocks are fetched from the first one.
pub const OFFERLESS: Duration = Duration::from_secs(15);
/// Between two lines about waiting.
pub const TELL_EVERY: Duration = Duration::from_secs(5);
/// Headers verified on the way to a snapshot's, at most.
pub const HEADERS_MAX: usize = 200;
/// Bytes of a header with commit and validators, encoded.
pub const LIGHT_BYTES_MAX: usize = 4 << 20;
