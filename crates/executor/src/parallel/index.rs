//! The ordered view of multi-version memory, for scans: kept only of stores that somebody scans.
//!
//! A scanner first announces that the store is scanned, then gathers the cells that exist; whoever makes a cell asks, under
//! its shard's lock, whether its store is scanned, and if so adds the cell. So no cell is missed: either it existed when its
//! shard was gathered, or its maker saw the announcement.

use std::collections::BTreeMap;

use seiza_state::{Key, KeyRange, STORES};

use super::shard::CellId;
use crate::sync::{AtomicBool, Mutex, Ordering, RwLock, lock};

/// Store numbers begin at one.
const STORE_SLOTS: usize = STORES.len() + 1;

/// Cells by key, of one store.
#[derive(Debug, Default)]
struct StoreIndex {
    /// Whether cells are to be added.
    announced: AtomicBool,
    /// Whether the cells from before the announcement are in.
    gathered: Mutex<bool>,
    cells: RwLock<BTreeMap<Key, CellId>>,
}

/// Cells by key.
#[derive(Debug)]
pub(crate) struct Index {
    stores: Vec<StoreIndex>,
}

impl Default for Index {
    fn default() -> Self {
        Self { stores: (0..STORE_SLOTS).map(|_| StoreIndex::default()).collect() }
    }
}

impl Index {
    /// Forgets all cells and scans.
    pub(crate) fn clear(&mut self) {
        for store in self.stores.iter_mut().filter(|store| store.announced.load(Ordering::Relaxed)) {
            *store = StoreIndex::default();
        }
    }

    /// Adds a cell that was just made. To be called under the lock of its shard.
    #[inline]
    pub(crate) fn add(&self, key: &Key, id: CellId) {
        let store = &self.stores[usize::from(key.as_bytes()[0])];
        if store.announced.load(Ordering::Acquire) {
            store.cells.write().expect("no job runs under a lock").insert(key.clone(), id);
        }
    }

    /// The cells of `range`, in key order. `gather` is asked once a store for the cells that exist already.
    pub(crate) fn cells_in(
        &self,
        range: &KeyRange,
        gather: impl Fn(usize, &mut Vec<(Key, CellId)>),
    ) -> Vec<(Key, CellId)> {
        let last = range.end.as_ref().map_or(STORE_SLOTS - 1, |end| end.store() as usize);
        let mut found = Vec::new();
        for (number, store) in self.stores.iter().enumerate().take(last + 1).skip(range.start.store() as usize) {
            store.gather_once(|found| gather(number, found));
            let cells = store.cells.read().expect("no job runs under a lock");
            // A range that ends where a store begins, or before its own start, holds nothing of it.
            if range.end.as_ref().is_none_or(|end| range.start < *end) {
                found.extend(cells.range::<Key, _>(range.bounds()).map(|(key, id)| (key.clone(), *id)));
            }
        }
        found
    }
}

impl StoreIndex {
    fn gather_once(&self, gather: impl FnOnce(&mut Vec<(Key, CellId)>)) {
        let mut gathered = lock(&self.gathered);
        if *gathered {
            return;
        }
        self.announced.store(true, Ordering::Release);
        let mut found = Vec::new();
        gather(&mut found);
        self.cells.write().expect("no job runs under a lock").extend(found);
        *gathered = true;
    }
}
