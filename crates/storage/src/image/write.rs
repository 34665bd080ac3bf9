//! Writing an image: walks the trees, appends what is not in the files yet, names the roots.

use std::path::Path;
use std::sync::Arc;

use seiza_state::STORES;

use super::manifest::{self, Manifest};
use super::node_file::{FIRST_ADDRESS, NodeFile, Writer};
use super::pace::Pace;
use super::record::{HASHED_HEIGHT, StoredInner, StoredLeaf, put_inner, put_leaf};
use super::{Address, Files, load::Image};
use crate::StorageError;
use crate::tree::Node;
use crate::version::Version;

/// How much an image writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// All nodes.
    Whole,
    /// Those in memory: what has changed since the state was read from files.
    Incremental,
}

/// A written image.
pub(crate) struct Written {
    /// The image as a start would find it.
    pub(crate) image: Image,
    /// Hash ([`seiza_state::Key::hash64`]) and address of every leaf that was written.
    pub(crate) leaves: Vec<(u64, Address)>,
    /// Bytes of nodes written.
    pub(crate) bytes: u64,
}

/// Writes the image of a state, as node file `number` at addresses that begin with `base`.
///
/// # Errors
/// Those of writing, and [`StorageError::Stopped`] where `pace` ends it.
pub(crate) fn write(
    dir: &Path,
    fsync: bool,
    version: &Version,
    kind: Kind,
    number: u64,
    pace: Pace<'_>,
) -> Result<Written, StorageError> {
    let files = version.files();
    let base = if kind == Kind::Whole { FIRST_ADDRESS } else { files.end() };
    let file = Writer::create(dir, number, base, fsync, pace)?;
    let mut walk = Walk { file, kind, leaves: Vec::new() };
    let mut roots = [None; STORES.len()];
    for (root, store) in roots.iter_mut().zip(STORES) {
        *root = version.tree(store).node().map(|node| walk.node(node)).transpose()?;
    }
    let leaves = walk.leaves;
    let place = walk.file.finish()?;
    let mut list = if kind == Kind::Whole { Vec::new() } else { files.list().to_vec() };
    list.push(Arc::new(NodeFile::open(dir, place)?));
    let files = Arc::new(Files::new(list));
    let key_cost = match kind {
        Kind::Whole => place.bytes * 100 / version.size().max(1),
        Kind::Incremental => version.key_cost,
    };
    // The only time that these bytes are read for nothing: what replaces another image should not be worse.
    files.list().last().expect("just put there").check()?;
    let places = files.list().iter().map(|file| file.place).collect();
    let manifest = Manifest { height: version.height, app_hash: version.app_hash(), key_cost, files: places, roots };
    manifest::write(dir, fsync, &manifest)?;
    Ok(Written { image: Image { height: version.height, files, roots, key_cost }, leaves, bytes: place.bytes })
}

struct Walk<'a> {
    file: Writer<'a>,
    kind: Kind,
    leaves: Vec<(u64, Address)>,
}

impl Walk<'_> {
    /// Writes a node and what is below it, as far as it is not stored already; answers where it lies.
    fn node(&mut self, node: Node<'_>) -> Result<Address, StorageError> {
        if let Some(address) = node.address().filter(|_| self.kind == Kind::Incremental) {
            return Ok(address);
        }
        let Some((left, right)) = node.children() else { return self.leaf(node) };
        let (left, right) = (self.node(left)?, self.node(right)?);
        let at = self.file.next();
        let hash = (node.height() >= HASHED_HEIGHT).then(|| node.hash());
        let separator = node.separator();
        let inner = StoredInner {
            height: node.height(),
            version: node.version(),
            size: node.size(),
            left,
            right,
            separator: separator.as_slice(),
            hash: hash.as_ref(),
        };
        self.file.node(|out| put_inner(out, at, &inner))?;
        Ok(at)
    }

    fn leaf(&mut self, node: Node<'_>) -> Result<Address, StorageError> {
        let leaf = node.edge(false);
        let at = self.file.next();
        let stored = StoredLeaf { key: leaf.key_bytes(), value: leaf.value_bytes(), version: leaf.version() };
        self.leaves.push((leaf.hash64(), at));
        self.file.node(|out| put_leaf(out, &stored))?;
        Ok(at)
    }
}
