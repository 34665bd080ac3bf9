//! Declared mode's order of work: who waits for whom, by what jobs say they will touch.
//!
//! Only what a job reads makes it wait: multi-version memory lets writes of one key happen in any order, and deltas never
//! wait for each other, nor for a job that only relies on the amount. The graph is a plan, not a promise: what it gets wrong, validation finds.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use smallvec::SmallVec;

use super::declared::Declared;
use crate::{Intent, Job};

/// A reader waits for the last so many credits of a key; the plan need not know them all.
const ADDERS_AWAITED: usize = 8;

/// Who waits for whom.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    /// For each job, those it waits for, ascending.
    pub(crate) waits_for: Vec<SmallVec<[u32; 4]>>,
    /// Jobs on the longest chain of waits: no number of workers is faster.
    pub(crate) longest: usize,
}

/// Keys are told apart by hash alone: a collision makes a job wait in vain, no more.
type ByHash<V> = HashMap<u64, V, BuildHasherDefault<Hashed>>;

#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn write(&mut self, _: &[u8]) {
        unreachable!("keys are hashed already");
    }
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
    fn finish(&self) -> u64 {
        self.0
    }
}

/// Who last wrote a key, and who added to it since.
#[derive(Default)]
struct Last {
    writer: Option<u32>,
    adders: SmallVec<[u32; 4]>,
}

impl Last {
    fn read(&self, intent: Intent, waits: &mut SmallVec<[u32; 4]>) {
        if matches!(intent, Intent::Read | Intent::Rely | Intent::Change) {
            waits.extend(self.writer);
        }
        if matches!(intent, Intent::Read | Intent::Change) {
            waits.extend(self.adders.iter().rev().take(ADDERS_AWAITED).copied());
        }
    }

    fn write(&mut self, job: u32, intent: Intent) {
        match intent {
            Intent::Read | Intent::Rely => {}
            Intent::Add => self.adders.push(job),
            Intent::Write | Intent::Change => {
                self.writer = Some(job);
                self.adders.clear();
            }
        }
    }
}

impl Graph {
    /// The graph of what `jobs` declare; `declared` is of the same jobs.
    pub(crate) fn new<J: Job>(jobs: &[J], declared: &Declared) -> Self {
        let mut last = ByHash::<Last>::default();
        let (mut waits_for, mut depths) = (vec![SmallVec::new(); jobs.len()], vec![1u32; jobs.len()]);
        for number in declared.sharing().iter().copied() {
            let (job, mut waits) = (&jobs[number as usize], SmallVec::new());
            // What is claimed of a job is there to be read before the job runs: nobody waits for it.
            let is_awaited = job.shipped().is_none();
            declared.shared(job, |key, intent| {
                let last = last.entry(key.hash64()).or_default();
                last.read(intent, &mut waits);
                if is_awaited {
                    last.write(number, intent);
                }
            });
            waits.sort_unstable();
            waits.dedup();
            // A key declared twice does not make a job wait for itself.
            waits.retain(|on| *on < number);
            depths[number as usize] = 1 + waits.iter().map(|on| depths[*on as usize]).max().unwrap_or(0);
            waits_for[number as usize] = waits;
        }
        Self { waits_for, longest: depths.iter().max().map_or(0, |depth| *depth as usize) }
    }
}
