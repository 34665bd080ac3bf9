//! How a parallel run ends: the last worker to run a job sets all of them free, and together they work out what each key is
//! left with, shard by shard. They are awake; to wake them for it later would take as long as the work.

use seiza_state::{Key, Value};

use super::cell::Unsettled;
use super::engine::Engine;
use super::shard::Settled;
use crate::Job;
use crate::sync::{AtomicUsize, Mutex, Ordering, lock, yield_now};

/// What the shards were left with, as far as they are settled, and the first delta that does not come out.
type Sum = (Vec<(Key, Option<Value>)>, Option<Unsettled>);

/// Workers that have come and those that run no job any more, and what the shards were left with.
#[derive(Debug, Default)]
pub(crate) struct Leaving {
    arrived: AtomicUsize,
    left: AtomicUsize,
    next_shard: AtomicUsize,
    settled: Mutex<Sum>,
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
        let mut mine = Sum::default();
        let end = lock(&self.progress).next;
        let next = || {
            Some(self.leaving.next_shard.fetch_add(1, Ordering::Relaxed)).filter(|shard| *shard < self.memory.shards())
        };
        std::iter::from_fn(next).for_each(|shard| add(&mut mine, self.memory.settle(shard, end, self.base())));
        let mut settled = lock(&self.leaving.settled);
        add(&mut settled, Ok(mine.0));
        if let Some(failed) = mine.1 {
            Unsettled::keep_first(&mut settled.1, failed);
        }
    }
}

fn add((values, failed): &mut Sum, settled: Settled) {
    match settled {
        Ok(more) if values.is_empty() => *values = more,
        Ok(mut more) => values.append(&mut more),
        Err(next) => Unsettled::keep_first(failed, *next),
    }
}
