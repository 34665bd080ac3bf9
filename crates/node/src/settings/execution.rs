//! How blocks are executed, as a setting says it.

use std::num::NonZeroUsize;
use std::str::FromStr;

use seiza_chain::Mode;

use super::Count;

/// Threads that may execute one block.
pub const WORKERS_MAX: u64 = 64;

/// A mode without its workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ExecutionMode {
    /// All transactions at once, those that met stale values again.
    Optimistic,
    /// By a graph of the keys that transactions name.
    Declared,
    /// One after the other.
    Sequential,
}

impl FromStr for ExecutionMode {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "optimistic" => Ok(Self::Optimistic),
            "declared" => Ok(Self::Declared),
            "sequential" => Ok(Self::Sequential),
            _ => Err(format!("{text:?} is neither optimistic, declared nor sequential")),
        }
    }
}

impl ExecutionMode {
    /// The mode with so many workers; zero takes one for each core.
    pub fn with(self, workers: Count<0, WORKERS_MAX>) -> Mode {
        let workers = NonZeroUsize::new(workers.size()).unwrap_or_else(cores);
        match self {
            Self::Optimistic => Mode::Optimistic { workers },
            Self::Declared => Mode::Declared { workers },
            Self::Sequential => Mode::Sequential,
        }
    }
}

/// One worker for each core, within the bound.
fn cores() -> NonZeroUsize {
    let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let most = usize::try_from(WORKERS_MAX).ok().and_then(NonZeroUsize::new);
    most.map_or(cores, |most| cores.min(most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_are_as_many_as_said_or_one_for_each_core() {
        let modes = [ExecutionMode::Optimistic, ExecutionMode::Declared];
        for mode in modes {
            let (Mode::Optimistic { workers } | Mode::Declared { workers }) = mode.with(Count(7)) else {
                panic!("{mode:?} is parallel")
            };
            assert_eq!(workers.get(), 7);
            let (Mode::Optimistic { workers } | Mode::Declared { workers }) = mode.with(Count(0)) else {
                panic!("{mode:?} is parallel")
            };
            assert!((1..=64).contains(&workers.get()));
        }
        assert_eq!(ExecutionMode::Sequential.with(Count(7)), Mode::Sequential);
    }

    #[test]
    fn modes_are_read_as_they_are_written() {
        let table = [
            ("optimistic", Some(ExecutionMode::Optimistic)),
            ("declared", Some(ExecutionMode::Declared)),
            ("sequential", Some(ExecutionMode::Sequential)),
            ("Optimistic", None),
            ("parallel", None),
            ("", None),
        ];
        for (text, mode) in table {
            assert_eq!(text.parse().ok(), mode, "{text}");
        }
    }
}
