//! Many runs read as one, and many runs written as one.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use seiza_types::Height;

use super::cursor::Cursor;
use super::run::Run;
use super::write::{RunSpec, write};
use crate::StorageError;
use crate::entry::Entry;
use crate::limits::{RUN_FAN_IN, RUN_MERGED_BYTES_MAX};

/// The entries of several runs in one order: by key, then height.
pub(crate) struct Merged {
    cursors: Vec<Cursor>,
    /// The next entry of every cursor that has one.
    heads: BinaryHeap<Reverse<(Entry, usize)>>,
    end: Option<Vec<u8>>,
}

impl Merged {
    /// Entries with keys from `start` on and below `end`.
    pub(super) fn new(
        runs: impl Iterator<Item = Arc<Run>>,
        start: &[u8],
        end: Option<&[u8]>,
    ) -> Result<Self, StorageError> {
        let cursors = runs.map(|run| Cursor::new(run, start, 0)).collect::<Result<Vec<_>, _>>()?;
        let mut merged =
            Self { heads: BinaryHeap::with_capacity(cursors.len()), cursors, end: end.map(<[u8]>::to_vec) };
        for index in 0..merged.cursors.len() {
            merged.refill(index)?;
        }
        Ok(merged)
    }

    /// Leaves out what is below `(key, height)`: cheaper than taking it entry by entry.
    pub(crate) fn skip_to(&mut self, key: &[u8], height: Height) -> Result<(), StorageError> {
        while let Some(Reverse((entry, index))) = self.heads.peek() {
            if (&entry.key[..], entry.height) >= (key, height) {
                break;
            }
            let index = *index;
            self.heads.pop();
            self.cursors[index].seek(key, height)?;
            self.refill(index)?;
        }
        Ok(())
    }

    /// The next entry.
    pub(crate) fn pop(&mut self) -> Result<Option<Entry>, StorageError> {
        let Some(Reverse((entry, index))) = self.heads.pop() else { return Ok(None) };
        self.refill(index)?;
        Ok(Some(entry))
    }

    fn refill(&mut self, index: usize) -> Result<(), StorageError> {
        if let Some(entry) = self.cursors[index].next()?
            && self.end.as_ref().is_none_or(|end| entry.key < *end)
        {
            self.heads.push(Reverse((entry, index)));
        }
        Ok(())
    }
}

impl Iterator for Merged {
    type Item = Result<Entry, StorageError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.pop().transpose()
    }
}

/// The neighbours that are to be merged next: as many of one level as make one of the next. Levels fall from old to new, so
/// those of one level are neighbours. `heights_max` bounds the range of a run, because pruning drops only whole ones. What
/// is archived already is left alone.
pub(crate) fn due(runs: &[Arc<Run>], heights_max: Option<Height>) -> Option<&[Arc<Run>]> {
    let local = runs.iter().position(|run| run.is_local()).unwrap_or(runs.len());
    runs[local..].windows(RUN_FAN_IN).find(|window| {
        let level = window[0].level();
        let bytes: u64 = window.iter().map(|run| run.bytes()).sum();
        let heights = window[RUN_FAN_IN - 1].last() - window[0].first() + 1;
        window.iter().all(|run| run.level() == level)
            && bytes <= RUN_MERGED_BYTES_MAX
            && heights_max.is_none_or(|max| heights <= max)
    })
}

/// Writes neighbours as one run. `stopping` ends it early, with nothing written.
pub(crate) fn merge(
    runs: &[Arc<Run>],
    dir: &std::path::Path,
    fsync: bool,
    stopping: &dyn Fn() -> bool,
) -> Result<Run, StorageError> {
    let range = (runs[0].first(), runs[runs.len() - 1].last());
    let spec = RunSpec { dir, range, level: runs[0].level() + 1, fsync };
    let mut taken = 0u64;
    let entries = Merged::new(runs.iter().cloned(), &[], None)?.map(|entry| {
        taken += 1;
        if taken.is_multiple_of(4_096) && stopping() {
            return Err(StorageError::Stopped("it is being closed".into()));
        }
        entry
    });
    write(spec, entries)
}
