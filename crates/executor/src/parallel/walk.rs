//! The walk over a batch, job by job: what is fresh is taken, all else is run again where all before it is final.

use std::ops::Range;

use hashbrown::HashMap;
use seiza_state::{Access, Key, Write, WriteBuffer, WriteSet};

use super::batch::{Batch, Ends};
use super::glance::Reads;
use super::judge::Stale;
use super::rounds::Rounds;
use super::touched::Touched;
use crate::changes::{Changes, Ordered};
use crate::prefix::Prefix;
use crate::stats::Counts;
use crate::{Job, RunError};

/// Keys that conflicts were about, with how many.
pub(crate) type Conflicts = HashMap<Key, usize, foldhash::fast::RandomState>;

/// Outputs and, where they are wanted, writes of committed jobs.
type Outputs<T> = (Vec<T>, Option<Vec<WriteSet>>);

/// Walks through the batches that have a stale job.
pub(crate) struct Walk<'a, J: Job> {
    rounds: &'a Rounds<'a, J>,
    /// What jobs of this round wrote otherwise when they ran again.
    pub(crate) differing: Touched,
    /// The order of the changes, once a job has scanned.
    pub(crate) ordered: Ordered,
    buffer: WriteBuffer,
    pub(crate) conflicts: Conflicts,
    /// Transactions that ran again.
    pub(crate) again: usize,
    /// Hashes of the keys that were written.
    pub(crate) written: Vec<u64>,
}

/// Where a walk takes from, and what it adds to.
pub(crate) struct Way<'w, T> {
    pub(crate) batch: &'w Batch,
    /// The batch's jobs.
    pub(crate) jobs: Range<usize>,
    pub(crate) ran: &'w mut Vec<Option<T>>,
    pub(crate) done: &'w mut Outputs<T>,
    pub(crate) changes: &'w mut Changes,
}

impl<'a, J: Job> Walk<'a, J> {
    pub(crate) fn new(rounds: &'a Rounds<'a, J>) -> Self {
        let (differing, ordered, buffer) = Default::default();
        Self { rounds, differing, ordered, buffer, conflicts: Conflicts::default(), again: 0, written: Vec::new() }
    }

    /// Whether a batch may have seen what turned out otherwise in this round.
    pub(crate) fn concerns(&self, batch: &Batch) -> bool {
        let all = (Ends::default(), batch.ends.last().copied().unwrap_or_default());
        self.differs(&batch.reads, all).is_some()
    }

    /// Takes in one batch, when all before it are.
    pub(crate) fn batch(
        &mut self,
        mut way: Way<'_, J::Output>,
        stale: Vec<Stale>,
        counts: &mut Counts,
    ) -> Result<(), RunError> {
        let (mut stale, outputs) = (stale.into_iter().peekable(), std::mem::take(way.ran));
        for (job, output) in outputs.into_iter().enumerate() {
            if self.rounds.cancel.is_cancelled() {
                return Err(RunError::Cancelled);
            }
            let judged = stale.next_if(|(of, _)| *of == job);
            let reason = self.reason(&way, job, judged);
            let is_stale = reason.is_some();
            if let Some(key) = reason.flatten() {
                *self.conflicts.entry(key).or_default() += 1;
            }
            match output.filter(|_| !is_stale) {
                Some(output) => {
                    let writes = way.batch.writes_of(job).map(|(key, write)| (key.clone(), write.clone()));
                    self.accept(&mut way, job, output, writes)?;
                }
                None => {
                    let txs = self.rounds.jobs[way.jobs.start + job].size();
                    counts.executions += txs;
                    counts.conflict(None, txs);
                    self.again += txs;
                    self.run_again(&mut way, job)?;
                }
            }
        }
        Ok(())
    }

    /// The hash of a key that a run has looked at and that may have been written otherwise since.
    fn differs(&self, reads: &Reads, (from, to): (Ends, Ends)) -> Option<u64> {
        if self.differing.is_empty() {
            return None;
        }
        let points = reads.points[from.points..to.points].iter().chain(&reads.own[from.own..to.own]).copied();
        let premises = reads.premises[from.premises..to.premises].iter().map(|(key, _)| key.hash64());
        let expected = reads.expected[from.expected..to.expected].iter().map(|(key, _)| key.hash64());
        points.chain(premises).chain(expected).find(|hash| self.differing.may_hold(*hash))
    }

    /// The key that a run is about to be repeated for, where there is one.
    fn reason(&self, way: &Way<'_, J::Output>, job: usize, judged: Option<Stale>) -> Option<Option<Key>> {
        if let Some((_, key)) = judged {
            return Some(key);
        }
        let hash = self.differs(&way.batch.reads, way.batch.of_job(job))?;
        Some(way.changes.key_of(hash).cloned())
    }

    /// Makes a run final.
    fn accept(
        &mut self,
        way: &mut Way<'_, J::Output>,
        job: usize,
        output: J::Output,
        writes: impl Iterator<Item = (Key, Write)>,
    ) -> Result<(), RunError> {
        let (base, written) = (self.rounds.base, &mut self.written);
        let writes = writes.inspect(|(key, _)| written.push(key.hash64()));
        let absorbed = match &mut way.done.1 {
            None => way.changes.absorb(writes, base),
            Some(kept) => {
                let writes: WriteSet = writes.collect();
                kept.push(writes.clone());
                way.changes.absorb(writes, base)
            }
        };
        absorbed.map_err(|error| self.failed(way, job, error))?;
        way.done.0.push(output);
        Ok(())
    }

    fn failed(&self, way: &Way<'_, J::Output>, job: usize, error: seiza_state::StateError) -> RunError {
        RunError::State { job: self.rounds.first + way.jobs.start + job, error }
    }

    /// Runs a job again, where all before it is final. What it now writes otherwise than before, later jobs have not seen.
    fn run_again(&mut self, way: &mut Way<'_, J::Output>, job: usize) -> Result<(), RunError> {
        let now = Prefix { base: self.rounds.base, changes: &*way.changes };
        let mut access = Access::reusing(&now, std::mem::take(&mut self.buffer));
        let ran = self.rounds.jobs[way.jobs.start + job].run(&mut access);
        let mut buffer = access.into_buffer();
        let output = ran.map_err(|error| self.failed(way, job, error))?;
        self.note_differences(way.batch, job, &buffer);
        let accepted = self.accept(way, job, output, buffer.drain());
        self.buffer = buffer;
        accepted
    }

    fn note_differences(&mut self, batch: &Batch, job: usize, now: &WriteBuffer) {
        let mut differ = |key: &Key| self.differing.insert(key.hash64());
        let changed = batch.writes_of(job).filter(|(key, write)| now.get(key) != Some(*write));
        changed.for_each(|(key, _)| differ(key));
        let is_new = |key: &Key| batch.writes_of(job).all(|(written, _)| written != key);
        now.writes().iter().filter(|(key, _)| is_new(key)).for_each(|(key, _)| differ(key));
    }
}
