//! A token bucket: so much per second, and a burst at once.

use std::time::Instant;

use crate::limits::Rate;

/// Tokens of one peer for one kind of message.
#[derive(Debug, Clone)]
pub struct Bucket {
    rate: Rate,
    /// Thousandths of tokens, as of `at`.
    milli: u64,
    at: Instant,
}

impl Bucket {
    /// A full bucket.
    pub fn new(rate: Rate, now: Instant) -> Self {
        Self { rate, milli: u64::from(rate.burst) * 1_000, at: now }
    }

    /// Takes so many tokens, all or none. Whether they were there.
    pub fn take(&mut self, tokens: usize, now: Instant) -> bool {
        self.refill(now);
        let wanted = (tokens as u64).saturating_mul(1_000);
        let enough = wanted <= self.milli;
        if enough {
            self.milli -= wanted;
        }
        enough
    }

    fn refill(&mut self, now: Instant) {
        let passed = u64::try_from(now.saturating_duration_since(self.at).as_millis()).unwrap_or(u64::MAX);
        let (back, full) = (passed.saturating_mul(u64::from(self.rate.per_second)), u64::from(self.rate.burst) * 1_000);
        if back > 0 {
            self.milli = self.milli.saturating_add(back).min(full);
            self.at = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_bucket_gives_its_burst_and_then_its_rate() {
        let start = Instant::now();
        let mut bucket = Bucket::new(Rate { per_second: 10, burst: 20 }, start);
        let table = [(0, 15, true), (0, 6, false), (0, 5, true), (50, 1, false), (100, 1, true), (100, 1, false)];
        for (after, tokens, given) in table {
            assert_eq!(bucket.take(tokens, start + Duration::from_millis(after)), given, "{tokens} after {after} ms");
        }
        assert!(bucket.take(20, start + Duration::from_secs(1_000)));
        assert!(!bucket.take(1, start + Duration::from_secs(1_000)), "it never holds more than its burst");
    }
}
