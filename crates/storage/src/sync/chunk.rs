//! A chunk: one subtree, its nodes in post-order.
//!
//! ```text
//! chunk  store byte | nodes
//! node   0 | version                                             inner: over the last two subtrees
//!        1 | version | shared | rest as bytes | value as bytes   leaf: its path is the first `shared` bytes of the leaf's
//!                                                                before, and the rest
//! ```
//! Numbers are LEB128 in their shortest form; `shared` is as large as it can be. So a subtree has one encoding, and since every
//! field goes into the root's hash, a chunk with a changed bit is another chunk.

use seiza_state::StoreId;
use seiza_types::{B256, Height};

use super::SyncError;
use crate::image::Graft;
use crate::limits::{SYNC_CHUNK_BYTES_MAX, SYNC_TREE_HEIGHT_MAX};
use crate::tree::hash::{self, Hash};
use crate::tree::{LeafRef, Node as TreeNode};
use crate::wire::{Reader, WireError, put_bytes, put_number};

/// Marks of the two kinds of nodes.
const INNER: u8 = 0;
const LEAF: u8 = 1;
/// Hashes take a version as a signed number.
const VERSION_MAX: Height = i64::MAX as Height;

/// By what a chunk is asked for: its store, and the hash of its root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChunkId {
    /// The store.
    pub store: StoreId,
    /// The root's hash.
    pub hash: B256,
}

/// What a chunk holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChunkTally {
    /// Leaves.
    pub keys: u64,
    /// Bytes, not compressed.
    pub bytes: u64,
}

/// Encodes a subtree.
pub(super) fn encode(store: StoreId, root: TreeNode<'_>) -> Vec<u8> {
    let mut writer = Writer { out: vec![store as u8], last: Vec::new() };
    writer.subtree(root);
    writer.out
}

struct Writer {
    out: Vec<u8>,
    last: Vec<u8>,
}

impl Writer {
    fn subtree(&mut self, root: TreeNode<'_>) {
        if let Some(leaf) = root.leaf() {
            self.leaf(leaf);
        } else if let Some((left, right)) = root.children() {
            self.subtree(left);
            self.subtree(right);
            self.out.push(INNER);
            put_number(&mut self.out, root.version());
        }
    }

    fn leaf(&mut self, leaf: LeafRef<'_>) {
        let path = leaf.path();
        let shared = shared(&self.last, path);
        self.out.push(LEAF);
        put_number(&mut self.out, leaf.version());
        put_number(&mut self.out, shared as u64);
        put_bytes(&mut self.out, &path[shared..]);
        put_bytes(&mut self.out, leaf.value_bytes());
        self.last.clear();
        self.last.extend_from_slice(path);
    }
}

/// How many bytes both begin with.
fn shared(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// One node, as read.
pub(super) enum Node<'a> {
    /// A leaf: its path within the store, its value, the height that wrote it.
    Leaf(&'a [u8], &'a [u8], Height),
    /// Over the last two subtrees; the height that made or changed it.
    Inner(Height),
}

/// Reads a chunk's nodes in order; answers its store. Keys ascend; whether the nodes make a subtree is the visitor's to say.
pub(super) fn read(
    bytes: &[u8],
    visit: &mut dyn FnMut(StoreId, Node<'_>) -> Result<(), SyncError>,
) -> Result<StoreId, SyncError> {
    let mut reader = Reader::new(bytes);
    let store = StoreId::from_byte(reader.byte()?).ok_or(WireError::Field("store"))?;
    let (mut path, mut first) = (Vec::new(), true);
    while reader.left() > 0 {
        let kind = reader.byte()?;
        let version = reader.number()?;
        if version > VERSION_MAX {
            return Err(WireError::Field("version").into());
        }
        match kind {
            INNER => visit(store, Node::Inner(version))?,
            LEAF => {
                next_path(&mut reader, &mut path, first)?;
                visit(store, Node::Leaf(&path, reader.bytes()?, version))?;
                first = false;
            }
            _ => return Err(WireError::Field("node").into()),
        }
    }
    Ok(store)
}

/// Makes `path` the next leaf's.
fn next_path(reader: &mut Reader<'_>, path: &mut Vec<u8>, first: bool) -> Result<(), SyncError> {
    let shared: usize = reader.number_as("shared bytes")?;
    let rest = reader.bytes()?;
    let before = path.get(shared..).ok_or(WireError::Field("shared bytes"))?;
    // Ascending, and not a byte more could have been shared.
    let ascends = match (before.first(), rest.first()) {
        (Some(before), Some(after)) => before < after,
        (None, Some(_)) => true,
        (_, None) => first && before.is_empty(),
    };
    if !ascends {
        return Err(SyncError::Order);
    }
    path.truncate(shared);
    path.extend_from_slice(rest);
    Ok(())
}

/// A finished subtree: its hash, height and leaves.
struct Subtree {
    hash: Hash,
    height: u8,
    size: u64,
}

/// Whether `bytes` (not compressed) are the chunk that is asked for.
///
/// # Errors
/// [`SyncError`]: whoever sent them is at fault.
pub fn check_chunk(id: ChunkId, bytes: &[u8]) -> Result<ChunkTally, SyncError> {
    if bytes.len() > SYNC_CHUNK_BYTES_MAX {
        let (bytes, max) = (bytes.len() as u64, SYNC_CHUNK_BYTES_MAX as u64);
        return Err(SyncError::Large { what: "chunk", bytes, max });
    }
    let mut stack: Vec<Subtree> = Vec::new();
    let store = read(bytes, &mut |_, node| {
        let subtree = match node {
            Node::Leaf(path, value, version) => Subtree { hash: hash::leaf(version, path, value), height: 0, size: 1 },
            Node::Inner(version) => join(&mut stack, version)?,
        };
        stack.push(subtree);
        Ok(())
    })?;
    let root = stack.pop().filter(|_| stack.is_empty()).ok_or(SyncError::Shape)?;
    let found = B256::new(root.hash);
    if store != id.store || found != id.hash {
        return Err(SyncError::Hash { expected: id.hash, found });
    }
    Ok(ChunkTally { keys: root.size, bytes: bytes.len() as u64 })
}

fn join(stack: &mut Vec<Subtree>, version: Height) -> Result<Subtree, SyncError> {
    let (Some(right), Some(left)) = (stack.pop(), stack.pop()) else { return Err(SyncError::Shape) };
    let (height, size) = (1 + left.height.max(right.height), left.size + right.size);
    if height > SYNC_TREE_HEIGHT_MAX {
        return Err(SyncError::Shape);
    }
    Ok(Subtree { hash: hash::inner(height, size, version, &left.hash, &right.hash), height, size })
}

/// The nodes of a chunk as an image has them, where it is the one that is asked for.
pub(super) fn graft(id: ChunkId, bytes: &[u8]) -> Result<Graft, SyncError> {
    // Keys in full, and a hash for every second leaf, take about that.
    let mut graft = Graft::with_capacity(bytes.len() * 2);
    let mut key = vec![id.store as u8];
    let store = read(bytes, &mut |_, node| match node {
        Node::Inner(version) => graft.inner(version).ok_or(SyncError::Shape),
        Node::Leaf(path, value, version) => {
            key.truncate(1);
            key.extend_from_slice(path);
            graft.leaf(&key, value, version);
            Ok(())
        }
    })?;
    let found = graft.root().map(|(hash, _)| B256::new(hash)).ok_or(SyncError::Shape)?;
    if store == id.store && found == id.hash { Ok(graft) } else { Err(SyncError::Hash { expected: id.hash, found }) }
}
