//! The handle: what readers ask. Writing is in `write.rs`, opening in `open.rs`.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::Arc;

use ics23::CommitmentProof;
use parking_lot::{Mutex, RwLock};
use seiza_state::{Key, StoreId, Value};
use seiza_types::{AppHash, B256, Bloom, Height};

use crate::archive::{self, Archive};
use crate::background::{Background, Signal};
use crate::entry::{self, Place};
use crate::files::FolderLock;
use crate::genesis::GenesisRecord;
use crate::history::PastState;
use crate::imaging::Imaging;
use crate::limits::BLOCK_CACHE_COUNT_MAX;
use crate::log::{Location, Log, LogReader};
use crate::options::Options;
use crate::recent::Recent;
use crate::speculation::Speculation;
use crate::undecided::UndecidedLog;
use crate::wire::WireError;
use crate::{BlockResults, Head, Snapshot, StorageError, StoredBlock, TxLocation, payload};

/// A chain's storage. Cloning gives another handle to the same; the last one dropped stops the background work and frees
/// the folder. All methods may be called from any thread.
#[derive(Clone)]
pub struct Storage {
    background: Arc<Background>,
}

/// What handles and background work share.
pub(crate) struct Shared {
    pub(crate) dir: PathBuf,
    pub(crate) options: Options,
    pub(crate) archive: Option<Arc<Archive>>,
    pub(crate) genesis: RwLock<Option<GenesisRecord>>,
    pub(crate) block_log: Mutex<Log>,
    pub(crate) change_log: Mutex<Log>,
    pub(crate) undecided: Mutex<UndecidedLog>,
    pub(crate) block_reader: LogReader,
    pub(crate) change_reader: LogReader,
    /// Locked before `head`, never after `recent`.
    pub(crate) speculation: Mutex<Speculation>,
    pub(crate) head: RwLock<Arc<Head>>,
    pub(crate) recent: RwLock<Recent>,
    pub(crate) signal: Signal,
    pub(crate) imaging: Imaging,
    /// Held by whoever merges or prunes: one at a time.
    pub(crate) tidying: Mutex<()>,
    pub(crate) _lock: FolderLock,
}

/// Proof of what a key holds after a height.
#[derive(Debug, Clone, PartialEq)]
pub struct StateProof {
    /// The height.
    pub height: Height,
    /// Root of the state after it: what the header of the next height carries, and what the second proof leads to.
    pub app_hash: AppHash,
    /// What the key holds; `None` where the proof shows that nothing is there.
    pub value: Option<Value>,
    /// First the key in its store's tree (`ics23::iavl_spec`, key: [`Key::path`]), then the store's root under the app hash
    /// (`ics23::tendermint_spec`, key: [`seiza_state::StoreId::name`]).
    pub proofs: [CommitmentProof; 2],
}

impl Storage {
    pub(crate) fn new(background: Background) -> Self {
        Self { background: Arc::new(background) }
    }

    pub(crate) fn shared(&self) -> &Shared {
        self.background.shared()
    }

    /// The newest committed height, as one consistent value. Costs about as much as cloning an `Arc`.
    #[must_use]
    pub fn head(&self) -> Arc<Head> {
        self.shared().head.read().clone()
    }

    /// The state after `height`, 0 being genesis; `None` where it is not committed yet, or pruned.
    #[must_use]
    pub fn at(&self, height: Height) -> Option<Snapshot> {
        let head = self.head();
        if height >= head.height {
            return (height == head.height).then(|| head.state.clone());
        }
        let recent = self.shared().recent.read();
        if height < recent.earliest {
            return None;
        }
        if let Some(version) = recent.versions.get(&height) {
            return Some(Snapshot::recent(version.clone()));
        }
        let (_, base) = recent.versions.first_key_value()?;
        let reaches = height < base.height;
        reaches.then(|| Snapshot::past(PastState::new(height, base.clone(), &recent.runs)))
    }

    /// What was stored as genesis; `None` where nothing was yet.
    #[must_use]
    pub fn genesis(&self) -> Option<GenesisRecord> {
        self.shared().genesis.read().clone()
    }

    /// The lowest height whose state and block can be read: 0 where nothing was pruned.
    #[must_use]
    pub fn earliest(&self) -> Height {
        let head = self.head().height;
        // A storage made of a snapshot has nothing whole before its first commit; the head is shown all the same.
        self.shared().recent.read().earliest.min(head)
    }

    /// The highest decided height in the block log. After a crash it may be above the head: the node executes the blocks
    /// between again, and commits them.
    #[must_use]
    pub fn decided_tip(&self) -> Height {
        let head = self.head().height;
        self.shared().recent.read().decided.last_key_value().map_or(head, |(height, _)| *height)
    }

