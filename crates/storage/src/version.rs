//! The whole state after one height: every store's tree, and the flat map over all of them.
//!
//! A [`Version`] is immutable and shares what did not change with the one it was built from. What has changed since the last
//! image lies in memory, all else in the image's mapped files.

use std::sync::{Arc, OnceLock};

use ics23::CommitmentProof;
use rayon::prelude::*;
use seiza_state::{Changeset, Key, KeyRange, STORES, StateError, StateRead, StoreId, Value, Visit};
use seiza_types::{AppHash, Height};

use crate::change::{Change, edit_flat, edit_trees, index};
use crate::flat::Flat;
use crate::image::{Address, Files, Image};
use crate::limits::{KEY_COST_GUESS, PARALLEL_CHANGES};
use crate::merkle::{self, Roots};
use crate::tree::{Leaf, LeafRef, Tree, nodes_in_memory, stored_leaves};

/// State after `height`.
#[derive(Debug)]
pub(crate) struct Version {
    pub(crate) height: Height,
    trees: [Tree; STORES.len()],
    /// Where stored nodes lie.
    files: Arc<Files>,
    /// Leads to every leaf; `None` where that would take more memory than there is for it.
    flat: Option<Flat>,
    roots: OnceLock<Roots>,
    /// Hundredths of bytes that a key takes in files with its nodes, about.
    pub(crate) key_cost: u64,
}

impl Default for Version {
    fn default() -> Self {
        Self::from_trees(0, Default::default(), Arc::default(), Some(Flat::default()))
    }
}

impl Version {
    /// The state made of these trees, whose stored nodes lie in `files`.
    pub(crate) fn from_trees(
        height: Height,
        trees: [Tree; STORES.len()],
        files: Arc<Files>,
        flat: Option<Flat>,
    ) -> Self {
        Self { height, trees, files, flat, roots: OnceLock::new(), key_cost: KEY_COST_GUESS }
    }

    /// The state in an image. Where memory allows, the flat map is made from the trees.
    pub(crate) fn from_image(image: &Image, index_bytes_max: u64) -> Self {
        let mut version = Self::from_trees(image.height, image.trees(), image.files.clone(), None);
        version.key_cost = image.key_cost;
        if Flat::LEAF_BYTES * version.size() <= index_bytes_max {
            let leaves: Vec<_> = version.trees.par_iter().filter_map(Tree::node).flat_map(stored_leaves).collect();
            version.flat = Some(Flat::of_stored(leaves));
        }
        version
    }

    /// The same state as the image that was just written of it, `leaves` being those that it wrote: what lay in memory lies
    /// in files.
    pub(crate) fn moved(&self, image: &Image, leaves: Vec<(u64, Address)>, whole: bool) -> Self {
        let mut moved = Self::from_trees(self.height, image.trees(), image.files.clone(), None);
        moved.key_cost = image.key_cost;
        moved.flat = self.flat.as_ref().map(|flat| {
            if whole {
                return Flat::of_stored(leaves);
            }
            let mut flat = flat.clone();
            leaves.into_iter().for_each(|(hash, at)| flat.store(hash, at, &moved.files));
            flat
        });
        moved
    }

    /// The state after one more height. Hashes nothing yet.
    pub(crate) fn apply(&self, height: Height, changes: &Changeset) -> Self {
        let copy = Self {
            height,
            trees: self.trees.clone(),
            files: self.files.clone(),
            flat: self.flat.clone(),
            roots: OnceLock::new(),
            key_cost: self.key_cost,
        };
        copy.advance(height, changes)
    }

    /// The state after one more height in the place of this one: nodes that no other state shares are changed where they are.
    pub(crate) fn advance(mut self, height: Height, changes: &Changeset) -> Self {
        if changes.len() >= PARALLEL_CHANGES {
            let hashes: Vec<u64> = changes.iter().map(|(key, _)| key.hash64()).collect();
            StateRead::warm(&self, &hashes);
        }
        let present = |key: &Key| self.leaf(key).is_some();
        let changes: Vec<_> =
            changes.iter().map(|(key, value)| Change::new(key, value, height, present(key))).collect();
        let Self { trees, flat, files, .. } = &mut self;
        let mut edit_flat = || flat.iter_mut().for_each(|flat| edit_flat(flat, &changes, files));
        if changes.len() < PARALLEL_CHANGES {
            edit_flat();
            edit_trees(trees, &changes, height);
        } else {
            rayon::join(edit_flat, || edit_trees(trees, &changes, height));
        }
        Self { height, roots: OnceLock::new(), ..self }
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
    #[inline]
    pub(crate) fn leaf(&self, key: &Key) -> Option<LeafRef<'_>> {
        match &self.flat {
            Some(flat) => flat.get(key, &self.files),
            None => self.tree(key.store()).get(key),
        }
    }

    /// The tree of one store.
    pub(crate) fn tree(&self, store: StoreId) -> &Tree {
        &self.trees[index(store)]
    }

    /// Where stored nodes lie.
    pub(crate) fn files(&self) -> &Arc<Files> {
        &self.files
    }

    /// Keys in all stores.
    pub(crate) fn size(&self) -> u64 {
        self.trees.iter().filter_map(Tree::node).map(|root| root.size()).sum()
    }

    /// Nodes that lie in memory: those that have changed since the last image.
    pub(crate) fn nodes_in_memory(&self) -> u64 {
        self.trees.iter().filter_map(Tree::node).map(nodes_in_memory).sum()
    }

    /// Visits the leaves of a range, across stores, until `visit` answers `false`.
    pub(crate) fn leaves(&self, range: &KeyRange, visit: &mut dyn FnMut(&Leaf) -> bool) {
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
        Ok(self.leaf(key).map(|leaf| leaf.value()))
    }

    fn scan(&self, range: &KeyRange, visit: Visit<'_>) -> Result<(), StateError> {
        self.leaves(range, &mut |leaf| visit(&leaf.key, &leaf.value));
        Ok(())
    }

    fn warm(&self, hashes: &[u64]) {
        if let Some(flat) = &self.flat {
            flat.warm(hashes, &self.files);
        }
    }
}
