//! One job after the other: the specification that every other mode must equal.

use std::ops::Range;

use seiza_state::{Access, StateError, StateRead, WriteBuffer, WriteSet};

use crate::changes::Changes;
use crate::job::{foresee, size};
use crate::prefix::Prefix;
use crate::tuning::LONG_NS;
use crate::{Cancel, Job, RunError, Tuning};

/// What jobs did, so far.
pub(crate) struct Done<T> {
    /// Their writes, resolved.
    pub(crate) changes: Changes,
    pub(crate) outputs: Vec<T>,
    /// Each job's writes, where somebody wants them.
    pub(crate) writes: Option<Vec<WriteSet>>,
}

impl<T> Done<T> {
    /// Nothing yet, of a block of `jobs`.
    pub(crate) fn nothing<J: Job<Output = T>>(jobs: &[J], keeps_writes: bool) -> Self {
        let writes = keeps_writes.then(|| Vec::with_capacity(jobs.len()));
        Self { changes: Changes::for_txs(size(jobs)), outputs: Vec::with_capacity(jobs.len()), writes }
    }

    /// Takes in one job's writes.
    fn absorb(&mut self, buffer: &mut WriteBuffer, base: &dyn StateRead) -> Result<(), StateError> {
        let Some(writes) = &mut self.writes else { return self.changes.absorb(buffer.drain(), base) };
        let written: WriteSet = buffer.drain().collect();
        writes.push(written.clone());
        self.changes.absorb(written, base)
    }
}

/// Runs the next jobs, of about so many transactions, to learn what they take, and answers how long that was, where there is
/// a clock. It ends as soon as they are known to be long: they had better run side by side.
pub(crate) fn run_some<J: Job>(
    base: &(dyn StateRead + Sync),
    jobs: &[J],
    txs: usize,
    done: &mut Done<J::Output>,
    cancel: &Cancel,
    tuning: &Tuning,
) -> Result<Option<u64>, RunError> {
    let (began, mut ran, mut took) = (tuning.now(), 0, tuning.now().map(|_| 0));
    while ran < txs && done.outputs.len() < jobs.len() && took.is_none_or(|took| took < txs as u64 * LONG_NS) {
        let next = done.outputs.len();
        run(base, jobs, next..next + 1, done, cancel)?;
        (ran, took) = (ran + jobs[next].size(), tuning.since(began));
    }
    Ok(took)
}

/// Runs `range` of `jobs` in order over `base` and what is done, adding to it.
pub(crate) fn run<J: Job>(
    base: &(dyn StateRead + Sync),
    jobs: &[J],
    range: Range<usize>,
    done: &mut Done<J::Output>,
    cancel: &Cancel,
) -> Result<(), RunError> {
    let (mut buffer, mut hashes, mut foreseen) = (WriteBuffer::default(), Vec::new(), range.start);
    for index in range.clone() {
        if index == foreseen {
            foreseen += foresee(base, &jobs[index..range.end], &mut hashes);
        }
        if cancel.is_cancelled() {
            return Err(RunError::Cancelled);
        }
        let failed = |error| RunError::State { job: index, error };
        let prefix = Prefix { base, changes: &done.changes };
        let mut access = Access::reusing(&prefix, buffer);
        let output = jobs[index].run(&mut access).map_err(failed)?;
        buffer = access.into_buffer();
        done.absorb(&mut buffer, base).map_err(failed)?;
        done.outputs.push(output);
    }
    Ok(())
}
