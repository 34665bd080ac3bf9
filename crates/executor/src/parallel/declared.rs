//! What jobs declare, looked at once: which keys only one job speaks of. Those order nothing, and most keys are such.

use seiza_state::Key;

use crate::hash::KeyHasher;
use crate::{Intent, Job};

/// Counters for each job of a block: most jobs declare fewer than four keys.
const COUNTERS_PER_JOB: usize = 8;

/// How many declarations, up to two, fall on each hash.
pub(crate) struct Declared {
    hasher: KeyHasher,
    counters: Vec<u8>,
}

impl Declared {
    /// Counts what `jobs` declare.
    pub(crate) fn new<J: Job>(jobs: &[J]) -> Self {
        let counters = vec![0; (jobs.len() * COUNTERS_PER_JOB).next_power_of_two()];
        let mut declared = Self { hasher: KeyHasher::default(), counters };
        for job in jobs {
            job.declare(&mut |key, _| {
                let hash = declared.hasher.hash(key);
                let counter = declared.counter(hash);
                declared.counters[counter] = (declared.counters[counter] + 1).min(2);
            });
        }
        declared
    }

    fn counter(&self, hash: u64) -> usize {
        (hash >> 20) as usize & (self.counters.len() - 1)
    }

    /// Tells `act` what `job` declares of keys that others declare, too; with the key's hash.
    pub(crate) fn shared<J: Job>(&self, job: &J, mut act: impl FnMut(&Key, u64, Intent)) {
        job.declare(&mut |key, intent| {
            let hash = self.hasher.hash(key);
            if self.counters[self.counter(hash)] > 1 {
                act(key, hash, intent);
            }
        });
    }
}