    /// The decided block at `height`; `None` where there is none, or it is pruned.
    ///
    /// # Errors
    /// Those of reading the logs.
    pub fn block(&self, height: Height) -> Result<Option<Arc<StoredBlock>>, StorageError> {
        let shared = self.shared();
        let cached = shared.recent.read().block(height);
        if cached.is_some() {
            return Ok(cached);
        }
        let Some(place) = shared.place(height)? else { return Ok(None) };
        let loaded = shared.load(height, &place)?;
        // After a start the last blocks are not in memory yet, and will be asked for again.
        if let Some(block) = &loaded
            && height + BLOCK_CACHE_COUNT_MAX as Height > self.head().height
        {
            let bytes = place.block.payload_bytes as usize + place.commit.payload_bytes as usize;
            shared.recent.write().cache(block.clone(), bytes);
        }
        Ok(loaded)
    }

    /// The decided block with that hash; `None` where there is none, or it is pruned.
    ///
    /// # Errors
    /// Those of reading the index and the logs.
    pub fn block_by_hash(&self, hash: &B256) -> Result<Option<Arc<StoredBlock>>, StorageError> {
        let (waiting, runs) = {
            let recent = self.shared().recent.read();
            (recent.height_of(hash), recent.runs.clone())
        };
        let height = match waiting {
            Some(height) => Some(height),
            None => runs.newest(&entry::block_key(hash))?.map(|(height, _)| height),
        };
        height.map_or(Ok(None), |height| self.block(height))
    }

    /// Where the transaction with that hash is; an Ethereum one is found by Tendermint's hash (SHA-256), too. One that was skipped in a block and done in another is found where it was
    /// done.
    ///
    /// # Errors
    /// Those of reading the index.
    pub fn tx(&self, hash: &B256) -> Result<Option<TxLocation>, StorageError> {
        let shared = self.shared();
        let (waiting, runs): (Vec<_>, _) = {
            let recent = shared.recent.read();
            (recent.pending.values().rev().cloned().collect(), recent.runs.clone())
        };
        let mut skipped = None;
        for (height, (index, was_skipped)) in waiting.iter().filter_map(|w| Some((w.height, w.tx(hash)?))) {
            let location = TxLocation { height, index };
            if !was_skipped {
                return Ok(Some(location));
            }
            skipped.get_or_insert(location);
        }
        for run in runs.runs().iter().rev() {
            for (height, value) in run.all(&entry::tx_key(hash))?.iter().rev() {
                let (index, was_skipped) = entry::read_tx_value(value).map_err(|error| shared.index_damage(error))?;
                let location = TxLocation { height: *height, index };
                if !was_skipped {
                    return Ok(Some(location));
                }
                skipped.get_or_insert(location);
            }
        }
        Ok(skipped)
    }

    /// Visits the log bloom of every committed height in a range, ascending, until `visit` answers `false`: who looks for
    /// logs opens only the blocks that may hold some. Pruned and future heights are left out.
    ///
    /// # Errors
    /// Those of reading the index.
    pub fn blooms(
        &self,
        heights: RangeInclusive<Height>,
        visit: &mut dyn FnMut(Height, &Bloom) -> bool,
    ) -> Result<(), StorageError> {
        let (waiting, runs, earliest): (Vec<_>, _, _) = {
            let recent = self.shared().recent.read();
            let waiting = recent.pending.range(heights.clone()).map(|(_, pending)| pending.clone()).collect();
            (waiting, recent.runs.clone(), recent.earliest)
        };
        let first = (*heights.start()).max(earliest).max(1);
        let last = (*heights.end()).min(runs.last());
        if first <= last && !self.indexed_blooms(&runs, first, last, visit)? {
            return Ok(());
        }
        let mut waiting = waiting.iter().filter(|pending| pending.height > runs.last());
        let _ = waiting.all(|pending| visit(pending.height, &pending.bloom));
        Ok(())
    }

    /// Proof of what `key` holds after `height`. Only heights whose trees are in memory can prove: the head and at least
    /// the fifteen below it.
    ///
    /// # Errors
    /// [`StorageError::Pruned`] for other heights; [`StorageError::Proof`] where ICS-23 has no proof: in an empty store.
    pub fn prove(&self, height: Height, key: &Key) -> Result<StateProof, StorageError> {
        let snapshot = self.at(height).ok_or(StorageError::Pruned(height))?;
        let version = snapshot.version().ok_or(StorageError::Pruned(height))?;
        let proofs = version.prove(key).ok_or(StorageError::Proof("the store holds nothing at this height"))?;
        let value = version.leaf(key).map(|leaf| leaf.value());
        Ok(StateProof { height, app_hash: version.app_hash(), value, proofs })
    }

