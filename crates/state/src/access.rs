//! One job's recorded view of the state: reads are noted, writes collected, checkpoints undo writes.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::changeset::scan_merged;
use crate::{Delta, Key, KeyRange, ReadSet, StateError, StateRead, StateWrite, Value, Visit, Write, WriteSet};

/// A job's access to state: its own writes over a shared base. Dropping it discards the writes.
///
/// Reads that reach the base are recorded; reads of what the job wrote itself are not. An `add` is no read.
pub struct Access<'a> {
    base: &'a dyn StateRead,
    writes: BTreeMap<Key, Write>,
    /// What each write replaced, newest last: reverting walks it backwards.
    journal: Vec<(Key, Option<Write>)>,
    reads: RefCell<ReadSet>,
    records: bool,
}

/// A point to which an [`Access`] can return. Checkpoints nest; an older one undoes the newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a checkpoint is of use only when reverted to"]
pub struct Checkpoint(usize);

impl<'a> Access<'a> {
    /// Access that records what it reads from `base`.
    #[must_use]
    pub fn new(base: &'a dyn StateRead) -> Self {
        Self { base, writes: BTreeMap::new(), journal: Vec::new(), reads: RefCell::default(), records: true }
    }

    /// Access without a read set, for modes and callers that compare none.
    #[must_use]
    pub fn unrecorded(base: &'a dyn StateRead) -> Self {
        Self { records: false, ..Self::new(base) }
    }

    /// Marks the present state of the writes.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint(self.journal.len())
    }

    /// Undoes all writes since `checkpoint`. The reads stay: the result still depends on them.
    pub fn revert(&mut self, checkpoint: Checkpoint) {
        debug_assert!(checkpoint.0 <= self.journal.len(), "checkpoint was reverted past already");
        for (key, old) in self.journal.drain(checkpoint.0..).rev() {
            match old {
                Some(write) => self.writes.insert(key, write),
                None => self.writes.remove(&key),
            };
        }
    }

    /// What the job read and what it wrote.
    #[must_use]
    pub fn finish(self) -> (ReadSet, WriteSet) {
        (self.reads.into_inner(), WriteSet(self.writes))
    }

    fn base_get(&self, key: &Key) -> Result<Option<Value>, StateError> {
        if self.records {
            self.reads.borrow_mut().points.insert(key.clone());
        }
        self.base.get(key)
    }

    fn write(&mut self, key: Key, write: Write) {
        let old = self.writes.insert(key.clone(), write);
        self.journal.push((key, old));
    }
}

impl StateRead for Access<'_> {
    fn get(&self, key: &Key) -> Result<Option<Value>, StateError> {
        match self.writes.get(key) {
            Some(write) => write.resolve(key, || self.base_get(key)),
            None => self.base_get(key),
        }
    }

    fn scan(&self, range: &KeyRange, visit: Visit<'_>) -> Result<(), StateError> {
        if self.records {
            self.reads.borrow_mut().ranges.push(range.clone());
        }
        let mut own = Vec::new();
        for (key, write) in self.writes.range::<Key, _>(range.bounds()) {
            own.push((key, write.resolve(key, || self.base.get(key))?));
        }
        scan_merged(own.into_iter(), self.base, range, visit)
    }
}

impl StateWrite for Access<'_> {
    fn put(&mut self, key: Key, value: Value) {
        self.write(key, Write::Put(value));
    }

    fn delete(&mut self, key: Key) {
        self.write(key, Write::Delete);
    }

    fn add(&mut self, key: Key, delta: Delta) -> Result<(), StateError> {
        let write = match self.writes.get(&key) {
            Some(earlier) => earlier.then(Write::Add(delta), &key)?,
            None => Write::Add(delta),
        };
        self.write(key, write);
        Ok(())
    }
}
