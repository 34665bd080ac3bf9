//! The state after a height that memory no longer holds.
//!
//! Runs say what a key held before each change. So what it held after height `h` is what the first change above `h` found;
//! and if there was none, what it holds in the oldest state in memory, which lies at or below the last indexed height.

use std::sync::Arc;

use seiza_state::{Key, KeyRange, StateError, StateRead, Value, Visit};
use seiza_types::Height;

use crate::StorageError;
use crate::entry;
use crate::index::{Merged, RunSet};
use crate::version::Version;

/// State after `height`. Holds on to files, not to locks: pruning and merging go on beside it.
pub(crate) struct PastState {
    height: Height,
    base: Arc<Version>,
    runs: RunSet,
}

impl PastState {
    /// State after `height`; `runs` have to reach from `height + 1` at most to `base` at least.
    pub(crate) fn new(height: Height, base: Arc<Version>, runs: &RunSet) -> Self {
        debug_assert!(runs.last() >= base.height, "changes between are indexed");
        Self { height, base, runs: runs.reaching(height + 1) }
    }

    pub(crate) fn height(&self) -> Height {
        self.height
    }
}

impl StateRead for PastState {
    fn get(&self, key: &Key) -> Result<Option<Value>, StateError> {
        match self.runs.first_above(key.as_bytes(), self.height)? {
            Some(old) => entry::read_old_value(&old).map_err(damaged),
            None => StateRead::get(&*self.base, key),
        }
    }

    fn scan(&self, range: &KeyRange, visit: Visit<'_>) -> Result<(), StateError> {
        let mut changes = Changes::new(self, range)?;
        let (mut go_on, mut failure) = (true, None);
        StateRead::scan(&*self.base, range, &mut |key, value| {
            let step = changes.around(key, value, visit);
            go_on = step.unwrap_or_else(|error| {
                failure = Some(error);
                false
            });
            go_on
        })?;
        if let Some(error) = failure {
            return Err(error);
        }
        while go_on && let Some((key, old)) = changes.next.take() {
            go_on = old.is_none_or(|old| visit(&key, &old));
            changes.advance()?;
        }
        Ok(())
    }
}

/// Keys of a range that changed above the height, ascending, each with what it held.
struct Changes {
    height: Height,
    merged: Merged,
    next: Option<(Key, Option<Value>)>,
}

impl Changes {
    fn new(state: &PastState, range: &KeyRange) -> Result<Self, StateError> {
        // Keys that are no state's begin with bytes above all stores, so an open range ends before them.
        let end = range.end.as_ref().map_or(&[entry::FIRST_INDEX_BYTE][..], Key::as_bytes);
        let merged = state.runs.range(range.start.as_bytes(), Some(end))?;
        let mut changes = Self { height: state.height, merged, next: None };
        changes.advance()?;
        Ok(changes)
    }

    /// Finds the next changed key: the first change above the height counts, all others of the key are left out.
    fn advance(&mut self) -> Result<(), StateError> {
        self.next = None;
        while let Some(entry) = self.merged.pop()? {
            if entry.height <= self.height {
                self.merged.skip_to(&entry.key, self.height + 1)?;
                continue;
            }
            self.merged.skip_to(&entry.key, Height::MAX)?;
            let key = Key::decode(&entry.key).ok_or_else(|| damaged(crate::WireError::Field("key")))?;
            self.next = Some((key, entry::read_old_value(&entry.value).map_err(damaged)?));
            break;
        }
        Ok(())
    }

    /// Visits the changed keys below `key`, then `key` as it was; answers whether to go on.
    fn around(&mut self, key: &Key, value: &[u8], visit: Visit<'_>) -> Result<bool, StateError> {
        while let Some((changed, old)) = self.next.take_if(|(changed, _)| *changed <= *key) {
            self.advance()?;
            if changed == *key {
                return Ok(old.is_none_or(|old| visit(&changed, &old)));
            }
            if !old.is_none_or(|old| visit(&changed, &old)) {
                return Ok(false);
            }
        }
        Ok(visit(key, value))
    }
}

fn damaged(error: crate::WireError) -> StateError {
    StorageError::Stopped(format!("the index holds what no one wrote: {error}")).into()
}
