//! Reads a whole run and checks that it is as it was written.

use seiza_types::Height;

use super::block::Entries;
use super::filter;
use super::look::At;
use super::run::Run;
use super::tables::Place;
use crate::StorageError;

impl Run {
    /// Checks every block and every page of the filter; `step` hears of bytes read.
    pub(crate) fn verify(&self, step: &mut dyn FnMut(u64)) -> Result<(), StorageError> {
        let written = self.tables()?.footer.entries;
        self.verify_filter(step)?;
        let (mut at, mut found, mut last) = (At { top: 0, slot: 0 }, 0, None);
        while let Some((place, next)) = self.place(at)? {
            found += self.verify_block(place, &mut last)?;
            step(place.bytes as u64);
            at = next;
        }
        let differs = || StorageError::damaged(self.path(), 0, format!("{found} entries where {written} were written"));
        if found == written { Ok(()) } else { Err(differs()) }
    }

    fn verify_filter(&self, step: &mut dyn FnMut(u64)) -> Result<(), StorageError> {
        let footer = self.tables()?.footer;
        for page in 0..footer.filter_pages {
            let offset = footer.filter_at + page * filter::PAGE_BYTES as u64;
            self.filter_page(Place { offset, bytes: filter::PAGE_BYTES })?;
            step(filter::PAGE_BYTES as u64);
        }
        Ok(())
    }

    /// Checks that a block's entries go on from the last one before it, which becomes its own; answers how many there are.
    fn verify_block(&self, place: Place, last: &mut Option<(Vec<u8>, Height)>) -> Result<u64, StorageError> {
        let (block, mut found) = (self.block(place, false)?, 0);
        let mut entries = Entries::new(&block, self.first());
        while let Some((height, _)) = entries.next().map_err(|error| self.damage(place, error))? {
            let now = (entries.key(), height);
            let ascends = last.as_ref().is_none_or(|(key, height)| (&key[..], *height) < now);
            if !ascends || height > self.last() {
                return Err(StorageError::damaged(self.path(), place.offset, "an entry is out of its order"));
            }
            *last = Some((now.0.to_vec(), height));
            found += 1;
        }
        Ok(found)
    }
}
