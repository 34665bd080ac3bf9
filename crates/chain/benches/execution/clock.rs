//! Clocks: the one that is lent to the executor, as the node lends its own, and those that rounds are measured with.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Nanoseconds since it was first asked.
pub fn nanoseconds() -> u64 {
    u64::try_from(START.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// What a round is measured with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The time that passes.
    Wall,
    /// The time that the process's threads spend on a core, summed: what work costs, where the machine does other work too.
    Cpu,
}

impl Clock {
    /// What it shows now.
    pub fn now(self) -> Duration {
        match self {
            Self::Wall => START.elapsed(),
            Self::Cpu => clock_gettime(ClockId::ProcessCPUTime).try_into().expect("it began at zero"),
        }
    }

    /// Seconds since it showed `began`.
    pub fn since(self, began: Duration) -> f64 {
        (self.now() - began).as_secs_f64()
    }
}
