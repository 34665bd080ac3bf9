//! What jobs declare, looked at once: which keys only one job speaks of. Those order nothing, and most keys are such.

use seiza_state::Key;

use crate::{Intent, Job};

/// Counters for each job of a block: most jobs declare fewer than four keys.
const COUNTERS_PER_JOB: usize = 8;

/// How many declarations, up to two, fall on each hash.
pub(crate) struct Declared {
    counters: Vec<u8>,
}

impl Declared {
    /// Counts what `jobs` declare.
    pub(crate) fn new<J: Job>(jobs: &[J]) -> Self {
        let counters = vec![0; (jobs.len() * COUNTERS_PER_JOB).next_power_of_two()];
        let mut declared = Self { counters };
        for job in jobs {
            job.declare(&mut |key, _| {
                let counter = declared.counter(key.hash64());
                declared.counters[counter] = (declared.counters[counter] + 1).min(2);
            });
        }
        declared
    }

    fn counter(&self, hash: u64) -> usize {
        (hash >> 20) as usize & (self.counters.len() - 1)
    }

    /// Tells `act` what `job` declares of keys that others declare, too.
    pub(crate) fn shared<J: Job>(&self, job: &J, mut act: impl FnMut(&Key, Intent)) {
        job.declare(&mut |key, intent| {
            if self.counters[self.counter(key.hash64())] > 1 {
                act(key, intent);
            }
        });
    }
}
