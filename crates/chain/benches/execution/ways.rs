//! The ways to run a block that are compared: a mode, its workers, and what it is told beforehand.

use std::num::NonZeroUsize;

use seiza_chain::Mode;

/// What is known of the transactions before they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// Nothing but what they say themselves.
    Nothing,
    /// The keys that each touched when it was tried out on the parent's state, as admission does.
    Learned,
}

/// One way to run a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    pub mode: Mode,
    pub hint: Hint,
}

impl Way {
    /// The specification.
    pub const SEQUENTIAL: Self = Self { mode: Mode::Sequential, hint: Hint::Nothing };

    /// Its column: kind and workers.
    pub fn name(&self) -> String {
        match (self.mode, self.hint) {
            (Mode::Sequential, _) => "seq".into(),
            (Mode::Declared { workers }, _) => format!("decl {workers}"),
            (Mode::Optimistic { workers }, _) => format!("opt {workers}"),
        }
    }

    /// The threads that it runs on.
    pub fn workers(&self) -> usize {
        match self.mode {
            Mode::Sequential => 1,
            Mode::Declared { workers } | Mode::Optimistic { workers } => workers.get(),
        }
    }

    /// Whether nobody told it anything.
    pub fn is_optimistic(&self) -> bool {
        matches!((self.mode, self.hint), (Mode::Optimistic { .. }, Hint::Nothing))
    }

    /// Sequential, then every other kind at each number of workers, kind by kind.
    pub fn all(counts: &[NonZeroUsize]) -> Vec<Self> {
        let declared = |workers| Self { mode: Mode::Declared { workers }, hint: Hint::Learned };
        let optimistic = |workers| Self { mode: Mode::Optimistic { workers }, hint: Hint::Nothing };
        let kinds: [&dyn Fn(NonZeroUsize) -> Self; 2] = [&declared, &optimistic];
        let parallel = kinds.iter().flat_map(|kind| counts.iter().map(|workers| kind(*workers)));
        std::iter::once(Self::SEQUENTIAL).chain(parallel).collect()
    }
}

/// 1, 2, 4, 8, 16: as many as there are cores, 2 at least.
pub fn worker_counts() -> Vec<NonZeroUsize> {
    let cores = std::thread::available_parallelism().map_or(2, NonZeroUsize::get).max(2);
    [1, 2, 4, 8, 16].into_iter().filter(|count| *count <= cores).filter_map(NonZeroUsize::new).collect()
}
