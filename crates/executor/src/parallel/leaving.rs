//! How a parallel run ends: the last worker to run a job sets all of them free, and together they work out what each key is
//! left with, shard by shard. They are awake; to wake them for it later would take as long as the work.

use seiza_state::{Key, Value};

use super::cell::Unsettled;
use super::engine::Engine;
use super::shard::Settled;
use crate::Job;
use crate::sync::{AtomicUsize, Mutex, Ordering, lock, yield_now};

/// Workers that have come and those that run no job any more, and what the shards were left with.
#[derive(Debug, Default)]
pub(crate) struct Leaving {
    arrived: AtomicUsize,
    left: AtomicUsize,
    next_shard: AtomicUsize,
    settled: Mutex<(Vec<(Key, Option<Value>)>, Option<Unsettled>)>,
}

impl Leaving {
    /// Notes that a worker has come. It is to look whether the run was halted only afterwards.
    pub(crate) fn arrive(&self) {
        self.arrived.fetch_add(1, Ordering::SeqCst);
    }

    /// Notes that a worker will run no job any more.
    pub(crate) fn leave(&self) {
        self.left.fetch_add(1, Ordering::SeqCst);
    }

    /// Whether more than one worker has come.
    pub(crate) fn has_company(&self) -> bool {
        self.arrived.load(Ordering::Relaxed) > 1
    }

    /// Whether nobody runs a job any more. Who comes later finds the run halted.
    fn is_quiet(&self) -> bool {
        self.left.load(Ordering::SeqCst) >= self.arrived.load(Ordering::SeqCst)
    }

    /// What all keys are left with, once all workers have gone; or the first delta that does not come out.
    pub(crate) fn settled(&self) -> Settled {
        let (values, failed) = std::mem::take(&mut *lock(&self.settled));
        failed.map_or(Ok(values), |failed| Err(Box::new(failed)))
    }
}

impl<J: Job> Engine<'_, J> {
    /// Takes part in settling what the committed jobs wrote, when the run is halted and all jobs have ended.
    pub(crate) fn settle(&self) {
        while !self.leaving.is_quiet() {
            yield_now();
        }
        let end = lock(&self.progress).next;
        let (mut values, mut failed) = (Vec::new(), None);
        loop {
            let shard = self.leaving.next_shard.fetch_add(1, Ordering::Relaxed);
            if shard >= self.memory.shards() {
                break;
            }
            match self.memory.settle(shard, end, self.base()) {
                Ok(mut left) if values.is_empty() => values = std::mem::take(&mut left),
                Ok(mut left) => values.append(&mut left),
                Err(next) => Unsettled::keep_first(&mut failed, *next),
            }
        }
        let mut settled = lock(&self.leaving.settled);
        if settled.0.is_empty() {
            settled.0 = values;
        } else {
            settled.0.append(&mut values);
        }
        if let Some(failed) = failed {
            Unsettled::keep_first(&mut settled.1, failed);
        }
    }
}
