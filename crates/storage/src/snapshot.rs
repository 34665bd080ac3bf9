//! The state after one height, as readers get it. A snapshot never changes and never waits for the writer, however long it
//! is held; a held one keeps the memory, or the files, of its height alive.

use std::sync::Arc;

use seiza_state::{Key, KeyRange, StateError, StateRead, Value, Visit};
use seiza_types::Height;

use crate::history::PastState;
use crate::version::Version;

/// The state after one height. Cloning costs a reference count.
#[derive(Clone)]
pub struct Snapshot(Kind);

#[derive(Clone)]
enum Kind {
    /// In memory: the head and the heights just below it.
    Recent(Arc<Version>),
    /// From the history files.
    Past(Arc<PastState>),
}

impl Snapshot {
    pub(crate) fn recent(version: Arc<Version>) -> Self {
        Self(Kind::Recent(version))
    }

    pub(crate) fn past(state: PastState) -> Self {
        Self(Kind::Past(Arc::new(state)))
    }

    /// The height after which this was the state.
    #[must_use]
    pub fn height(&self) -> Height {
        match &self.0 {
            Kind::Recent(version) => version.height,
            Kind::Past(state) => state.height(),
        }
    }

    /// The whole state in memory, for the heights that have it.
    pub(crate) fn version(&self) -> Option<&Arc<Version>> {
        match &self.0 {
            Kind::Recent(version) => Some(version),
            Kind::Past(_) => None,
        }
    }
}

impl StateRead for Snapshot {
    fn get(&self, key: &Key) -> Result<Option<Value>, StateError> {
        match &self.0 {
            Kind::Recent(version) => StateRead::get(&**version, key),
            Kind::Past(state) => state.get(key),
        }
    }

    fn scan(&self, range: &KeyRange, visit: Visit<'_>) -> Result<(), StateError> {
        match &self.0 {
            Kind::Recent(version) => StateRead::scan(&**version, range, visit),
            Kind::Past(state) => state.scan(range, visit),
        }
    }

    fn warm(&self, hashes: &[u64]) {
        if let Kind::Recent(version) = &self.0 {
            version.warm(hashes);
        }
    }
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Snapshot({})", self.height())
    }
}
