//! How a waiting proposer is woken: a flag under a condition variable, cheap to set from any thread.

use std::time::Instant;

use parking_lot::{Condvar, Mutex};

/// What a proposer is told.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Told {
    news: bool,
    stop: bool,
}

/// Wakes one proposer thread.
#[derive(Debug, Default)]
pub struct Wake {
    told: Mutex<Told>,
    bell: Condvar,
}

impl Wake {
    /// Transactions came into the pool. Never blocks for longer than setting a flag.
    pub fn news(&self) {
        let mut told = self.told.lock();
        if !told.news {
            told.news = true;
            self.bell.notify_one();
        }
    }

    /// Finish the block at hand and end.
    pub fn stop(&self) {
        self.told.lock().stop = true;
        self.bell.notify_one();
    }

    /// Whether to end.
    pub fn stopped(&self) -> bool {
        self.told.lock().stop
    }

    /// Waits for news, for the stop, or until `due`; news are taken.
    pub fn wait_until(&self, due: Instant) {
        let mut told = self.told.lock();
        while !told.news && !told.stop && !self.bell.wait_until(&mut told, due).timed_out() {}
        told.news = false;
    }

    /// Waits for the stop, or until `due`; news do not wake.
    pub fn rest_until(&self, due: Instant) {
        let mut told = self.told.lock();
        while !told.stop && !self.bell.wait_until(&mut told, due).timed_out() {}
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;

    #[test]
    fn news_and_stop_wake_at_once() {
        let wake = Arc::new(Wake::default());
        let far = Instant::now() + Duration::from_secs(60);
        wake.news();
        wake.wait_until(far);
        let other = wake.clone();
        let thread = std::thread::spawn(move || {
            other.wait_until(far);
            other.stopped()
        });
        wake.stop();
        assert!(thread.join().unwrap());
        wake.rest_until(far);
        assert!(Instant::now() < far);
    }

    #[test]
    fn nothing_wakes_before_the_due_time() {
        let due = Instant::now() + Duration::from_millis(20);
        Wake::default().wait_until(due);
        assert!(Instant::now() >= due);
    }
}
