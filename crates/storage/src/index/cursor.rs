//! Walks a run's entries in order.

use std::sync::Arc;

use seiza_types::Height;

use super::block::Entries;
use super::run::{At, Run};
use super::tables::Place;
use crate::StorageError;
use crate::entry::Entry;

/// A place between two entries of a run.
#[derive(Debug)]
pub(super) struct Cursor {
    run: Arc<Run>,
    /// The block that is loaded, what comes behind it, and its entries; `None` at the end.
    loaded: Option<(Place, At, Arc<[u8]>)>,
    /// Bytes of the block from the next entry on, and the key of the entry before.
    left: usize,
    key: Vec<u8>,
    /// The next entry, taken already to look at it.
    ahead: Option<Entry>,
}

impl Cursor {
    /// A cursor before the first entry that is not below `(key, height)`.
    pub(super) fn new(run: Arc<Run>, key: &[u8], height: Height) -> Result<Self, StorageError> {
        let mut cursor = Self { run, loaded: None, left: 0, key: Vec::new(), ahead: None };
        let found = cursor.run.find(key, height)?;
        cursor.load(found)?;
        cursor.walk_to(key, height)?;
        Ok(cursor)
    }

    /// Goes on to the first entry that is not below `(key, height)`; never back.
    pub(super) fn seek(&mut self, key: &[u8], height: Height) -> Result<(), StorageError> {
        if self.ahead.as_ref().is_some_and(|entry| (&entry.key[..], entry.height) >= (key, height)) {
            return Ok(());
        }
        self.ahead = None;
        let found = self.run.find(key, height)?;
        let behind = |(_, next): &(Place, At)| self.loaded.as_ref().is_some_and(|(_, current, _)| next > current);
        if found.as_ref().is_some_and(behind) {
            self.load(found)?;
        }
        self.walk_to(key, height)
    }

    /// The entry at the cursor, and the cursor behind it.
    pub(super) fn next(&mut self) -> Result<Option<Entry>, StorageError> {
        match self.ahead.take() {
            Some(entry) => Ok(Some(entry)),
            None => self.step(),
        }
    }

    fn walk_to(&mut self, key: &[u8], height: Height) -> Result<(), StorageError> {
        while let Some(entry) = self.step()? {
            if (&entry.key[..], entry.height) >= (key, height) {
                self.ahead = Some(entry);
                break;
            }
        }
        Ok(())
    }

    fn step(&mut self) -> Result<Option<Entry>, StorageError> {
        while let Some((place, next, block)) = &self.loaded {
            let mut entries = Entries::resume(block, self.left, std::mem::take(&mut self.key), self.run.first());
            if let Some((height, value)) = entries.next().map_err(|error| self.run.damage(*place, error))? {
                let value = value.to_vec();
                self.left = entries.left();
                self.key = entries.into_key();
                return Ok(Some(Entry { key: self.key.clone(), height, value }));
            }
            let found = self.run.place(*next)?;
            self.load(found)?;
        }
        Ok(None)
    }

    /// Loads a block; beyond the last one the cursor is at its end.
    fn load(&mut self, found: Option<(Place, At)>) -> Result<(), StorageError> {
        self.key.clear();
        self.loaded = match found {
            Some((place, next)) => Some((place, next, self.run.block(place, false)?)),
            None => None,
        };
        self.left = self.loaded.as_ref().map_or(0, |(_, _, block)| block.len());
        Ok(())
    }
}
