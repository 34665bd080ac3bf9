//! An image of a state that was never in memory: its nodes come subtree by subtree, children before parents, as state sync
//! has them, and go straight to a node file.

use std::path::Path;

use seiza_state::STORES;
use seiza_types::{AppHash, Height};

use super::graft::{Graft, Grafted, Shape};
use super::manifest::{self, Manifest};
use super::node_file::{FIRST_ADDRESS, Writer};
use super::{Address, Pace, next_number};
use crate::StorageError;
use crate::tree::Separator;

/// Writes the whole image of a state whose nodes `fill` hands over: children before parents, store after store, each ended.
/// The app hash is not compared here: opening does it.
///
/// # Errors
/// Those of writing and of `fill`, and [`StorageError::Stopped`] where the nodes are those of no trees.
pub(crate) fn write_nodes(
    dir: &Path,
    fsync: bool,
    (height, app_hash): (Height, AppHash),
    fill: &mut dyn FnMut(&mut Sink<'_>) -> Result<(), StorageError>,
) -> Result<u64, StorageError> {
    let file = Writer::create(dir, next_number(dir)?, FIRST_ADDRESS, fsync, Pace::unbounded())?;
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
    shape: Shape,
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

impl Sink<'_> {
    /// The next subtree, whose keys are above all before in its store.
    pub(crate) fn graft(&mut self, graft: Graft) -> Result<(), StorageError> {
        let Grafted { bytes, mut shape, smallest, greatest } = graft.finish().ok_or_else(no_trees)?;
        if self.stack.last().is_some_and(|last| last.greatest >= smallest) {
            return Err(no_trees());
        }
        shape.at = Address::of(self.file.next().number() + shape.at.number() - FIRST_ADDRESS);
        self.keys += shape.size;
        self.file.node(|out| out.extend_from_slice(&bytes))?;
        self.stack.push(Subtree { shape, smallest, greatest });
        Ok(())
    }

    /// The node over the last two subtrees.
    pub(crate) fn inner(&mut self, version: Height) -> Result<(), StorageError> {
        let (Some(right), Some(left)) = (self.stack.pop(), self.stack.pop()) else { return Err(no_trees()) };
        let separator = Separator::between(&left.greatest, &right.smallest);
        let (at, shapes) = (self.file.next(), (&left.shape, &right.shape));
        let mut shape = left.shape;
        self.file.node(|out| shape = Shape::join(out, at, version, shapes, separator))?;
        self.stack.push(Subtree { shape, smallest: left.smallest, greatest: right.greatest });
        Ok(())
    }

    /// A store is complete.
    pub(crate) fn end_store(&mut self) -> Result<(), StorageError> {
        let root = self.stack.pop().map(|subtree| subtree.shape.at);
        self.roots.push(root);
        if self.stack.is_empty() && self.roots.len() <= STORES.len() { Ok(()) } else { Err(no_trees()) }
    }
}
