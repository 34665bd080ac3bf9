//! An image of a state that was never in memory: its nodes come one after the other, children before parents, as state sync
//! hears them, and go straight to a node file.

use std::path::Path;

use seiza_state::STORES;
use seiza_types::{AppHash, Height};

use super::manifest::{self, Manifest};
use super::node_file::{FIRST_ADDRESS, Writer};
use super::record::{HASHED_HEIGHT, StoredInner, StoredLeaf, put_inner, put_leaf};
use super::{Address, Pace, next_number};
use crate::StorageError;
use crate::tree::hash::{self, Hash};
use crate::tree::{Separator, TreeNode};

/// Writes the whole image of a state whose nodes `fill` hands over: children before parents, store after store, each ended.
/// The app hash is not compared here: opening does it.
///
/// # Errors
/// Those of writing and of `fill`, and [`StorageError::Stopped`] where the nodes are those of no trees.
#[allow(dead_code, reason = "state sync writes images from its stream")]
pub(crate) fn write_nodes(
    dir: &Path,
    fsync: bool,
    (height, app_hash): (Height, AppHash),
    fill: &mut dyn FnMut(&mut Sink<'_>) -> Result<(), StorageError>,
) -> Result<u64, StorageError> {
    let pace = Pace::new(u64::MAX, &|| false);
    let file = Writer::create(dir, next_number(dir)?, FIRST_ADDRESS, fsync, pace)?;
    let mut sink = Sink { file, stack: Vec::new(), roots: Vec::new(), keys: 0 };
    fill(&mut sink)?;
    let Sink { file, stack, roots, keys } = sink;
    let Some(roots) = roots.try_into().ok().filter(|_| stack.is_empty()) else { return Err(no_trees()) };
    let place = file.finish()?;
    let key_cost = place.bytes * 100 / keys.max(1);
    manifest::write(dir, fsync, &Manifest { height, app_hash, key_cost, files: vec![place], roots })?;
    Ok(place.bytes)
}

fn no_trees() -> StorageError {
    StorageError::Stopped("the nodes given are those of no trees".into())
}

/// A subtree that is written and whose parent is not.
struct Subtree {
    at: Address,
    height: u8,
    size: u64,
    hash: Hash,
    smallest: Vec<u8>,
    greatest: Vec<u8>,
}

/// Where the nodes of an image go.
pub(crate) struct Sink<'a> {
    file: Writer<'a>,
    /// The last one on top.
    stack: Vec<Subtree>,
    roots: Vec<Option<Address>>,
    keys: u64,
}

#[allow(dead_code, reason = "state sync writes images from its stream")]
impl Sink<'_> {
    /// The next node, children before parents; leaves ascend.
    pub(crate) fn node(&mut self, node: &TreeNode<'_>) -> Result<(), StorageError> {
        let at = self.file.next();
        let subtree = match node {
            TreeNode::Leaf(leaf) => {
                let stored = StoredLeaf { key: leaf.key.as_bytes(), value: &leaf.value, version: leaf.version };
                if self.stack.last().is_some_and(|last| *last.greatest >= *stored.key) {
                    return Err(no_trees());
                }
                self.file.node(|out| put_leaf(out, &stored))?;
                self.keys += 1;
                let hash = hash::leaf(stored.version, stored.path(), stored.value);
                let key = stored.key.to_vec();
                Subtree { at, height: 0, size: 1, hash, smallest: key.clone(), greatest: key }
            }
            TreeNode::Inner { version } => self.inner(*version, at)?,
        };
        self.stack.push(subtree);
        Ok(())
    }

    fn inner(&mut self, version: Height, at: Address) -> Result<Subtree, StorageError> {
        let (Some(right), Some(left)) = (self.stack.pop(), self.stack.pop()) else { return Err(no_trees()) };
        let (height, size) = (1 + left.height.max(right.height), left.size + right.size);
        let hash = hash::inner(height, size, version, &left.hash, &right.hash);
        let separator = Separator::between(&left.greatest, &right.smallest);
        let inner = StoredInner {
            height,
            version,
            size,
            left: left.at,
            right: right.at,
            separator: separator.as_slice(),
            hash: Some(&hash).filter(|_| height >= HASHED_HEIGHT),
        };
        self.file.node(|out| put_inner(out, at, &inner))?;
        Ok(Subtree { at, height, size, hash, smallest: left.smallest, greatest: right.greatest })
    }

    /// A store is complete.
    pub(crate) fn end_store(&mut self) -> Result<(), StorageError> {
        let root = self.stack.pop().map(|subtree| subtree.at);
        self.roots.push(root);
        if self.stack.is_empty() && self.roots.len() <= STORES.len() { Ok(()) } else { Err(no_trees()) }
    }
}
