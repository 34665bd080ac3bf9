//! The ways to run a block that are compared: a mode, its workers, and what it is told beforehand.

use std::num::NonZeroUsize;

use seiza_chain::{Mode, Options, Tuning};

use crate::clock;

/// What is known of the transactions before they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// Nothing but what they say themselves.
    Nothing,
    /// The keys that each touched when it was tried out on the parent's state, as admission does.
    Learned,
    /// The writes of each, as the block's proposer found them.
    Shipped,
}

/// One way to run a block. It has averages of its own, as in a node, which runs all blocks in one way.
#[derive(Debug)]
pub struct Way {
    pub mode: Mode,
    pub hint: Hint,
    tuning: Tuning,
}

impl Way {
    /// A way that chooses between sequential and parallel by what it measures.
    pub fn new(mode: Mode, hint: Hint) -> Self {
        let tuning = Tuning::new();
        tuning.set_clock(clock::nanoseconds);
        Self { mode, hint, tuning }
    }

    /// The specification.
    pub fn sequential() -> Self {
        Self::new(Mode::Sequential, Hint::Nothing)
    }

    /// The same, but never sequentially where it is parallel.
    pub fn forced(&self) -> Self {
        Self { mode: self.mode, hint: self.hint, tuning: Tuning::always_parallel() }
    }

    /// The same, but never sequentially and all of it in rounds.
    pub fn in_rounds(&self) -> Self {
        Self { mode: self.mode, hint: self.hint, tuning: Tuning::always_in_rounds() }
    }

    /// As the executor wants it.
    pub fn options(&self) -> Options<'_> {
        Options { tuning: Some(&self.tuning), keeps_writes: false }
    }

    /// Its column: kind and workers.
    pub fn name(&self) -> String {
        match (self.mode, self.hint) {
            (Mode::Sequential, _) => "seq".into(),
            (Mode::Declared { workers }, _) => format!("decl {workers}"),
            (Mode::Optimistic { workers }, Hint::Shipped) => format!("ship {workers}"),
            (Mode::Optimistic { workers }, _) => format!("opt {workers}"),
        }
    }

    /// Whether nobody told it anything.
    pub fn is_optimistic(&self) -> bool {
        matches!((self.mode, self.hint), (Mode::Optimistic { .. }, Hint::Nothing))
    }

    /// Sequential, then every other kind at each number of workers, kind by kind.
    pub fn all(counts: &[NonZeroUsize]) -> Vec<Self> {
        let declared = |workers| Self::new(Mode::Declared { workers }, Hint::Learned);
        let optimistic = |workers| Self::new(Mode::Optimistic { workers }, Hint::Nothing);
        let shipped = |workers| Self::new(Mode::Optimistic { workers }, Hint::Shipped);
        let kinds: [&dyn Fn(NonZeroUsize) -> Self; 3] = [&declared, &optimistic, &shipped];
        let parallel = kinds.iter().flat_map(|kind| counts.iter().map(|workers| kind(*workers)));
        std::iter::once(Self::sequential()).chain(parallel).collect()
    }
}

/// 1, 2, 4, 8, 16: as many as there are cores, 2 at least.
pub fn worker_counts() -> Vec<NonZeroUsize> {
    let cores = std::thread::available_parallelism().map_or(2, NonZeroUsize::get).max(2);
    [1, 2, 4, 8, 16].into_iter().filter(|count| *count <= cores).filter_map(NonZeroUsize::new).collect()
}
