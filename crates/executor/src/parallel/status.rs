//! One job's standing: what it waits for, which run it is in, what its last run read and wrote.

use smallvec::SmallVec;

use super::cell::Incarnation;
use super::log::ReadLog;
use super::shard::CellId;

/// Where a job stands. `Ready -> Executing -> Executed -> Committed`; back to `Ready` when its reads turn out stale, to
/// `Waiting` when it met an estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Status {
    /// May be run.
    #[default]
    Ready,
    /// Runs when so many jobs have been executed.
    Waiting(u32),
    /// Is being run.
    Executing,
    /// Its writes can be read; its reads are to be validated.
    Executed,
    /// Final.
    Committed,
}

/// A job's standing.
#[derive(Debug, Default)]
pub(crate) struct Standing {
    pub(crate) status: Status,
    /// The run it is in, or is to be in next.
    pub(crate) incarnation: Incarnation,
    /// Whether its last run began when all jobs below were final: then nothing can have changed under it.
    pub(crate) at_front: bool,
    /// Who ran it last.
    pub(crate) worker: usize,
    /// Whether its writes were claimed before its first run.
    pub(crate) shipped: bool,
    /// Whether its last run ended in an error or a panic.
    pub(crate) failed: bool,
    pub(crate) log: ReadLog,
    pub(crate) written: Vec<CellId>,
    /// Jobs that wait for it to be executed.
    pub(crate) dependents: SmallVec<[u32; 4]>,
}

impl Standing {
    /// Back to the beginning, keeping the memory.
    pub(crate) fn reset(&mut self) {
        let (mut log, mut written) = (std::mem::take(&mut self.log), std::mem::take(&mut self.written));
        log.clear();
        written.clear();
        *self = Self { log, written, ..Self::default() };
    }
}
