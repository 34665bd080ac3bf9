//! A block's changes on their way into the trees and the map over them.

use std::sync::Arc;

use rayon::prelude::*;
use seiza_state::{Key, STORES, StoreId, Value};
use seiza_types::Height;

use crate::flat::Flat;
use crate::image::Files;
use crate::limits::PARALLEL_CHANGES;
use crate::tree::{Leaf, Tree};

/// One change on its way into the trees.
pub(crate) struct Change<'a> {
    key: &'a Key,
    /// The new leaf; `None` removes.
    leaf: Option<Arc<Leaf>>,
    /// Whether the key is there already: then no node moves for a new leaf.
    present: bool,
}

impl<'a> Change<'a> {
    /// A new value, or a removal, by the block at `height`.
    pub(crate) fn new(key: &'a Key, value: &Option<Value>, height: Height, present: bool) -> Self {
        let leaf = value.clone().map(|value| Leaf::new(key.clone(), value, height));
        Self { key, leaf, present }
    }
}

/// A store's place in [`STORES`].
pub(crate) fn index(store: StoreId) -> usize {
    usize::from(store as u8) - 1
}

/// Edits the map by all changes.
pub(crate) fn edit_flat(flat: &mut Flat, changes: &[Change<'_>], files: &Files) {
    for change in changes {
        match &change.leaf {
            Some(leaf) => flat.insert(leaf.clone(), files),
            None => flat.remove(change.key, files),
        }
    }
}

/// Edits each store's tree by its own changes; large stores side by side.
pub(crate) fn edit_trees(trees: &mut [Tree; STORES.len()], changes: &[Change<'_>], height: Height) {
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

/// New values of present keys at once, then what moves nodes, one by one in key order. `tree::edit` says why this gives the
/// tree that all changes in key order give.
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