    /// The app hash after `height`, and the proof of a store's root under it. As [`Storage::prove`].
    ///
    /// # Errors
    /// [`StorageError::Pruned`] for heights whose trees are not in memory.
    pub fn prove_store(&self, height: Height, store: StoreId) -> Result<(AppHash, CommitmentProof), StorageError> {
        let snapshot = self.at(height).ok_or(StorageError::Pruned(height))?;
        let version = snapshot.version().ok_or(StorageError::Pruned(height))?;
        Ok((version.app_hash(), version.prove_store(store)))
    }

    /// Visits indexed blooms, the empty ones too; answers whether `visit` wants more.
    fn indexed_blooms(
        &self,
        runs: &crate::index::RunSet,
        first: Height,
        last: Height,
        visit: &mut dyn FnMut(Height, &Bloom) -> bool,
    ) -> Result<bool, StorageError> {
        let (mut next, mut wanted) = (first, true);
        let mut fill = |next: &mut Height, until: Height, visit: &mut dyn FnMut(Height, &Bloom) -> bool| {
            while wanted && *next < until {
                wanted = visit(*next, &Bloom::ZERO);
                *next += 1;
            }
            wanted
        };
        for found in runs.among(first..=last).range(&entry::bloom_key(first), Some(&entry::bloom_key(last + 1)[..]))? {
            let found = found?;
            if !fill(&mut next, found.height, visit) {
                return Ok(false);
            }
            let bloom = <[u8; 256]>::try_from(&found.value[..])
                .map_err(|_| self.shared().index_damage(WireError::Field("bloom")))?;
            if !visit(found.height, &Bloom::new(bloom)) {
                return Ok(false);
            }
            next = found.height + 1;
        }
        Ok(fill(&mut next, last + 1, visit))
    }
}

impl Shared {
    /// Where a committed height's records lie.
    pub(crate) fn place(&self, height: Height) -> Result<Option<Place>, StorageError> {
        let runs = {
            let recent = self.recent.read();
            if let Some(pending) = recent.pending.get(&height) {
                return Ok(Some(pending.place));
            }
            recent.runs.clone()
        };
        let found = runs.among(height..=height).newest(&entry::place_key(height))?;
        found.map(|(_, value)| entry::read_place_value(&value).map_err(|error| self.index_damage(error))).transpose()
    }

    /// Reads a committed block from the logs; `None` where it was pruned meanwhile.
    pub(crate) fn load(&self, height: Height, place: &Place) -> Result<Option<Arc<StoredBlock>>, StorageError> {
        let block_bytes = self.record(&self.block_reader, archive::BLOCKS, place.block, height)?;
        let commit_bytes = self.record(&self.change_reader, archive::CHANGES, place.commit, height)?;
        let (Some(block_bytes), Some(commit_bytes)) = (block_bytes, commit_bytes) else { return Ok(None) };
        let (block, certificate) =
            payload::block(&block_bytes).map_err(|error| self.block_reader.damage(place.block, error))?;
        let results = payload::commit(&commit_bytes)
            .and_then(|commit| BlockResults::decode(commit.results))
            .map_err(|error| self.change_reader.damage(place.commit, error))?;
        Ok(Some(Arc::new(StoredBlock { block, hash: place.hash, certificate, results: Some(Arc::new(results)) })))
    }

    /// A record of a log, from the archive where its segment was pruned.
    fn record(
        &self,
        reader: &LogReader,
        folder: &str,
        location: Location,
        height: Height,
    ) -> Result<Option<Vec<u8>>, StorageError> {
        let found = reader.read(location, height)?;
        let Some(archive) = self.archive.as_ref().filter(|_| found.is_none()) else { return Ok(found) };
        let Some(file) = archive.file(&format!("{folder}/{}", reader.segment_name(location))) else { return Ok(None) };
        reader.read_from(&file.place(), &|out, offset| file.read_exact_at(out, offset), location, height).map(Some)
    }

    /// A value inside the index whose checksum holds but which does not decode.
    pub(crate) fn index_damage(&self, error: WireError) -> StorageError {
        StorageError::damaged(&self.dir.join(crate::open::INDEX_DIR), 0, error.to_string())
    }
}

impl std::fmt::Debug for Storage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Storage").field("dir", &self.shared().dir).field("head", &self.head().height).finish()
    }
}
