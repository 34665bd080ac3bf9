//! Changesets stacked on a stored state: how a block that is executed but not committed is read.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::{Changeset, Key, KeyRange, StateError, StateRead, Value, Visit, scan_merged};

/// A state that exists only in memory: a base and the layers above it, the newest last. Cloning shares everything.
#[derive(Clone)]
pub struct Overlay {
    base: Arc<dyn StateRead + Send + Sync>,
    layers: Vec<Arc<Changeset>>,
}

impl Overlay {
    /// A stored state with nothing above it.
    #[must_use]
    pub fn new(base: Arc<dyn StateRead + Send + Sync>) -> Self {
        Self { base, layers: Vec::new() }
    }

    /// The same state with one more block's changes.
    #[must_use]
    pub fn with(&self, changes: Arc<Changeset>) -> Self {
        let mut layers = self.layers.clone();
        layers.push(changes);
        Self { base: self.base.clone(), layers }
    }

    /// The layers above the base, the oldest first.
    #[must_use]
    pub fn layers(&self) -> &[Arc<Changeset>] {
        &self.layers
    }
}

impl StateRead for Overlay {
    fn get(&self, key: &Key) -> Result<Option<Value>, StateError> {
        match self.layers.iter().rev().find_map(|layer| layer.get(key)) {
            Some(changed) => Ok(changed.clone()),
            None => self.base.get(key),
        }
    }

    fn scan(&self, range: &KeyRange, visit: Visit<'_>) -> Result<(), StateError> {
        let mut layers = self.layers.iter().filter(|layer| !layer.is_empty());
        match (layers.next(), layers.next()) {
            (None, _) => return self.base.scan(range, visit),
            (Some(only), None) => return only.scan_over(&self.base, range, visit),
            _ => {}
        }
        let mut changed = BTreeMap::new();
        for layer in &self.layers {
            changed.extend(layer.range(range).map(|(key, value)| (key, value.clone())));
        }
        scan_merged(changed.into_iter(), &self.base, range, visit)
    }

    fn warm(&self, hashes: &[u64]) {
        self.base.warm(hashes);
    }
}
