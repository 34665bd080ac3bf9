//! The walk over a round's batches, in job order: what is fresh is taken, all else is run again where all before it is final.

use std::ops::Range;

use hashbrown::HashMap;
use seiza_state::{Access, Key, Premise, StateRead as _, WriteBuffer, WriteSet};

use super::batch::{Batch, Run};
use super::rounds::Rounds;
use super::touched::Touched;
use crate::prefix::{Changes, Prefix, Written};
use crate::sequential::Done;
use crate::stats::Counts;
use crate::{Job, RunError};

/// Keys that conflicts were about, with how many.
pub(crate) type Conflicts = HashMap<Key, usize, foldhash::fast::RandomState>;

/// The walk over finished batches, in job order.
pub(crate) struct Walk<'a, J: Job> {
    rounds: &'a Rounds<'a, J>,
    outputs: &'a mut Vec<J::Output>,
    kept: Option<&'a mut Vec<WriteSet>>,
    /// What changed in this round beside what a batch has seen itself.
    pub(crate) touched: Touched,
    buffer: WriteBuffer,
    pub(crate) conflicts: Conflicts,
}

impl<'a, J: Job> Walk<'a, J> {
    pub(crate) fn new(rounds: &'a Rounds<'a, J>, done: &'a mut Done<J::Output>, batches: usize) -> Self {
        let touched = Touched::for_batches(batches);
        let (outputs, kept, buffer) = (&mut done.outputs, done.writes.as_mut(), WriteBuffer::default());
        Self { rounds, outputs, kept, touched, buffer, conflicts: Conflicts::default() }
    }

    /// Takes in one batch, when all before it are.
    pub(crate) fn batch(
        &mut self,
        batch: &mut Batch<J::Output>,
        range: Range<usize>,
        changes: &mut Changes,
        counts: &mut Counts,
    ) -> Result<(), RunError> {
        let hashes: Vec<u64> = batch.writes.iter().map(|written| written.key.hash64()).collect();
        let reads = batch.reads.get_mut();
        let (mut read, mut relied, mut wrote) = (0, 0, 0);
        let mut writes = batch.writes.drain(..);
        for (job, run) in range.zip(batch.runs.drain(..)) {
            if self.rounds.cancel.is_cancelled() {
                return Err(RunError::Cancelled);
            }
            counts.validations += 1;
            let Run { output, reads: read_to, premises: relied_to, writes: wrote_to } = run;
            let premises = &reads.premises[relied..relied_to];
            let stale = self.stale(&reads.points[read..read_to], premises, changes);
            self.note(stale.and_then(|hash| changes.key_of(hash)));
            let fresh = output.filter(|_| stale.is_none());
            let written = writes.by_ref().take(wrote_to - wrote);
            match fresh {
                Some(output) => self.accept(job, output, written, changes)?,
                None => {
                    counts.executions += 1;
                    counts.conflict(None);
                    self.again(job, written.collect(), changes)?;
                }
            }
            (read, relied, wrote) = (read_to, relied_to, wrote_to);
        }
        hashes.into_iter().for_each(|hash| self.touched.insert(hash));
        Ok(())
    }

    /// The hash of what a run depends on and may have changed under it, if there is such a thing.
    fn stale(&self, points: &[u64], premises: &[(Key, Premise)], changes: &Changes) -> Option<u64> {
        let now = Prefix { base: self.rounds.base, changes };
        let broken = |(key, premise): &&(Key, Premise)| {
            self.touched.may_hold(key.hash64())
                && !now.get(key).and_then(|now| premise.holds(key, now.as_deref())).unwrap_or(false)
        };
        let changed = points.iter().find(|hash| self.touched.may_hold(**hash)).copied();
        changed.or_else(|| premises.iter().find(broken).map(|(key, _)| key.hash64()))
    }

    fn note(&mut self, conflict: Option<&Key>) {
        if let Some(key) = conflict {
            *self.conflicts.entry(key.clone()).or_default() += 1;
        }
    }

    /// Makes a run final.
    fn accept(
        &mut self,
        job: usize,
        output: J::Output,
        written: impl Iterator<Item = Written>,
        changes: &mut Changes,
    ) -> Result<(), RunError> {
        let base = self.rounds.base;
        let absorbed = match &mut self.kept {
            None => changes.absorb_written(written, base),
            Some(kept) => {
                let written: Vec<Written> = written.collect();
                kept.push(written.iter().map(|written| (written.key.clone(), written.write.clone())).collect());
                changes.absorb_written(written, base)
            }
        };
        absorbed.map_err(|error| RunError::State { job: self.rounds.first + job, error })?;
        self.outputs.push(output);
        Ok(())
    }

    /// Runs a job again, where all before it is final. What it now writes otherwise than before, later jobs of its batch
    /// have not seen.
    fn again(&mut self, job: usize, before: Vec<Written>, changes: &mut Changes) -> Result<(), RunError> {
        let failed = |error| RunError::State { job: self.rounds.first + job, error };
        let now = Prefix { base: self.rounds.base, changes };
        let mut access = Access::reusing(&now, std::mem::take(&mut self.buffer));
        let output = self.rounds.jobs[job].run(&mut access).map_err(failed)?;
        let mut buffer = access.into_buffer();
        let written: Vec<Written> = buffer.drain().map(|(key, write)| Written { key, write, base: None }).collect();
        self.buffer = buffer;
        self.differ(&before, &written);
        self.differ(&written, &before);
        self.accept(job, output, written.into_iter(), changes)
    }

    fn differ(&mut self, these: &[Written], those: &[Written]) {
        for Written { key, write, .. } in these {
            if !those.iter().any(|other| other.key == *key && other.write == *write) {
                self.touched.insert(key.hash64());
            }
        }
    }
}
