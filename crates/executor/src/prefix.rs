//! The state that the jobs so far have left, over the block's base: what the next job sees.

use std::borrow::Borrow;

use seiza_state::{Key, KeyRange, Part, StateError, StateRead, Value, Visit, scan_merged};

use crate::changes::Changes;

/// A state and the changes above it, as one state.
pub(crate) struct Prefix<'a, P = Part> {
    pub(crate) base: &'a (dyn StateRead + Sync),
    pub(crate) changes: &'a Changes<P>,
}

impl<P> Clone for Prefix<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Prefix<'_, P> {}

impl<P: Borrow<Part>> StateRead for Prefix<'_, P> {
    #[inline]
    fn get(&self, key: &Key) -> Result<Option<Value>, StateError> {
        self.changes.get(key).map_or_else(|| self.base.get(key), |changed| Ok(changed.clone()))
    }

    fn scan(&self, range: &KeyRange, visit: Visit<'_>) -> Result<(), StateError> {
        if !self.changes.concerns(range.stores()) {
            return self.base.scan(range, visit);
        }
        let value = |(part, place): (u32, u32)| self.changes.parts[part as usize].borrow().at(place as usize).clone();
        let inside = self.changes.ordered().range::<Key, _>(range.bounds());
        scan_merged(inside.map(|(key, place)| (key, value(*place))), self.base, range, visit)
    }
}
