//! The whole state after one height, in memory: every store's tree, and the flat map over all of them.
//!
//! A [`Version`] is immutable and shares what did not change with the one it was built from.

use std::sync::{Arc, OnceLock};

use ics23::CommitmentProof;
use rayon::prelude::*;
use seiza_state::{Changeset, Key, KeyRange, STORES, StateError, StateRead, StoreId, Value, Visit};
use seiza_types::{AppHash, Height};

use crate::flat::Flat;
use crate::limits::PARALLEL_CHANGES;
use crate::merkle::{self, Roots};
use crate::tree::{Leaf, Tree};

/// One change on its way into the trees.
struct Change<'a> {
    key: &'a Key,
    /// The new leaf; `None` removes.
    leaf: Option<Arc<Leaf>>,
    /// Whether the key is there already: then no node moves for a new leaf.
    present: bool,
}

/// State after `height`.
#[derive(Debug, Default)]
pub(crate) struct Version {
    pub(crate) height: Height,
    trees: [Tree; STORES.len()],
    flat: Flat,
    roots: OnceLock<Roots>,
}

impl Version {
    /// The state made of these trees.
    pub(crate) fn from_trees(height: Height, trees: [Tree; STORES.len()]) -> Self {
        let mut flat = Flat::default();
        for tree in &trees {
            tree.scan(&KeyRange { start: first_key(), end: None }, &mut |leaf| {
                flat.insert(leaf.clone());
                true
            });
        }
        Self { height, trees, flat, roots: OnceLock::new() }
    }

    /// The state after one more height. Hashes nothing yet.
    pub(crate) fn apply(&self, height: Height, changes: &Changeset) -> Self {
        let changes: Vec<Change<'_>> = changes
            .iter()
            .map(|(key, value)| {
                let leaf = value.clone().map(|value| Leaf::new(key.clone(), value, height));
                Change { key, leaf, present: self.flat.get(key).is_some() }
            })
            .collect();
        let (mut trees, mut flat) = (self.trees.clone(), self.flat.clone());
        if changes.len() < PARALLEL_CHANGES {
            edit_flat(&mut flat, &changes);
            edit_trees(&mut trees, &changes, height);
        } else {
            rayon::join(|| edit_flat(&mut flat, &changes), || edit_trees(&mut trees, &changes, height));
        }
        Self { height, trees, flat, roots: OnceLock::new() }
    }

    /// Root of the whole state; computed once, on all cores where much changed.
    pub(crate) fn app_hash(&self) -> AppHash {
        merkle::app_hash(self.roots())
    }

    fn roots(&self) -> &Roots {
        self.roots.get_or_init(|| {
            let mut roots = Roots::default();
            roots.par_iter_mut().zip(&self.trees).for_each(|(root, tree)| *root = tree.root());
            roots
        })
    }

    /// The leaf of a key.
    pub(crate) fn leaf(&self, key: &Key) -> Option<&Arc<Leaf>> {
        self.flat.get(key)
    }

    /// The tree of one store.
    pub(crate) fn tree(&self, store: StoreId) -> &Tree {
        &self.trees[index(store)]
    }

    /// Visits the leaves of a range, across stores, until `visit` answers `false`.
    pub(crate) fn leaves<'a>(&'a self, range: &KeyRange, visit: &mut dyn FnMut(&'a Arc<Leaf>) -> bool) {
        let first = index(range.start.store());
        for tree in &self.trees[first..] {
            if !tree.scan(range, visit) {
                return;
            }
        }
    }

    /// Proof of a key in its store, and of the store under the app hash.
    pub(crate) fn prove(&self, key: &Key) -> Option<[CommitmentProof; 2]> {
        let inner = self.tree(key.store()).prove(key)?;
        Some([inner, self.prove_store(key.store())])
    }

    /// Proof of a store under the app hash.
    pub(crate) fn prove_store(&self, store: StoreId) -> CommitmentProof {
        merkle::prove_store(self.roots(), store)
    }
}

impl StateRead for Version {
    fn get(&self, key: &Key) -> Result<Option<Value>, StateError> {
        Ok(self.leaf(key).map(|leaf| leaf.value.clone()))
    }

    fn scan(&self, range: &KeyRange, visit: Visit<'_>) -> Result<(), StateError> {
        self.leaves(range, &mut |leaf| visit(&leaf.key, &leaf.value));
        Ok(())
    }

    fn warm(&self, hashes: &[u64]) {
        self.flat.warm(hashes);
    }
}

/// The smallest key there can be.
fn first_key() -> Key {
    Key::new(STORES[0], &[])
}

/// A store's place in [`STORES`].
fn index(store: StoreId) -> usize {
    usize::from(store as u8) - 1
}

fn edit_flat(flat: &mut Flat, changes: &[Change<'_>]) {
    for change in changes {
        match &change.leaf {
            Some(leaf) => flat.insert(leaf.clone()),
            None => flat.remove(change.key),
        }
    }
}

/// Edits each store's tree by its own changes; large stores side by side.
fn edit_trees(trees: &mut [Tree; STORES.len()], changes: &[Change<'_>], height: Height) {
    let mut groups: [&[Change<'_>]; STORES.len()] = [&[]; STORES.len()];
    for group in changes.chunk_by(|a, b| a.key.store() == b.key.store()) {
        groups[index(group[0].key.store())] = group;
    }
    let work = trees.iter_mut().zip(groups);
    if changes.len() < PARALLEL_CHANGES {
        work.for_each(|(tree, group)| edit_tree(tree, group, height));
    } else {
        work.par_bridge().for_each(|(tree, group)| edit_tree(tree, group, height));
    }
}

/// New values of present keys at once, then what moves nodes, one by one in key order. `tree::edit::update` says why this
/// gives the tree that all changes in key order give.
fn edit_tree(tree: &mut Tree, changes: &[Change<'_>], height: Height) {
    let updates: Vec<Arc<Leaf>> =
        changes.iter().filter(|change| change.present).filter_map(|change| change.leaf.clone()).collect();
    tree.update(&updates, height);
    for change in changes {
        match &change.leaf {
            Some(leaf) if !change.present => tree.set(leaf.clone(), height),
            None if change.present => tree.remove(change.key, height),
            _ => {}
        }
    }
}
