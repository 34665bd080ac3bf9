//! How fast items of snapshots are given.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::limits::PACE_WAIT_MAX;

/// How fast items are given: encoding them takes time from blocks.
pub(super) struct Pace {
    bytes_per_second: u64,
    /// When the bytes given so far are paid for.
    free: Mutex<Instant>,
}

impl Pace {
    /// So many bytes a second; 0 is no bound.
    pub(super) fn new(bytes_per_second: u64) -> Self {
        Self { bytes_per_second, free: Mutex::new(Instant::now()) }
    }

    /// Waits for its turn; `None` where that would take too long.
    pub(super) async fn wait(&self) -> Option<()> {
        let wait = self.free.lock().saturating_duration_since(Instant::now());
        if wait > PACE_WAIT_MAX {
            return None;
        }
        tokio::time::sleep(wait).await;
        Some(())
    }

    /// So many bytes were given.
    pub(super) fn took(&self, bytes: usize) {
        if self.bytes_per_second > 0 {
            let mut free = self.free.lock();
            *free = (*free).max(Instant::now()) + Duration::from_secs_f64(bytes as f64 / self.bytes_per_second as f64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_given_has_to_be_paid_for_in_time() {
        let free = Pace::new(0);
        free.took(1 << 40);
        assert_eq!(free.wait().await, Some(()), "no bound");
        let pace = Pace::new(1_000_000);
        pace.took(100_000);
        let start = Instant::now();
        assert_eq!(pace.wait().await, Some(()));
        assert!(start.elapsed() >= Duration::from_millis(80), "a tenth of a second's bytes take as long");
        pace.took(60_000_000);
        assert_eq!(pace.wait().await, None, "a minute is too long to wait");
    }
}
