//! What a round's workers do in step: phase after phase, each of so many tasks that whoever is there takes one by one.
//!
//! Each worker prefers its own: every so many-th task, the same in each phase, so that what a task works on stays in one
//! core's caches. It takes those of others that are late.

use std::hint::spin_loop;

use crate::sync::{AtomicUsize, Ordering, RwLock, yield_now};

/// Looks before the core is offered to others.
const SPINS: usize = 256;

/// Waits a little before the next look at something, of which there were `looked`.
pub(crate) fn pause(looked: &mut usize) {
    *looked += 1;
    if *looked < SPINS { spin_loop() } else { yield_now() }
}

/// What is done now.
#[derive(Debug, Clone, Copy)]
struct Now<P> {
    phase: P,
    /// Counts the phases.
    number: usize,
    tasks: usize,
}

/// Tickets for the tasks of phase after phase.
#[derive(Debug)]
pub(crate) struct Tickets<P> {
    workers: usize,
    now: RwLock<Now<P>>,
    /// For each task the last phase in which it was taken.
    taken: Vec<AtomicUsize>,
    /// Tasks that nobody has taken.
    left: AtomicUsize,
    /// Tasks that are not done.
    open: AtomicUsize,
}

impl<P: Copy> Tickets<P> {
    /// No tickets yet, and never more than `tasks` at once; `phase` is of no interest.
    pub(crate) fn new(phase: P, tasks: usize, workers: usize) -> Self {
        let counters = |count| (0..count).map(|_| AtomicUsize::new(0)).collect();
        let now = RwLock::new(Now { phase, number: 0, tasks: 0 });
        Self { workers, now, taken: counters(tasks), left: AtomicUsize::new(0), open: AtomicUsize::new(0) }
    }

    /// Opens a phase of so many tasks. All of the one before are done.
    pub(crate) fn open(&self, phase: P, tasks: usize) {
        let mut now = self.now.write().expect("nobody panics who looks at the phase");
        *now = Now { phase, number: now.number + 1, tasks };
        self.open.store(tasks, Ordering::Release);
        self.left.store(tasks, Ordering::Release);
    }

    /// Takes a task: its phase, which lasts until the task is done, and its number in it.
    pub(crate) fn take(&self, worker: usize) -> Option<(P, usize)> {
        if self.left.load(Ordering::Acquire) == 0 {
            return None;
        }
        let now = *self.now.read().expect("nobody panics who opens a phase");
        let own = (worker..now.tasks).step_by(self.workers);
        let task = own.chain(0..now.tasks).find(|task| self.take_one(*task, now.number))?;
        self.left.fetch_sub(1, Ordering::AcqRel);
        Some((now.phase, task))
    }

    /// Takes that task, unless somebody has.
    fn take_one(&self, task: usize, phase: usize) -> bool {
        let taken = self.taken[task].load(Ordering::Acquire);
        taken < phase && self.taken[task].compare_exchange(taken, phase, Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }

    /// Whether there are tasks that nobody has taken.
    pub(crate) fn are_left(&self) -> bool {
        self.left.load(Ordering::Acquire) > 0
    }

    /// A task that was taken is done.
    pub(crate) fn finish(&self) {
        self.open.fetch_sub(1, Ordering::AcqRel);
    }

    /// Whether all tasks are done.
    pub(crate) fn are_done(&self) -> bool {
        self.open.load(Ordering::Acquire) == 0
    }
}
