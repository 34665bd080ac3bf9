//! One chunk from one peer: fetched, checked, kept.

use std::sync::Arc;

use parking_lot::Mutex;
use seiza_network::{Fault, FetchError, Item, Network, PeerId};
use seiza_storage::limits::SYNC_CHUNK_BYTES_MAX;
use seiza_storage::sync::{ChunkId, ChunkTally, SnapshotFile, SyncError, check_chunk, unpack};
use seiza_types::{Bytes, Height};

/// What became of one question.
pub(super) type Answer = (PeerId, ChunkId, Result<ChunkTally, Miss>);

/// Why no chunk came.
pub(super) enum Miss {
    /// The peer's fault, scored by the network or here.
    Fault(String),
    /// It does not hold it, or not yet.
    NotHeld,
    /// Too slow, or too busy.
    Slow,
    /// It is gone.
    Gone,
    /// Our own disk.
    Disk(SyncError),
}

/// Fetches a chunk, checks it, and keeps it.
pub(super) async fn take(
    network: Network,
    file: Arc<Mutex<SnapshotFile>>,
    peer: PeerId,
    height: Height,
    id: ChunkId,
) -> Answer {
    let item = Item::Chunk { height, store: id.store as u8, hash: id.hash };
    let answer = match network.fetch_snapshot(peer, item).await {
        Ok(packed) => {
            let kept = tokio::task::spawn_blocking(move || keep(&file, id, &packed)).await;
            kept.unwrap_or_else(|_| Err(Miss::Fault("checking it failed".into())))
        }
        Err(FetchError::NotHeld) => Err(Miss::NotHeld),
        Err(FetchError::Busy | FetchError::Timeout) => Err(Miss::Slow),
        Err(FetchError::Faulty(fault)) => Err(Miss::Fault(format!("{fault:?}"))),
        Err(FetchError::NotConnected | FetchError::Stopped | FetchError::TooMany { .. }) => Err(Miss::Gone),
    };
    if let Err(Miss::Fault(_)) = &answer {
        network.report(&peer, Fault::WrongChunk);
    }
    (peer, id, answer)
}

fn keep(file: &Mutex<SnapshotFile>, id: ChunkId, packed: &Bytes) -> Result<ChunkTally, Miss> {
    let fault = |error: SyncError| Miss::Fault(error.to_string());
    let bytes = unpack(packed, SYNC_CHUNK_BYTES_MAX, "chunk").map_err(fault)?;
    let tally = check_chunk(id, &bytes).map_err(fault)?;
    file.lock().append(id, packed).map_err(Miss::Disk)?;
    Ok(tally)
}
