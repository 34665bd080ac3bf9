//! One store's commitment: an IAVL tree in memory, hashed exactly as cosmos/iavl v1 hashes.
//!
//! A [`Tree`] is a value: cloning shares all nodes, editing copies the paths it touches and no more, so states of many
//! heights live side by side. The shape depends on the order of edits, as it does in cosmos/iavl: a block's changes are
//! applied in key order, one after the other, and every node on a path that changes carries the block's height as version.
//!
//! Promise: the same history of changesets gives the same root on every machine and for every number of threads.

mod edit;
mod node;
mod proof;
mod restore;
mod scan;
mod walk;

use std::sync::Arc;

use seiza_state::{Key, KeyRange};
use seiza_types::{B256, Height};
use sha2::{Digest, Sha256};

pub(crate) use node::{Hash, Leaf, Link, Prefix};
pub(crate) use restore::{Restorer, TreeNode};
pub(crate) use walk::{View, inner_hash, leaf_hash};

/// One store's state at one height. Cloning costs a reference count.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tree {
    root: Option<Link>,
}

impl Tree {
    /// Replaces the leaves of keys that are all there, ascending: the same as setting them one by one, on several cores.
    pub(crate) fn update(&mut self, leaves: &[Arc<Leaf>], version: Height) {
        debug_assert!(leaves.is_sorted_by(|a, b| a.key < b.key), "leaves come in key order");
        if let Some(root) = self.root.as_mut().filter(|_| !leaves.is_empty()) {
            edit::update(root, leaves, version);
        }
    }

    /// Sets a key. The leaf's version has to be the height that is being built.
    pub(crate) fn set(&mut self, leaf: Arc<Leaf>, version: Height) {
        debug_assert_eq!(leaf.version, version, "a leaf is written by the block that makes it");
        match &mut self.root {
            None => self.root = Some(Link::Leaf(leaf)),
            Some(root) => {
                edit::set(root, leaf, version);
            }
        }
    }

    /// Removes a key; a key that is not there changes nothing, not even versions.
    pub(crate) fn remove(&mut self, key: &Key, version: Height) {
        if self.get(key).is_none() {
            return;
        }
        match &mut self.root {
            Some(root @ Link::Inner(_)) => {
                edit::remove(root, key, version);
            }
            _ => self.root = None,
        }
    }

    /// The leaf of a key.
    pub(crate) fn get(&self, key: &Key) -> Option<&Arc<Leaf>> {
        let mut link = self.root.as_ref()?;
        loop {
            match link {
                Link::Inner(inner) => link = inner.child(key),
                Link::Leaf(leaf) => return (leaf.key == *key).then_some(leaf),
            }
        }
    }

    /// The root hash; that of an empty store is the SHA-256 of nothing, as in Cosmos. Large trees use all cores.
    pub(crate) fn root(&self) -> B256 {
        self.root.as_ref().map_or_else(|| B256::new(Sha256::digest([]).into()), |root| B256::new(root.hash_parallel()))
    }

    /// Visits the leaves of a range in key order until `visit` answers `false`; answers whether it got through.
    pub(crate) fn scan<'a>(&'a self, range: &KeyRange, visit: &mut dyn FnMut(&'a Arc<Leaf>) -> bool) -> bool {
        self.root.as_ref().is_none_or(|root| scan::scan(root, range, visit))
    }

    /// Visits every node, children before parents, the left before the right: the order in which a tree is restored.
    pub(crate) fn export<E>(&self, visit: &mut dyn FnMut(TreeNode<'_>) -> Result<(), E>) -> Result<(), E> {
        self.root.as_ref().map_or(Ok(()), |root| scan::export(root, visit))
    }
}

#[cfg(test)]
mod naive;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;
