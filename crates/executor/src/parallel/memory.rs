//! Multi-version memory: every key's writes by job, so that each job reads what the jobs before it wrote.
//!
//! Keys are spread over shards by hash; a shard is locked for one look-up at a time. Cells stay where they are for the
//! whole block, so that whoever knows a cell's place need not hash again. The memory is kept between blocks.

use seiza_state::{Key, KeyRange, StateRead, Write};
use smallvec::SmallVec;

use super::cell::{Answer, Cell, Incarnation, Origin, Sight};
use super::filter::Filter;
use super::index::Index;
use super::shard::{Apart, CellId, Settled, Shard};
use crate::sync::{Mutex, MutexGuard, lock};

/// Shards; few enough to clear between small blocks, many enough that sixteen workers rarely meet.
const SHARDS: usize = 256;

/// Who reads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader {
    pub(crate) job: u32,
    /// Jobs below this one are final.
    pub(crate) committed: u32,
    pub(crate) sight: Sight,
}

impl Reader {
    /// One that wants to know exactly.
    pub(crate) fn exact(job: u32, committed: u32) -> Self {
        Self { job, committed, sight: Sight::Exact }
    }

    /// The same, content with about.
    pub(crate) fn about(self) -> Self {
        Self { sight: Sight::About, ..self }
    }
}

/// All writes of the jobs that were executed so far.
#[derive(Debug)]
pub(crate) struct Memory {
    filter: Filter,
    shards: Vec<Apart<Mutex<Shard>>>,
    index: Index,
}

impl Default for Memory {
    fn default() -> Self {
        let shards = (0..SHARDS).map(|_| Apart(Mutex::new(Shard::default()))).collect();
        Self { filter: Filter::default(), shards, index: Index::default() }
    }
}

impl Memory {
    /// Makes room for a run of `jobs`. The shards are empty: they were settled when the last run ended.
    pub(crate) fn reset(&mut self, jobs: usize) {
        self.filter.reset(jobs);
        self.index.clear();
    }

    /// Whether no job below `reader` has written a key of that hash; if so, the base is what it reads.
    #[inline]
    pub(crate) fn is_untouched(&self, hash: u64, reader: u32) -> bool {
        self.filter.is_untouched(hash, reader)
    }

    /// What is read at `key`, and the cell that knows it. `below` is asked only where a sum starts from it.
    pub(crate) fn read(&self, key: &Key, at: Reader, below: &dyn StateRead) -> (Option<CellId>, Answer) {
        let (shard, mut guard) = self.shard(key.hash64());
        let Some(place) = guard.find(key) else { return (None, Answer::Base) };
        let answer = guard.cells[place as usize].read(at.job, at.committed, at.sight);
        drop(guard);
        let id = CellId { shard, place };
        (Some(id), self.with_under(id, key, answer, at, below))
    }

    /// The cells of all keys of that hash: one at most, but for a rare accident.
    pub(crate) fn cells_of(&self, hash: u64) -> SmallVec<[CellId; 1]> {
        let (shard, guard) = self.shard(hash);
        guard.of_hash(hash).map(|place| CellId { shard, place }).collect()
    }

    /// As [`Memory::read`], of a cell known by place.
    pub(crate) fn read_cell(&self, id: CellId, at: Reader, below: &dyn StateRead) -> Answer {
        let answer = self.cell(id, |cell| cell.read(at.job, at.committed, at.sight));
        match answer {
            Answer::NeedsUnder => self.with_under(id, &self.key(id), answer, at, below),
            answer => answer,
        }
    }

    /// Reads the base outside the lock where the cell asks for it: a disk must not hold up the shard.
    fn with_under(&self, id: CellId, key: &Key, answer: Answer, at: Reader, below: &dyn StateRead) -> Answer {
        if answer != Answer::NeedsUnder {
            return answer;
        }
        match below.get(key) {
            Ok(value) => self.cell(id, |cell| {
                cell.set_under(value);
                cell.read(at.job, at.committed, at.sight)
            }),
            Err(error) => Answer::Known(Origin::Sum, Err(error)),
        }
    }

    /// Writes for `job`; the cell, and whether a reader above could tell.
    pub(crate) fn write(&self, job: u32, incarnation: Incarnation, key: Key, write: Write) -> (CellId, bool) {
        self.at_key(job, key, |cell| cell.write(job, incarnation, write))
    }

    /// Announces a write of `job` that is still to come.
    pub(crate) fn declare(&self, job: u32, key: Key) -> CellId {
        self.at_key(job, key, |cell| cell.declare(job)).0
    }

    fn at_key<R>(&self, job: u32, key: Key, act: impl FnOnce(&mut Cell) -> R) -> (CellId, R) {
        let hash = key.hash64();
        self.filter.note(hash, job);
        let (shard, mut guard) = self.shard(hash);
        let place = match guard.find(&key) {
            Some(place) => place,
            None => {
                let place = guard.push(key);
                self.index.add(&guard.cells[place as usize].key, CellId { shard, place });
                place
            }
        };
        (CellId { shard, place }, act(&mut guard.cells[place as usize]))
    }

    /// Makes what `job` wrote estimates.
    pub(crate) fn mark_estimates(&self, job: u32, written: &[CellId]) {
        written.iter().for_each(|id| self.cell(*id, |cell| cell.mark_estimate(job)));
    }

    /// Removes what `job` wrote there before `incarnation` and not again; answers whether there was such a thing.
    pub(crate) fn remove_older(&self, job: u32, incarnation: Incarnation, id: CellId) -> bool {
        self.cell(id, |cell| cell.remove_older(job, incarnation))
    }

    /// The cells of `range` that exist, in key order. From the first scan of a store on, its new cells are found, too.
    pub(crate) fn cells_in(&self, range: &KeyRange) -> Vec<(Key, CellId)> {
        self.index.cells_in(range, |store, found| {
            for (number, shard) in self.shards.iter().enumerate() {
                let shard_of = |place| CellId { shard: number as u32, place };
                let guard = lock(&shard.0);
                let of_store = guard.cells.iter().zip(0..).filter(|(cell, _)| cell.key.store() as usize == store);
                found.extend(of_store.map(|(cell, place)| (cell.key.clone(), shard_of(place))));
            }
        })
    }

    /// How many shards [`Memory::settle`] has.
    pub(crate) fn shards(&self) -> usize {
        self.shards.len()
    }

    /// The values that the jobs below `end` left in one shard, which is empty then; sums start from `below`.
    ///
    /// # Errors
    /// As [`Shard::settle`].
    pub(crate) fn settle(&self, shard: usize, end: u32, below: &dyn StateRead) -> Settled {
        lock(&self.shards[shard].0).settle(end, below)
    }

    /// The key of a cell.
    pub(crate) fn key(&self, id: CellId) -> Key {
        self.cell(id, |cell| cell.key.clone())
    }

    fn shard(&self, hash: u64) -> (u32, MutexGuard<'_, Shard>) {
        // High bits, but not the seven that the table tags its places with.
        let number = (hash >> 48) as usize & (SHARDS - 1);
        (number as u32, lock(&self.shards[number].0))
    }

    fn cell<R>(&self, id: CellId, act: impl FnOnce(&mut Cell) -> R) -> R {
        act(&mut lock(&self.shards[id.shard as usize].0).cells[id.place as usize])
    }
}
