//! The serving side: the state of one height, cut into chunks.
//!
//! Where it is cut follows from the state alone, so that all nodes cut the same state alike: a subtree is a chunk if it has at
//! most [`SYNC_CHUNK_BYTES`] (keys counted in full) and its parent has more. Cutting visits every node once; what is kept is
//! the top and a handle for each chunk. The state itself stays in memory as long as the cut lives: what blocks change since
//! then exists twice.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use seiza_state::{STORES, StoreId};
use seiza_types::{AppHash, Height};

use super::top::{self, Op};
use super::{ChunkId, SyncError, chunk, pack};
use crate::Storage;
use crate::limits::{PARALLEL_NODES, SYNC_CHUNK_BYTES, SYNC_CHUNK_BYTES_MAX, SYNC_TOP_BYTES_MAX};
use crate::tree::{Link, View};
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
    chunks: BTreeMap<ChunkId, Link>,
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
            chunks: BTreeMap::new(),
            keys: 0,
            bytes: 0,
        };
        for (store, pieces) in STORES.into_iter().zip(pieces) {
            top::put_store(&mut cut.top, &pieces.ops);
            cut.bytes += pieces.bytes;
            cut.keys += version.tree(store).top().map_or(0, keys);
            cut.chunks.extend(pieces.links.into_iter().map(|link| (ChunkId { store, hash: link.commitment() }, link)));
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
        self.chunks.get(id).map(|link| pack(&chunk::encode(id.store, link)))
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
    links: Vec<Link>,
    bytes: u64,
}

/// A subtree on its way up.
enum Part {
    /// Small enough so far: bytes.
    Whole(u64),
    /// Cut already.
    Split(Pieces),
}

fn of_store(version: &Version, store: StoreId) -> Result<Pieces, SyncError> {
    version.tree(store).top().map_or(Ok(Pieces::default()), |root| close(measure(root)?, root))
}

/// The bytes of a subtree, or the pieces where it has too many. The halves of large ones on different cores.
fn measure(link: &Link) -> Result<Part, SyncError> {
    let (left, right, op) = match link.view() {
        View::Leaf { key, value, .. } => {
            return Ok(Part::Whole(key.path().len() as u64 + value.len() as u64 + LEAF_BYTES));
        }
        View::Inner { left, right, version, height, size } => (left, right, Op::Inner(version, height, size)),
    };
    let (first, second) = match op {
        Op::Inner(_, _, size) if size >= PARALLEL_NODES * 64 => rayon::join(|| measure(left), || measure(right)),
        _ => (measure(left), measure(right)),
    };
    let (first, second) = (first?, second?);
    if let (Part::Whole(a), Part::Whole(b)) = (&first, &second)
        && a + b + INNER_BYTES <= SYNC_CHUNK_BYTES as u64
    {
        return Ok(Part::Whole(a + b + INNER_BYTES));
    }
    let (mut pieces, more) = (close(first, left)?, close(second, right)?);
    pieces.ops.extend(more.ops);
    pieces.ops.push(op);
    pieces.links.extend(more.links);
    pieces.bytes += more.bytes;
    Ok(Part::Split(pieces))
}

/// Ends a subtree: what is whole is a chunk.
fn close(part: Part, link: &Link) -> Result<Pieces, SyncError> {
    match part {
        Part::Split(pieces) => Ok(pieces),
        Part::Whole(bytes) => {
            bounded("value", bytes, SYNC_CHUNK_BYTES_MAX)?;
            Ok(Pieces { ops: vec![Op::Chunk(link.commitment())], links: vec![link.clone()], bytes })
        }
    }
}

fn keys(link: &Link) -> u64 {
    match link.view() {
        View::Leaf { .. } => 1,
        View::Inner { size, .. } => size,
    }
}
