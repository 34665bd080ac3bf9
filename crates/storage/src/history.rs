//! The state after a height that memory no longer holds.

use std::sync::Arc;

use seiza_state::{Key, KeyRange, StateError, StateRead, Value, Visit};
use seiza_types::Height;

use crate::index::RunSet;
use crate::version::Version;

/// State after `height`: the oldest state in memory, seen through what the runs say was there before.
pub(crate) struct PastState {
    height: Height,
    base: Arc<Version>,
    runs: RunSet,
}

impl PastState {
    pub(crate) fn new(height: Height, base: Arc<Version>, runs: RunSet) -> Self {
        Self { height, base, runs }
    }

    pub(crate) fn height(&self) -> Height {
        self.height
    }
}

impl StateRead for PastState {
    fn get(&self, key: &Key) -> Result<Option<Value>, StateError> {
        let _ = &self.runs;
        StateRead::get(&*self.base, key)
    }
    fn scan(&self, range: &KeyRange, visit: Visit<'_>) -> Result<(), StateError> {
        StateRead::scan(&*self.base, range, visit)
    }
}
