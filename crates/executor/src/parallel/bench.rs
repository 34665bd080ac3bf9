//! A worker's bench: memory that it uses again for each job, and what it counts.

use std::ops::Range;

use seiza_state::WriteBuffer;

use super::log::ReadLog;
use super::shard::CellId;
use crate::stats::Counts;

/// Logs that a worker keeps for its next jobs; more than that are in flight only behind a very long job.
const LOGS_KEPT: usize = 256;

/// A worker's own things: memory that it uses again for each job, and what it counted.
#[derive(Debug, Default)]
pub(crate) struct Bench {
    pub(super) buffer: WriteBuffer,
    pub(super) written: Vec<CellId>,
    pub(super) logs: Vec<ReadLog>,
    /// Which worker this is.
    pub(super) worker: usize,
    /// Jobs it has taken and not begun.
    pub(super) claim: Range<usize>,
    /// Jobs that it ran.
    pub(super) runs: usize,
    pub(super) hashes: Vec<u64>,
    pub(crate) counts: Counts,
}

impl Bench {
    /// Keeps a log that nobody needs any more.
    pub(crate) fn recycle(&mut self, log: ReadLog) {
        if self.logs.len() < LOGS_KEPT {
            self.logs.push(log);
        }
    }
}
