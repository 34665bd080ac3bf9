//! Threads and memory that outlive a block: nothing is spawned for a transaction or a block, and little is allocated.
//!
//! Whoever runs a block borrows a crew for itself alone, so that two blocks that are executed at once (speculation) do not
//! wait for each other. Threads without work are parked.

use std::sync::Arc;

use rayon::{ThreadPool, ThreadPoolBuilder};

use super::desk::Desk;
use super::memory::Memory;
use super::shard::Apart;
use super::status::Standing;
use crate::sync::{AtomicBool, Mutex, Ordering, lock};

/// Crews that are kept for later; more exist only while more blocks are executed at once.
const CREWS_KEPT: usize = 4;
/// How often who was called looks for work, spinning so often between two looks: for some hundred microseconds.
const LOOKS_OUT: usize = 128;
const SPINS: usize = 64;
/// Stack of a worker, as large as a main thread's.
const STACK_BYTES: usize = 8 << 20;

static RESTING: Mutex<Vec<Crew>> = Mutex::new(Vec::new());

/// Workers and what they work on.
pub(crate) struct Crew {
    workers: usize,
    /// `None` where the system gave no threads; the block is then run sequentially.
    pub(crate) pool: Option<ThreadPool>,
    pub(crate) memory: Memory,
    pub(crate) standings: Vec<Apart<Mutex<Standing>>>,
    /// Each worker's memory for rounds.
    pub(crate) desks: Vec<Desk>,
}

impl Crew {
    fn of(workers: usize) -> Self {
        let pool = ThreadPoolBuilder::new()
            .num_threads(workers)
            .thread_name(|number| format!("execute-{number}"))
            .stack_size(STACK_BYTES)
            .build();
        Self { workers, pool: pool.ok(), memory: Memory::default(), standings: Vec::new(), desks: Vec::new() }
    }

    /// Makes ready for a run of `jobs`.
    pub(crate) fn prepare(&mut self, jobs: usize) {
        self.memory.reset(jobs);
        self.standings.iter_mut().take(jobs).for_each(|standing| reset(&mut standing.0));
        let missing = jobs.saturating_sub(self.standings.len());
        self.standings.extend((0..missing).map(|_| Apart::default()));
    }
}

/// Threads that were called before there was work for them. Dropping it tells them that there is.
pub(crate) struct Called(Arc<AtomicBool>);

impl Called {
    /// Calls so many of the pool's threads. Waking takes tens of microseconds, in which other things can be done; who is awake
    /// waits a while for what it was called for.
    pub(crate) fn of(pool: &ThreadPool, threads: usize) -> Self {
        let work_is_there = Arc::new(AtomicBool::new(false));
        for _ in 0..threads {
            let work_is_there = work_is_there.clone();
            pool.spawn(move || {
                (0..LOOKS_OUT).take_while(|_| !work_is_there.load(Ordering::Acquire)).for_each(|_| {
                    (0..SPINS).for_each(|_| std::hint::spin_loop());
                });
            });
        }
        Self(work_is_there)
    }
}

impl Drop for Called {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

fn reset(standing: &mut Mutex<Standing>) {
    standing.get_mut().expect("no job runs under a lock").reset();
}

/// Calls `act` with a crew of so many workers.
pub(crate) fn with<R>(workers: usize, act: impl FnOnce(&mut Crew) -> R) -> R {
    let resting = {
        let mut resting = lock(&RESTING);
        let place = resting.iter().position(|crew| crew.workers == workers);
        place.map(|place| resting.swap_remove(place))
    };
    let mut crew = resting.unwrap_or_else(|| Crew::of(workers));
    // If `act` panics the crew goes with it: its memory is in no known state.
    let result = act(&mut crew);
    let mut resting = lock(&RESTING);
    if resting.len() < CREWS_KEPT {
        resting.push(crew);
    }
    result
}
