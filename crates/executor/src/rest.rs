//! Which blocks are not even tried in parallel: those like the last ones that gained nothing by it.
//!
//! Blocks that follow each other are mostly alike, so what did not gain will not gain again. One of quite another size, or of
//! transactions of quite another weight, is no matter to that.

use std::sync::{Mutex, PoisonError};

use crate::Job;
use crate::job::size;

/// After so many blocks in a row that did not gain, the next ones are not tried, twice as many each time.
const PATIENCE: u32 = 2;
/// Most blocks that are run sequentially before one is tried again.
const RESTS: u32 = 8;
/// Blocks are alike if neither has so many times the transactions of the other, nor they so many times the weight, in
/// halves.
const ALIKE_HALVES: u64 = 3;

/// What is known of a block before it runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Looks {
    txs: u64,
    /// Of a transaction, on average.
    weight: u64,
}

impl Looks {
    /// Those of a block of `jobs`.
    pub(crate) fn of<J: Job>(jobs: &[J]) -> Self {
        let (txs, weight) = (size(jobs) as u64, jobs.iter().map(Job::weight).fold(0, u64::saturating_add));
        Self { txs, weight: weight / txs.max(1) }
    }

    fn is_like(self, other: Self) -> bool {
        let near = |a: u64, b: u64| a.max(b).saturating_mul(2) <= a.min(b).max(1).saturating_mul(ALIKE_HALVES);
        near(self.txs, other.txs) && near(self.weight, other.weight)
    }
}

/// What is remembered of blocks that did not gain.
#[derive(Debug, Default)]
struct Memory {
    looks: Looks,
    /// How many of them followed each other.
    serial: u32,
    /// Blocks since that were not tried.
    rested: u32,
}

/// Remembers blocks that did not gain.
#[derive(Debug)]
pub(crate) struct Rest(Mutex<Memory>);

impl Rest {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Memory { looks: Looks { txs: 0, weight: 0 }, serial: 0, rested: 0 }))
    }

    fn with<R>(&self, act: impl FnOnce(&mut Memory) -> R) -> R {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether the last block like this one did not gain.
    pub(crate) fn hesitates(&self, looks: Looks) -> bool {
        self.with(|memory| memory.serial > 0 && memory.looks.is_like(looks))
    }

    /// Whether to run a block sequentially without trying, since several like it did not gain.
    pub(crate) fn rests(&self, looks: Looks) -> bool {
        self.with(|memory| {
            let doubled = memory.serial.checked_sub(PATIENCE).filter(|_| memory.looks.is_like(looks));
            let rests = memory.rested < doubled.map_or(0, |doubled| 1 << doubled.min(RESTS.ilog2()));
            memory.rested += u32::from(rests);
            rests
        })
    }

    /// Learns whether a block that was tried gained anything.
    pub(crate) fn learn(&self, looks: Looks, gained: bool) {
        self.with(|memory| match (memory.looks.is_like(looks), gained) {
            (true, true) => *memory = Memory::default(),
            (true, false) => (memory.serial, memory.rested) = (memory.serial.saturating_add(1), 0),
            (false, false) => *memory = Memory { looks, serial: 1, rested: 0 },
            (false, true) => {}
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(txs: u64, weight: u64) -> Looks {
        Looks { txs, weight }
    }

    #[test]
    fn blocks_that_do_not_gain_are_tried_less_and_less_often_and_one_that_does_ends_that() {
        let (rest, block) = (Rest::new(), looks(100, 21_000));
        let rests = |gained| {
            let rested = (0..).take_while(|_| rest.rests(block)).count();
            rest.learn(block, gained);
            rested
        };
        let rested: Vec<usize> = (0..8).map(|_| rests(false)).collect();
        assert_eq!(rested, [0, 0, 1, 2, 4, 8, 8, 8]);
        assert_eq!((rests(true), rests(true)), (8, 0));
    }

    #[test]
    fn what_looks_otherwise_does_not_rest() {
        let rest = Rest::new();
        (0..5).for_each(|_| rest.learn(looks(1_000, 60_000), false));
        let cases = [
            ((1_000, 60_000), true),
            ((700, 60_000), true),
            ((1_400, 60_000), true),
            ((600, 60_000), false),
            ((1_600, 60_000), false),
            ((1_000, 21_000), false),
            ((1_000, 100_000), false),
            ((0, 0), false),
        ];
        for ((txs, weight), hesitates) in cases {
            assert_eq!(rest.hesitates(looks(txs, weight)), hesitates, "{txs} of {weight}");
        }
        rest.learn(looks(10, 1_000_000), true);
        assert!(rest.hesitates(looks(1_000, 60_000)), "what is unlike says nothing");
        rest.learn(looks(10, 1_000_000), false);
        assert!(!rest.hesitates(looks(1_000, 60_000)), "only the last ones are remembered");
    }
}
