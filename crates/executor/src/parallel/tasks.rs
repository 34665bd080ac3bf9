//! The tasks of a round's phases: a batch is run, judged, or committed with others part by part.

use std::ops::Range;

use seiza_state::{Key, Part, StateError};

use super::desk::Slot;
use super::floor::Shared;
use super::glance::Errand;
use super::judge::Under;
use super::merge::Merge;
use crate::Job;
use crate::changes::Changes;
use crate::job::size;
use crate::prefix::Prefix;
use crate::stats::Counts;
use crate::sync::{Mutex, Ordering, lock};

impl<J: Job> Shared<'_, J> {
    pub(super) fn run_batch(&self, number: usize, worker: usize, counts: &Mutex<Counts>) {
        let (range, began) = (self.range(number), self.rounds.tuning.now());
        let txs = size(&self.rounds.jobs[range.clone()]);
        lock(counts).executions += txs;
        self.over_changes(|below| {
            let foretells = number > 0;
            let mut changed = lock(&self.known[worker]);
            changed.catch_up(&self.changed.read().expect("nobody panics who commits"));
            let (changed, parts, cancel) = (&*changed, self.parts.len(), self.rounds.cancel);
            let errand = Errand { below, changed, foretells, parts, cancel };
            let slot = &self.slots[number];
            let mut batch = slot.batch.write().expect("no job's panic leaves its batch");
            batch.run(&self.rounds.jobs[range], &errand, &mut lock(&slot.outputs));
        });
        self.ran_ns.fetch_add(self.rounds.tuning.since(began).unwrap_or_default(), Ordering::Relaxed);
        self.ran.fetch_add(txs, Ordering::Relaxed);
    }

    /// Calls `act` with what was committed before the round.
    fn over_changes<R>(&self, act: impl FnOnce(Prefix<'_, &Part>) -> R) -> R {
        let guards: Vec<_> = self.parts.iter().map(|part| part.read().expect("nobody panics who commits")).collect();
        let changes = Changes::of(guards.iter().map(|guard| &**guard).collect());
        act(Prefix { base: self.rounds.base, changes: &changes })
    }

    pub(super) fn judge(&self, number: usize, counts: &Mutex<Counts>) {
        let batches: Vec<_> = self.slots[..number].iter().map(Slot::read).collect();
        let batch = self.slots[number].read();
        lock(counts).validations += batch.ends.len();
        let stale = self.over_changes(|below| Under { batches: &batches, below }.stale(&batch));
        *lock(&self.slots[number].stale) = stale;
    }

    /// Commits a part of batches that have no stale jobs.
    pub(super) fn commit(&self, slots: Range<usize>, number: usize) {
        let mut part = self.parts[number].write().expect("nobody panics who commits");
        for slot in slots {
            let batch = self.slots[slot].read();
            let mut merge = Merge { base: self.rounds.base, part: &mut part };
            if let Some((job, key, error)) = merge.take(&batch, number) {
                self.fail(self.range(slot).start + job, key, error);
            }
        }
    }

    fn fail(&self, job: usize, key: Key, error: StateError) {
        let mut failed = lock(&self.failed);
        if failed.as_ref().is_none_or(|(first, least, _)| (job, &key) < (*first, least)) {
            *failed = Some((job, key, error));
        }
    }

    pub(super) fn keep_outputs(&self, slot: usize) {
        self.changed.write().expect("nobody panics who commits").extend(self.slots[slot].read().written());
        let mut done = lock(&self.outputs);
        let (outputs, kept) = &mut *done;
        outputs.extend(lock(&self.slots[slot].outputs).drain(..).flatten());
        if let Some(kept) = kept {
            let batch = self.slots[slot].read();
            kept.extend((0..batch.ends.len()).map(|job| batch.write_set_of(job)));
        }
    }
}
