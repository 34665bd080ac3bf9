//! Where a key's entries lie in a run: from the directory to an index block, from there to the block that has them.

use std::ops::ControlFlow;

use seiza_types::Height;

use super::block::Entries;
use super::run::Run;
use super::tables::Place;
use crate::StorageError;

/// A block's place in the run: which index block, and which of its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At {
    pub(super) top: usize,
    pub(super) slot: usize,
}

impl Run {
    /// All entries of a key, ascending in height.
    pub(crate) fn all(&self, key: &[u8]) -> Result<Vec<(Height, Vec<u8>)>, StorageError> {
        let mut all = Vec::new();
        self.visit_key(key, 0, &mut |height, value| {
            all.push((height, value.to_vec()));
            ControlFlow::Continue(())
        })?;
        Ok(all)
    }

    /// The first entry of a key above a height.
    pub(crate) fn first_above(&self, key: &[u8], height: Height) -> Result<Option<Vec<u8>>, StorageError> {
        let mut found = None;
        self.visit_key(key, height.saturating_add(1), &mut |_, value| {
            found = Some(value.to_vec());
            ControlFlow::Break(())
        })?;
        Ok(found)
    }

    /// Visits a key's entries from a height on.
    pub(crate) fn visit_key(
        &self,
        key: &[u8],
        from: Height,
        visit: &mut dyn FnMut(Height, &[u8]) -> ControlFlow<()>,
    ) -> Result<(), StorageError> {
        if !self.may_hold(key)? {
            return Ok(());
        }
        let mut at = self.find(key, from)?;
        while let Some((place, next)) = at {
            let block = self.block(place, true)?;
            let mut entries = Entries::new(&block, self.first());
            while let Some((height, value)) = entries.next().map_err(|error| self.damage(place, error))? {
                if (entries.key(), height) < (key, from) {
                    continue;
                }
                if entries.key() != key || visit(height, value).is_break() {
                    return Ok(());
                }
            }
            at = self.place(next)?;
        }
        Ok(())
    }

    /// The last block that begins at or before an entry, where it has to be, and what comes behind it. `None` in a run
    /// without entries.
    pub(super) fn find(&self, key: &[u8], height: Height) -> Result<Option<(Place, At)>, StorageError> {
        let tables = self.tables()?;
        let top = tables.top_of(key, height);
        let Some(index) = tables.tops.get(top) else { return Ok(None) };
        let block = self.block(index.place, true)?;
        let mut entries = Entries::new(&block, self.first());
        let mut found = None;
        let mut slot = 0;
        while let Some((first, value)) = entries.next().map_err(|error| self.damage(index.place, error))? {
            if found.is_some() && (entries.key(), first) > (key, height) {
                break;
            }
            let place = Place::decode(value).map_err(|error| self.damage(index.place, error))?;
            slot += 1;
            found = Some((place, At { top, slot }));
        }
        Ok(found)
    }

    /// The block at a place, and what comes behind it; `None` at the end.
    pub(super) fn place(&self, at: At) -> Result<Option<(Place, At)>, StorageError> {
        let Some(index) = self.tables()?.tops.get(at.top) else { return Ok(None) };
        let block = self.block(index.place, true)?;
        let mut entries = Entries::new(&block, self.first());
        for slot in 0.. {
            match entries.next().map_err(|error| self.damage(index.place, error))? {
                Some((_, value)) if slot == at.slot => {
                    let place = Place::decode(value).map_err(|error| self.damage(index.place, error))?;
                    return Ok(Some((place, At { top: at.top, slot: slot + 1 })));
                }
                Some(_) => {}
                None => break,
            }
        }
        self.place(At { top: at.top + 1, slot: 0 })
    }
}
