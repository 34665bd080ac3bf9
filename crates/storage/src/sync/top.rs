//! The top of a state: the inner nodes above the cut of every store, in post-order.
//!
//! ```text
//! top   nodes of the stores, in the order of their numbers
//! node  0 | version | height | size      inner: over the last two
//!       1 | hash (32)                    a chunk begins here
//!       2                                the store is complete
//! ```

use std::collections::BTreeSet;

use seiza_state::{STORES, StoreId};
use seiza_types::{AppHash, B256, Height};
use sha2::{Digest as _, Sha256};

use super::{ChunkId, SyncError};
use crate::limits::{SYNC_TOP_BYTES_MAX, SYNC_TREE_HEIGHT_MAX};
use crate::merkle::{self, Roots};
use crate::tree::hash::{self, Hash};
use crate::wire::{Reader, WireError, put_number};

const INNER: u8 = 0;
const CHUNK: u8 = 1;
const END: u8 = 2;

/// One node of a top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    /// A chunk with this hash.
    Chunk(B256),
    /// Over the last two: version, height, leaves below.
    Inner(Height, u8, u64),
}

/// A top that leads to its app hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Top {
    app_hash: AppHash,
    stores: Vec<Vec<Op>>,
}

/// Appends one store's nodes.
pub(super) fn put_store(out: &mut Vec<u8>, ops: &[Op]) {
    for op in ops {
        match op {
            Op::Chunk(hash) => {
                out.push(CHUNK);
                out.extend_from_slice(hash.as_slice());
            }
            Op::Inner(version, height, size) => {
                out.push(INNER);
                for number in [*version, u64::from(*height), *size] {
                    put_number(out, number);
                }
            }
        }
    }
    out.push(END);
}

impl Top {
    /// Reads a top (not compressed) that has to lead to `app_hash`.
    ///
    /// # Errors
    /// [`SyncError`]: whoever sent it is at fault.
    pub fn check(bytes: &[u8], app_hash: AppHash) -> Result<Self, SyncError> {
        if bytes.len() > SYNC_TOP_BYTES_MAX {
            let (bytes, max) = (bytes.len() as u64, SYNC_TOP_BYTES_MAX as u64);
            return Err(SyncError::Large { what: "top", bytes, max });
        }
        let (mut reader, mut roots) = (Reader::new(bytes), Roots::default());
        let mut stores = Vec::with_capacity(STORES.len());
        for root in &mut roots {
            let ops = store(&mut reader)?;
            *root = root_of(&ops)?;
            stores.push(ops);
        }
        reader.end()?;
        let found = merkle::app_hash(&roots);
        if found == app_hash {
            Ok(Self { app_hash, stores })
        } else {
            Err(SyncError::AppHash { expected: app_hash, found })
        }
    }

    /// The app hash it leads to.
    #[must_use]
    pub fn app_hash(&self) -> AppHash {
        self.app_hash
    }

    /// All chunks, each once.
    #[must_use]
    pub fn chunks(&self) -> BTreeSet<ChunkId> {
        self.stores().flat_map(|(store, ops)| ops.iter().filter_map(move |op| id(store, op))).collect()
    }

    /// Leaves of the state, where every store has more than one chunk or none; else a little less.
    #[must_use]
    pub fn keys(&self) -> u64 {
        let size = |ops: &Vec<Op>| match ops.last() {
            Some(Op::Inner(_, _, size)) => *size,
            _ => 0,
        };
        self.stores.iter().map(size).sum()
    }

    /// The nodes of each store.
    pub(super) fn stores(&self) -> impl Iterator<Item = (StoreId, &[Op])> {
        STORES.into_iter().zip(self.stores.iter().map(Vec::as_slice))
    }
}

/// The chunk that begins at a node.
pub(super) fn id(store: StoreId, op: &Op) -> Option<ChunkId> {
    match op {
        Op::Chunk(hash) => Some(ChunkId { store, hash: *hash }),
        Op::Inner(..) => None,
    }
}

fn store(reader: &mut Reader<'_>) -> Result<Vec<Op>, SyncError> {
    let mut ops = Vec::new();
    loop {
        match reader.byte()? {
            INNER => ops.push(Op::Inner(reader.number()?, reader.number_as("height")?, reader.number()?)),
            CHUNK => ops.push(Op::Chunk(B256::new(reader.array()?))),
            END => return Ok(ops),
            _ => return Err(WireError::Field("node").into()),
        }
    }
}

/// The root of a store with these nodes above its cut.
fn root_of(ops: &[Op]) -> Result<B256, SyncError> {
    let mut stack: Vec<Hash> = Vec::new();
    for op in ops {
        let hash = match op {
            Op::Chunk(hash) => hash.0,
            Op::Inner(version, height, size) => {
                let (Some(right), Some(left)) = (stack.pop(), stack.pop()) else { return Err(SyncError::Shape) };
                let bounded =
                    *version <= i64::MAX as u64 && *size <= i64::MAX as u64 && *height <= SYNC_TREE_HEIGHT_MAX;
                if !bounded {
                    return Err(SyncError::Shape);
                }
                hash::inner(*height, *size, *version, &left, &right)
            }
        };
        stack.push(hash);
    }
    match (stack.pop(), stack.is_empty()) {
        (None, _) => Ok(B256::new(Sha256::digest([]).into())),
        (Some(root), true) => Ok(B256::new(root)),
        _ => Err(SyncError::Shape),
    }
}
