//! Walks a run's entries in order.

use std::sync::Arc;

use seiza_types::Height;

use super::block::Entries;
use super::look::At;
use super::run::Run;
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

    /// Goes on to the first entry that is not below `(key, height)`; never back. Mostly it lies in the same block.
    pub(super) fn seek(&mut self, key: &[u8], height: Height) -> Result<(), StorageError> {
        if self.ahead.as_ref().is_some_and(|entry| (&entry.key[..], entry.height) >= (key, height)) {
            return Ok(());
        }
        self.ahead = None;
        if self.ahead_in_block(key, height)? {
            return Ok(());
        }
        let found = self.run.find(key, height)?;
        let behind = |(_, next): &(Place, At)| self.loaded.as_ref().is_some_and(|(_, current, _)| next > current);
        if found.as_ref().is_some_and(behind) {
            self.load(found)?;
        }
        self.walk_to(key, height)
    }

    /// The entry at the cursor, and the cursor behind it.
    pub(super) fn next(&mut self) -> Result<Option<Entry>, StorageError> {
        if self.ahead.is_none() {
            self.walk_to(&[], 0)?;
        }
        Ok(self.ahead.take())
    }

    /// Finds the first entry that is not below `(key, height)`, from block to block.
    fn walk_to(&mut self, key: &[u8], height: Height) -> Result<(), StorageError> {
        while !self.ahead_in_block(key, height)? {
            let Some((_, next, _)) = self.loaded else { break };
            let found = self.run.place(next)?;
            self.load(found)?;
        }
        Ok(())
    }

    /// Finds the first entry that is not below `(key, height)` in the rest of the block; answers whether there is one.
    fn ahead_in_block(&mut self, key: &[u8], height: Height) -> Result<bool, StorageError> {
        let Some((place, _, block)) = &self.loaded else { return Ok(false) };
        let mut entries = Entries::resume(block, self.left, std::mem::take(&mut self.key), self.run.first());
        while let Some((found, value)) = entries.next().map_err(|error| self.run.damage(*place, error))? {
            if (entries.key(), found) >= (key, height) {
                self.ahead = Some(Entry { key: entries.key().to_vec(), height: found, value: value.to_vec() });
                break;
            }
        }
        self.left = entries.left();
        self.key = entries.into_key();
        Ok(self.ahead.is_some())
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
