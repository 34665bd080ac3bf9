//! Which batches of a round are still to be taken, and whether all are done.

use std::hint::spin_loop;

use crate::sync::{AtomicUsize, Ordering, yield_now};

/// Looks before the core is offered to others.
const SPINS: usize = 256;

/// Waits a little before the next look at something, of which there were `looked`.
pub(crate) fn pause(looked: &mut usize) {
    *looked += 1;
    if *looked < SPINS { spin_loop() } else { yield_now() }
}

/// Tickets for the batches of round after round. They are counted through, so that who comes late takes one of the present
/// round or none.
#[derive(Debug)]
pub(crate) struct Tickets {
    /// Batches of a round.
    batches: usize,
    /// The first job of the round.
    at: AtomicUsize,
    /// The next ticket to be taken, and the first that is not to be taken yet.
    next: AtomicUsize,
    limit: AtomicUsize,
    /// Batches of the round that are run.
    finished: AtomicUsize,
}

impl Tickets {
    /// No round is open.
    pub(crate) fn new(batches: usize) -> Self {
        let zero = || AtomicUsize::new(0);
        Self { batches, at: zero(), next: zero(), limit: zero(), finished: zero() }
    }

    /// Opens the round that begins at job `at`. All batches of the one before are finished.
    pub(crate) fn open(&self, at: usize) {
        self.at.store(at, Ordering::Release);
        self.finished.store(0, Ordering::Release);
        self.limit.fetch_add(self.batches, Ordering::AcqRel);
    }

    /// Takes a batch: its number in the round, and the round's first job, which stays until the batch is finished.
    pub(crate) fn take(&self) -> Option<(usize, usize)> {
        let next = self.next.load(Ordering::Acquire);
        let taken = next < self.limit.load(Ordering::Acquire)
            && self.next.compare_exchange(next, next + 1, Ordering::AcqRel, Ordering::Relaxed).is_ok();
        taken.then(|| (next % self.batches, self.at.load(Ordering::Acquire)))
    }

    /// Whether there are batches that nobody has taken.
    pub(crate) fn are_left(&self) -> bool {
        self.next.load(Ordering::Acquire) < self.limit.load(Ordering::Acquire)
    }

    /// A batch that was taken is run.
    pub(crate) fn finish(&self) {
        self.finished.fetch_add(1, Ordering::AcqRel);
    }

    /// Whether all batches of the round are run.
    pub(crate) fn are_done(&self) -> bool {
        self.finished.load(Ordering::Acquire) == self.batches
    }
}
