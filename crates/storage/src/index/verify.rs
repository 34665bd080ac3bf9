//! Reads a whole run and checks that it is as it was written.

use seiza_types::Height;

use super::block::Entries;
use super::filter;
use super::run::{At, Run};
use super::tables::Place;
use crate::StorageError;

impl Run {
    /// Checks every block and every page of the filter; `step` hears of bytes read.
    pub(crate) fn verify(&self, step: &mut dyn FnMut(u64)) -> Result<(), StorageError> {
        let footer = self.tables()?.footer;
        for page in 0..footer.filter_pages {
            let offset = footer.filter_at + page * filter::PAGE_BYTES as u64;
            self.filter_page(Place { offset, bytes: filter::PAGE_BYTES })?;
            step(filter::PAGE_BYTES as u64);
        }
        let (mut at, mut found) = (At { top: 0, slot: 0 }, 0);
        let mut last: Option<(Vec<u8>, Height)> = None;
        while let Some((place, next)) = self.place(at)? {
            let block = self.block(place, false)?;
            let mut entries = Entries::new(&block, self.first());
            while let Some((height, _)) = entries.next().map_err(|error| self.damage(place, error))? {
                let now = (entries.key(), height);
                let ascends = last.as_ref().is_none_or(|(key, height)| (&key[..], *height) < now);
                if !ascends || height > self.last() {
                    return Err(StorageError::damaged(self.path(), place.offset, "an entry is out of its order"));
                }
                last = Some((now.0.to_vec(), height));
                found += 1;
            }
            step(place.bytes as u64);
            at = next;
        }
        if found == footer.entries {
            return Ok(());
        }
        Err(StorageError::damaged(self.path(), 0, format!("{found} entries where {} were written", footer.entries)))
    }
}
