//! What jobs declare, looked at once: which keys only one job speaks of. Those order nothing, and most keys are such.

use seiza_state::Key;

use crate::{Intent, Job};

/// Counters for each job of a block: most jobs declare fewer than four keys.
const COUNTERS_PER_JOB: usize = 8;

/// The keys that some consecutive jobs speak of, by hash.
#[derive(Debug, Default)]
pub(crate) struct Spoken {
    hashes: Vec<u64>,
    /// Where each job's end in `hashes`.
    ends: Vec<u32>,
}

impl Spoken {
    /// Asks `jobs`.
    pub(crate) fn of<J: Job>(jobs: &[J]) -> Self {
        let mut spoken = Self::default();
        for job in jobs {
            job.declare(&mut |key, _| spoken.hashes.push(key.hash64()));
            spoken.ends.push(spoken.hashes.len() as u32);
        }
        spoken
    }

    /// Each job's hashes.
    fn jobs(&self) -> impl Iterator<Item = &[u64]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.hashes[start as usize..*end as usize])
    }
}

/// How many declarations, up to two, fall on each hash.
pub(crate) struct Declared {
    counters: Vec<u8>,
    /// The jobs that speak of a key that others speak of, too.
    sharing: Vec<u32>,
}

impl Declared {
    /// Counts what the jobs of a block declare, part by part in job order.
    pub(crate) fn new(parts: &[Spoken]) -> Self {
        let jobs: usize = parts.iter().map(|part| part.ends.len()).sum();
        let counters = vec![0; (jobs * COUNTERS_PER_JOB).next_power_of_two()];
        let mut declared = Self { counters, sharing: Vec::new() };
        for hash in parts.iter().flat_map(|part| &part.hashes) {
            for counter in declared.places(*hash) {
                declared.counters[counter] = (declared.counters[counter] + 1).min(2);
            }
        }
        let jobs = (0..).zip(parts.iter().flat_map(Spoken::jobs));
        let sharing = jobs.filter(|(_, hashes)| hashes.iter().any(|hash| declared.is_shared(*hash)));
        declared.sharing = sharing.map(|(job, _)| job).collect();
        declared
    }

    /// The jobs that speak of a key that others speak of, too; ascending.
    pub(crate) fn sharing(&self) -> &[u32] {
        &self.sharing
    }

    /// A hash counts in two places: two keys rarely share both.
    fn places(&self, hash: u64) -> [usize; 2] {
        [hash >> 10, hash >> 37].map(|bits| bits as usize & (self.counters.len() - 1))
    }

    fn is_shared(&self, hash: u64) -> bool {
        self.places(hash).into_iter().all(|counter| self.counters[counter] > 1)
    }

    /// Tells `act` what `job` declares of keys that others declare, too.
    pub(crate) fn shared<J: Job>(&self, job: &J, mut act: impl FnMut(&Key, Intent)) {
        job.declare(&mut |key, intent| {
            if self.is_shared(key.hash64()) {
                act(key, intent);
            }
        });
    }
}
