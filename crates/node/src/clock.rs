//! The machine's clocks: the one that blocks have, which nothing else in the node reads for block times, and the one that
//! execution is measured with, which decides nothing but how a block is run.

use std::sync::LazyLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use seiza_types::Time;

/// Now, in nanoseconds, UTC. A clock before 1970 or beyond 9999 reads 1970.
pub fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or(0);
    Time::from_unix_timestamp(seconds, since.subsec_nanos()).unwrap_or_else(|_| Time::unix_epoch())
}

/// Milliseconds since 1970.
pub fn now_ms() -> u64 {
    u64::try_from(now().unix_timestamp_nanos() / 1_000_000).unwrap_or(0)
}

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Nanoseconds since some moment of this process; never runs backwards.
pub fn ticks() -> u64 {
    u64::try_from(START.elapsed().as_nanos()).unwrap_or(u64::MAX)
}
