//! One store's commitment: an IAVL tree, hashed exactly as cosmos/iavl v1 hashes; in memory what has changed since the last
//! image, in mapped files all else.
//!
//! A [`Tree`] is a value: cloning shares all nodes, editing copies the paths it touches and no more, so states of many
//! heights live side by side. The shape depends on the order of edits, as it does in cosmos/iavl: a block's changes are
//! applied in key order, one after the other, and every node on a path that changes carries the block's height as version.
//!
//! Promise: the same history of changesets gives the same root on every machine, for every number of threads, and wherever
//! the nodes lie.

mod census;
mod edit;
pub(crate) mod hash;
mod leaf_ref;
mod node;
mod proof;
mod scan;
mod separator;
mod view;
mod walk;

use std::sync::Arc;

use seiza_state::{Key, KeyRange};
use seiza_types::{B256, Height};
use sha2::{Digest, Sha256};

use crate::image::{Address, Files};
pub(crate) use census::{nodes_in_memory, stored_leaves};
use edit::Edit;
pub(crate) use leaf_ref::LeafRef;
pub(crate) use node::{Leaf, Link};
pub(crate) use separator::Separator;
pub(crate) use view::Node;
pub(crate) use walk::Way;

/// One store's state at one height. Cloning costs two reference counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tree {
    root: Option<Link>,
    /// Where stored nodes lie.
    files: Arc<Files>,
}

impl Tree {
    /// The tree whose root lies at an address; an empty one where there is none.
    pub(crate) fn stored(root: Option<Address>, files: Arc<Files>) -> Self {
        Self { root: root.map(Link::Stored), files }
    }

    /// The root node, from which all others are reached; `None` for an empty tree.
    #[inline]
    pub(crate) fn node(&self) -> Option<Node<'_>> {
        self.root.as_ref().map(|root| root.node(&self.files))
    }

    fn edit(&mut self, version: Height, work: impl FnOnce(&Edit<'_>, &mut Option<Link>)) {
        let edit = Edit { files: &self.files, version };
        work(&edit, &mut self.root);
    }

    /// Replaces the leaves of keys that are all there, ascending: the same as setting them one by one, on several cores.
    pub(crate) fn update(&mut self, leaves: &[Arc<Leaf>], version: Height) {
        debug_assert!(leaves.is_sorted_by(|a, b| a.key < b.key), "leaves come in key order");
        self.edit(version, |edit, root| {
            if let Some(root) = root.as_mut().filter(|_| !leaves.is_empty()) {
                edit.update(root, leaves);
            }
        });
    }

    /// Sets a key. The leaf's version has to be the height that is being built.
    pub(crate) fn set(&mut self, leaf: Arc<Leaf>, version: Height) {
        debug_assert_eq!(leaf.version, version, "a leaf is written by the block that makes it");
        self.edit(version, |edit, root| match root {
            None => *root = Some(Link::Leaf(leaf)),
            Some(root) => {
                edit.set(root, leaf);
            }
        });
    }

    /// Removes a key; a key that is not there changes nothing, not even versions.
    pub(crate) fn remove(&mut self, key: &Key, version: Height) {
        let Some(root) = self.node().filter(|root| root.find(key).is_some()) else { return };
        let alone = root.height() == 0;
        self.edit(version, |edit, root| match root {
            Some(root) if !alone => {
                edit.remove(root, key);
            }
            _ => *root = None,
        });
    }

    /// The leaf of a key.
    pub(crate) fn get(&self, key: &Key) -> Option<LeafRef<'_>> {
        self.node()?.find(key)
    }

    /// The root hash; that of an empty store is the SHA-256 of nothing, as in Cosmos. Large trees use all cores.
    pub(crate) fn root(&self) -> B256 {
        let hash = self.root.as_ref().map(|root| root.hash_parallel(&self.files));
        B256::new(hash.unwrap_or_else(|| Sha256::digest([]).into()))
    }

    /// Visits the leaves of a range in key order until `visit` answers `false`; answers whether it got through.
    pub(crate) fn scan(&self, range: &KeyRange, visit: &mut dyn FnMut(&Leaf) -> bool) -> bool {
        self.node().is_none_or(|root| scan::scan(root, range, visit))
    }
}

#[cfg(test)]
mod naive;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;
