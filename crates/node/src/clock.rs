//! The machine's clock, in the one form that blocks have. Nothing else in the node reads it for block times.

use std::time::{SystemTime, UNIX_EPOCH};

use seiza_types::Time;

/// Now, in nanoseconds, UTC. A clock before 1970 or beyond 9999 reads 1970.
pub fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or(0);
    Time::from_unix_timestamp(seconds, since.subsec_nanos()).unwrap_or_else(|_| Time::unix_epoch())
}
