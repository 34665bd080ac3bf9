//! Where heavy reads run: beside the reactor, a bounded number at a time, each against a deadline.
//!
//! Two gates, so that a long trace or log search never makes an `eth_call` wait. What runs here holds a snapshot of the
//! state, so it never holds up a block.

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Failure;
use crate::limits::WORKER_WAIT_MAX;

/// When a call must be done.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    end: Instant,
    limit: Duration,
}

impl Deadline {
    /// A deadline `limit` from now.
    #[must_use]
    pub fn after(limit: Duration) -> Self {
        Self { end: Instant::now() + limit, limit }
    }

    /// Whether the time is over.
    #[must_use]
    pub fn passed(&self) -> bool {
        Instant::now() >= self.end
    }

    /// Fails where the time is over.
    ///
    /// # Errors
    /// [`Failure::Timeout`].
    pub fn check(&self) -> Result<(), Failure> {
        if self.passed() { Err(self.failure()) } else { Ok(()) }
    }

    /// What to answer when the time is over.
    #[must_use]
    pub fn failure(&self) -> Failure {
        Failure::Timeout(self.limit)
    }
}

/// How heavy a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// One run of the EVM, mostly microseconds: run on the spot, the reactor moves aside.
    Call,
    /// Many runs, or many blocks: run on the blocking pool.
    Scan,
}

/// Runs short heavy work where it is called from; if that is the reactor, the reactor moves aside.
pub(crate) fn aside<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current() {
        Ok(handle) if handle.runtime_flavor() == RuntimeFlavor::MultiThread => tokio::task::block_in_place(work),
        _ => work(),
    }
}

/// The two gates.
#[derive(Debug)]
pub struct Workers {
    calls: Arc<Semaphore>,
    scans: Arc<Semaphore>,
}

impl Default for Workers {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let gate = |workers: usize| Arc::new(Semaphore::new(workers));
        Self { calls: gate(cores * 2), scans: gate((cores / 2).max(1)) }
    }
}

impl Workers {
    /// Runs `work` when a worker of its weight is free.
    ///
    /// # Errors
    /// [`Failure::Busy`] where none becomes free in time, [`Failure::Internal`] where `work` panics, or its own failure.
    pub async fn run<T: Send + 'static>(
        &self,
        weight: Weight,
        limit: Duration,
        work: impl FnOnce(Deadline) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let permit = self.permit(weight).await?;
        let deadline = Deadline::after(limit);
        // The permit goes with the work: a client that hangs up frees no worker that is still busy.
        let work = move || {
            let answer = catch_unwind(AssertUnwindSafe(|| work(deadline)));
            drop(permit);
            answer.unwrap_or_else(|_| Err(Failure::Internal("the worker panicked, see the log".into())))
        };
        if weight == Weight::Call && Handle::current().runtime_flavor() == RuntimeFlavor::MultiThread {
            return tokio::task::block_in_place(work);
        }
        let joined = tokio::task::spawn_blocking(work).await;
        joined.unwrap_or_else(|error| Err(Failure::Internal(format!("the worker is gone: {error}"))))
    }

    async fn permit(&self, weight: Weight) -> Result<OwnedSemaphorePermit, Failure> {
        let gate = match weight {
            Weight::Call => &self.calls,
            Weight::Scan => &self.scans,
        };
        if let Ok(permit) = gate.clone().try_acquire_owned() {
            return Ok(permit);
        }
        let waited = tokio::time::timeout(WORKER_WAIT_MAX, gate.clone().acquire_owned()).await;
        waited.ok().and_then(Result::ok).ok_or(Failure::Busy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn both_weights_run_and_return() {
        let workers = Workers::default();
        for weight in [Weight::Call, Weight::Scan] {
            let answer = workers.run(weight, Duration::from_secs(1), |deadline| deadline.check().map(|()| 7)).await;
            assert_eq!(answer, Ok(7));
        }
    }

    #[tokio::test]
    async fn a_panic_is_an_internal_error_and_frees_the_worker() {
        let workers = Workers::default();
        for _ in 0..10 {
            let answer = workers.run::<()>(Weight::Scan, Duration::ZERO, |_| panic!("on purpose")).await;
            assert!(matches!(answer, Err(Failure::Internal(_))));
        }
    }

    #[test]
    fn a_deadline_passes() {
        assert_eq!(Deadline::after(Duration::ZERO).check(), Err(Failure::Timeout(Duration::ZERO)));
        assert_eq!(Deadline::after(Duration::from_secs(9)).check(), Ok(()));
    }
}
