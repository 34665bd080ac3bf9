//! The serving side: the state of one height, cut into chunks.
//!
//! Where it is cut follows from the state alone, so that all nodes cut the same state alike: a subtree is a chunk if it has at
//! most [`SYNC_CHUNK_BYTES`] (keys counted in full) and its parent has more. Cutting visits every node once; what is kept is
//! the top and the way to each chunk. The state itself stays as long as the cut lives, in memory and in mapped files: what
//! blocks change since then exists twice.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use seiza_state::{STORES, StoreId};
use seiza_types::{AppHash, B256, Height};

use super::top::{self, Op};
use super::{ChunkId, SyncError, chunk, pack};
use crate::Storage;
use crate::change::index;
use crate::limits::{PARALLEL_NODES, SYNC_CHUNK_BYTES, SYNC_CHUNK_BYTES_MAX, SYNC_TOP_BYTES_MAX};
use crate::tree::{Node, Tree, Way};
use crate::version::Version;

/// What a leaf takes beside key and value, at most, in ordinary cases: mark, version, three lengths.
const LEAF_BYTES: u64 = 12;
/// What an inner node takes.
const INNER_BYTES: u64 = 5;

/// A state, cut. Nothing of it changes.
pub struct Cut {
    height: Height,
    app_hash: AppHash,
    top: Vec<u8>,
    trees: [Tree; STORES.len()],
    chunks: BTreeMap<ChunkId, Way>,
    keys: u64,
    bytes: u64,
}

impl Storage {
    /// Cuts the state after `height`; `None` where memory does not hold it as a whole: it has the head and at least the
    /// fifteen heights below it. Takes about a second for ten million keys on one core.
    ///
    /// # Errors
    /// [`SyncError::Large`] where a single value is too large for a chunk.
    pub fn cut(&self, height: Height) -> Result<Option<Cut>, SyncError> {
        let version = self.at(height).and_then(|snapshot| snapshot.version().cloned());
        version.map(|version| Cut::of(&version)).transpose()
    }

    /// The heights that [`Storage::cut`] finds, lowest and highest.
    #[must_use]
    pub fn whole_heights(&self) -> (Height, Height) {
        let recent = self.shared().recent.read();
        let height = |found: Option<(&Height, &Arc<Version>)>| found.map_or(0, |(height, _)| *height);
        (height(recent.versions.first_key_value()), height(recent.versions.last_key_value()))
    }
}

impl Cut {
    pub(crate) fn of(version: &Version) -> Result<Self, SyncError> {
        let pieces: Vec<Pieces> = STORES.par_iter().map(|store| of_store(version, *store)).collect::<Result<_, _>>()?;
        let mut cut = Self {
            height: version.height,
            app_hash: version.app_hash(),
            top: Vec::new(),
            trees: STORES.map(|store| version.tree(store).clone()),
            chunks: BTreeMap::new(),
            keys: 0,
            bytes: 0,
        };
        for (store, pieces) in STORES.into_iter().zip(pieces) {
            top::put_store(&mut cut.top, &pieces.ops);
            cut.bytes += pieces.bytes;
            cut.keys += version.tree(store).node().map_or(0, |root| root.size());
            cut.chunks.extend(pieces.chunks.into_iter().map(|(hash, way)| (ChunkId { store, hash }, way)));
        }
        bounded("top", cut.top.len() as u64, SYNC_TOP_BYTES_MAX)?;
        Ok(cut)
    }

    /// The height after which this was the state.
    #[must_use]
    pub fn height(&self) -> Height {
        self.height
    }

    /// Its app hash: what the next header says.
    #[must_use]
    pub fn app_hash(&self) -> AppHash {
        self.app_hash
    }

    /// The encoded top, compressed.
    #[must_use]
    pub fn top(&self) -> Vec<u8> {
        pack(&self.top)
    }

    /// A chunk, compressed; `None` where the cut has none of that name.
    #[must_use]
    pub fn chunk(&self, id: &ChunkId) -> Option<Vec<u8>> {
        let root = self.trees[index(id.store)].at(*self.chunks.get(id)?)?;
        Some(pack(&chunk::encode(id.store, root)))
    }

    /// The names of all chunks, ascending.
    pub fn chunks(&self) -> impl ExactSizeIterator<Item = &ChunkId> {
        self.chunks.keys()
    }

    /// Keys of the state.
    #[must_use]
    pub fn keys(&self) -> u64 {
        self.keys
    }

    /// About how many bytes all chunks have, not compressed.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl std::fmt::Debug for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cut").field("height", &self.height).field("chunks", &self.chunks.len()).finish_non_exhaustive()
    }
}

fn bounded(what: &'static str, bytes: u64, max: usize) -> Result<(), SyncError> {
    if bytes > max as u64 { Err(SyncError::Large { what, bytes, max: max as u64 }) } else { Ok(()) }
}

/// What one store, or a part of it, was cut into.
#[derive(Default)]
struct Pieces {
    ops: Vec<Op>,
    chunks: Vec<(B256, Way)>,
    bytes: u64,
}

impl Pieces {
    fn append(&mut self, more: Self) {
        self.ops.extend(more.ops);
        self.chunks.extend(more.chunks);
        self.bytes += more.bytes;
    }
}

/// A subtree on its way up.
enum Part {
    /// Small enough so far: bytes.
    Whole(u64),
    /// Cut already.
    Split(Pieces),
}

fn of_store(version: &Version, store: StoreId) -> Result<Pieces, SyncError> {
    let Some(root) = version.tree(store).node() else { return Ok(Pieces::default()) };
    close(measure(root, Way::default())?, root, Way::default())
}

/// The bytes of a subtree, or the pieces where it has too many. The halves of large ones on different cores.
fn measure(node: Node<'_>, way: Way) -> Result<Part, SyncError> {
    let Some(sides) = node.children() else {
        let leaf = node.edge(false);
        return Ok(Part::Whole(leaf.path().len() as u64 + leaf.value_bytes().len() as u64 + LEAF_BYTES));
    };
    let ways = (way.then(false), way.then(true));
    let (first, second) = if node.size() >= PARALLEL_NODES * 64 {
        rayon::join(|| measure(sides.0, ways.0), || measure(sides.1, ways.1))
    } else {
        (measure(sides.0, ways.0), measure(sides.1, ways.1))
    };
    let (first, second) = (first?, second?);
    if let (Part::Whole(a), Part::Whole(b)) = (&first, &second)
        && a + b + INNER_BYTES <= SYNC_CHUNK_BYTES as u64
    {
        return Ok(Part::Whole(a + b + INNER_BYTES));
    }
    let mut pieces = close(first, sides.0, ways.0)?;
    pieces.append(close(second, sides.1, ways.1)?);
    pieces.ops.push(Op::Inner(node.version(), node.height(), node.size()));
    Ok(Part::Split(pieces))
}

/// Ends a subtree: what is whole is a chunk.
fn close(part: Part, node: Node<'_>, way: Way) -> Result<Pieces, SyncError> {
    match part {
        Part::Split(pieces) => Ok(pieces),
        Part::Whole(bytes) => {
            bounded("value", bytes, SYNC_CHUNK_BYTES_MAX)?;
            let hash = B256::new(node.hash());
            Ok(Pieces { ops: vec![Op::Chunk(hash)], chunks: vec![(hash, way)], bytes })
        }
    }
}
