//! A part of multi-version memory under one lock: cells by hash, and what they are in the end.

use hashbrown::HashTable;
use seiza_state::{Key, StateRead, Value};

use super::cell::{Cell, Unsettled};

/// Cells that a shard keeps room for between blocks: 65,536 keys in all.
const CELLS_KEPT: usize = 256;

/// Where a cell lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct CellId {
    pub(crate) shard: u32,
    pub(crate) place: u32,
}

/// A value on cache lines of its own: neighbours that other cores write do not slow it down.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(crate) struct Apart<T>(pub(crate) T);

/// Cells, and where each key's lies.
#[derive(Debug, Default)]
pub(crate) struct Shard {
    /// In the order in which they were made; none goes away before the block ends.
    pub(crate) cells: Vec<Cell>,
    places: HashTable<u32>,
}

/// What was left of a block's writes.
pub(crate) type Settled = Result<Vec<(Key, Option<Value>)>, Box<Unsettled>>;

impl Shard {
    /// The place of `key`'s cell.
    pub(crate) fn find(&self, key: &Key) -> Option<u32> {
        self.places.find(key.hash64(), |place| self.cells[*place as usize].key == *key).copied()
    }

    /// The places of the cells whose keys have that hash.
    pub(crate) fn of_hash(&self, hash: u64) -> impl Iterator<Item = u32> {
        self.places.iter_hash(hash).copied().filter(move |place| self.cells[*place as usize].key.hash64() == hash)
    }

    /// Makes a cell; its place.
    pub(crate) fn push(&mut self, key: Key) -> u32 {
        let Self { cells, places } = self;
        let hash = key.hash64();
        let place = cells.len() as u32;
        cells.push(Cell::new(key));
        places.insert_unique(hash, place, |place| cells[*place as usize].key.hash64());
        place
    }

    /// The values that the jobs below `end` left here; sums start from `below`. The shard is empty then.
    ///
    /// # Errors
    /// The least job whose delta does not come out; of its keys, the least.
    pub(crate) fn settle(&mut self, end: u32, below: &dyn StateRead) -> Settled {
        let (mut values, mut failed) = (Vec::with_capacity(self.cells.len()), None);
        self.places.clear();
        for cell in self.cells.drain(..) {
            match cell.settle(end, |key| below.get(key)) {
                Ok(left) => values.extend(left),
                Err(unsettled) => Unsettled::keep_first(&mut failed, *unsettled),
            }
        }
        self.cells.shrink_to(CELLS_KEPT);
        failed.map_or(Ok(values), |failed| Err(Box::new(failed)))
    }
}
