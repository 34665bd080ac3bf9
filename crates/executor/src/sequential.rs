//! One job after the other: the specification that every other mode must equal.

use std::ops::Range;

use seiza_state::{Access, StateError, StateRead, WriteBuffer, WriteSet};

use crate::changes::Changes;
use crate::prefix::Prefix;
use crate::{Cancel, Job, RunError};

/// Reads are foreseen about so many at once: enough that they wait for memory together, few enough to be still in the
/// caches when their turn comes.
const FORESEEN: usize = 96;

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
    pub(crate) fn nothing(jobs: usize, keeps_writes: bool) -> Self {
        let writes = keeps_writes.then(|| Vec::with_capacity(jobs));
        Self { changes: Changes::for_jobs(jobs), outputs: Vec::with_capacity(jobs), writes }
    }

    /// Takes in one job's writes.
    fn absorb(&mut self, buffer: &mut WriteBuffer, base: &dyn StateRead) -> Result<(), StateError> {
        let Some(writes) = &mut self.writes else { return self.changes.absorb(buffer.drain(), base) };
        let written: WriteSet = buffer.drain().collect();
        writes.push(written.clone());
        self.changes.absorb(written, base)
    }
}

/// Has memory asked for what the first of `jobs` are bound to read; answers how many those are.
pub(crate) fn foresee<J: Job>(base: &(dyn StateRead + Sync), jobs: &[J], hashes: &mut Vec<u64>) -> usize {
    hashes.clear();
    let told = jobs.iter().take_while(|job| {
        let goes_on = hashes.len() < FORESEEN;
        if goes_on {
            job.foresee(hashes);
        }
        goes_on
    });
    let told = told.take(FORESEEN).count();
    if !hashes.is_empty() {
        base.warm(hashes);
    }
    told
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
