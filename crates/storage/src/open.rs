//! Opening: takes the folder, finds the ends of both logs, and replays what no image or index holds.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Mutex, RwLock};
use tendermint::Time;

use crate::background::{Background, Signal};
use crate::entry::Place;
use crate::files::{self, FolderLock};
use crate::genesis::{self, GenesisRecord};
use crate::index::RunSet;
use crate::limits::PROGRESS_AFTER_MS;
use crate::log::{Log, LogConfig};
use crate::options::{Options, Progress};
use crate::recent::{Decided, Pending, Recent};
use crate::speculation::Speculation;
use crate::store::Shared;
use crate::version::Version;
use crate::write::{block_head, genesis_head};
use crate::{BlockResults, Head, Storage, StorageError, StoredBlock, payload};

/// Folder of the index runs.
pub(crate) const INDEX_DIR: &str = "index";
/// Folder of the block log.
const BLOCK_DIR: &str = "blocks";
/// Folder of the change log.
const CHANGE_DIR: &str = "changes";

impl Storage {
    /// Opens the storage in `dir`, making it where there is none, and recovering from whatever ended the last run.
    ///
    /// # Errors
    /// [`StorageError::Locked`] where another process has it, [`StorageError::Damaged`] where a file is not as it was
    /// written, and those of the operating system.
    pub fn open(dir: &Path, options: Options) -> Result<Self, StorageError> {
        files::make_dir(dir)?;
        let lock = FolderLock::take(dir)?;
        let mut opening = Opening::new(dir, options)?;
        opening.replay_blocks()?;
        opening.replay_changes()?;
        let shared = opening.finish(lock)?;
        Ok(Self::new(Background::start(Arc::new(shared))))
    }
}

/// Where the block log lies.
pub(crate) fn block_log(dir: &Path, options: &Options) -> LogConfig {
    config(dir.join(BLOCK_DIR), "blocks", options)
}

/// Where the change log lies.
pub(crate) fn change_log(dir: &Path, options: &Options) -> LogConfig {
    config(dir.join(CHANGE_DIR), "changes", options)
}

fn config(dir: PathBuf, name: &'static str, options: &Options) -> LogConfig {
    LogConfig { dir, name, fsync: options.fsync, segment_bytes: options.segment_bytes }
}

/// Everything that opening gathers.
struct Opening {
    dir: PathBuf,
    options: Options,
    genesis: Option<GenesisRecord>,
    block_log: Log,
    change_log: Log,
    recent: Recent,
    version: Arc<Version>,
    head: Head,
    meter: Meter,
}

impl Opening {
    fn new(dir: &Path, options: Options) -> Result<Self, StorageError> {
        let block_log = Log::open(block_log(dir, &options), 1)?;
        let change_log = Log::open(change_log(dir, &options), 1)?;
        let runs = RunSet::open(&dir.join(INDEX_DIR))?;
        let stored = genesis::read(dir)?;
        check_ends(dir, stored.is_some(), &block_log, &change_log, &options)?;
        let version = match &stored {
            Some((_, changes)) => Version::default().apply(0, changes),
            None => Version::default(),
        };
        let version = Arc::new(version);
        let genesis = stored.map(|(record, _)| record);
        let head = genesis_head(&genesis.clone().unwrap_or_else(nothing), &version);
        let recent = Recent::new(runs, version.clone());
        let meter = Meter::new(&options);
        Ok(Self { dir: dir.into(), options, genesis, block_log, change_log, recent, version, head, meter })
    }

    /// Reads the blocks that the index does not hold. All count as decided until their changes are found.
    fn replay_blocks(&mut self) -> Result<(), StorageError> {
        let from = self.recent.runs.last() + 1;
        let total = self.block_log.next().saturating_sub(from);
        let reader = self.block_log.reader();
        let (decided, meter) = (&mut self.recent.decided, &mut self.meter);
        if total == 0 {
            return Ok(());
        }
        reader.replay(from, &mut |record, location| {
            let (block, certificate) =
                payload::block(record.payload).map_err(|error| reader.damage(location, error))?;
            let hash = block.hash();
            let block = Arc::new(StoredBlock { block, hash, certificate, results: None });
            decided.insert(record.height, Decided { location, block, bytes: record.payload.len() });
            meter.show("reading blocks", record.height + 1 - from, total);
            Ok(())
        })
    }

    /// Applies the changes above the trees' height.
    fn replay_changes(&mut self) -> Result<(), StorageError> {
        let from = self.version.height + 1;
        let total = self.change_log.next().saturating_sub(from);
        if total == 0 {
            return Ok(());
        }
        let reader = self.change_log.reader();
        let mut stated = None;
        reader.clone().replay(from, &mut |record, location| {
            let damaged = |error| reader.damage(location, error);
            let commit = payload::commit(record.payload).map_err(damaged)?;
            let changes = Arc::new(payload::changes(commit.changes).map_err(damaged)?);
            self.version = Arc::new(self.version.apply(record.height, &changes));
            if record.height > self.recent.runs.last() {
                let decided = self.recent.decided.get(&record.height).cloned();
                let decided = decided.ok_or_else(|| damaged(crate::WireError::Field("block of this height")))?;
                let results = BlockResults::decode(commit.results).map_err(damaged)?;
                let place = Place { hash: decided.block.hash, block: decided.location, commit: location };
                let pending = Pending::new(record.height, place, changes, &results);
                let block = StoredBlock { results: Some(Arc::new(results)), ..(*decided.block).clone() };
                let bytes = decided.bytes + record.payload.len();
                self.recent.commit(Arc::new(pending), self.version.clone(), Arc::new(block), bytes);
            }
            stated = Some((commit.app_hash, location));
            self.meter.show("replaying changes", record.height + 1 - from, total);
            Ok(())
        })?;
        // Roots between are not needed: nodes hash the same whenever they are asked, so the last root vouches for all.
        match stated {
            Some((stated, location)) if stated != self.version.app_hash() => {
                Err(reader.damage(location, crate::WireError::Field("app hash")))
            }
            _ => Ok(()),
        }
    }

    fn finish(mut self, lock: FolderLock) -> Result<Shared, StorageError> {
        if let Some(block) = self.recent.block(self.version.height) {
            self.head = block_head(&block, &self.version);
        }
        Ok(Shared {
            dir: self.dir,
            options: self.options,
            genesis: RwLock::new(self.genesis),
            block_reader: self.block_log.reader(),
            change_reader: self.change_log.reader(),
            block_log: Mutex::new(self.block_log),
            change_log: Mutex::new(self.change_log),
            speculation: Mutex::new(Speculation::new(self.version)),
            head: RwLock::new(Arc::new(self.head)),
            recent: RwLock::new(self.recent),
            signal: Signal::default(),
            _lock: lock,
        })
    }
}

/// The logs vouch for each other: no height has changes without a block, and none exists without a genesis.
fn check_ends(dir: &Path, has_genesis: bool, blocks: &Log, changes: &Log, options: &Options) -> Result<(), StorageError> {
    if blocks.next() < changes.next() {
        let what = format!("it ends with height {}, but height {} was committed", blocks.next() - 1, changes.next() - 1);
        return Err(StorageError::damaged(&block_log(dir, options).dir, 0, what));
    }
    if !has_genesis && blocks.next() > 1 {
        return Err(StorageError::damaged(&genesis::path(dir), 0, "it is missing, but there are blocks"));
    }
    Ok(())
}

/// What stands for a genesis until one is stored.
fn nothing() -> GenesisRecord {
    GenesisRecord { time: Time::unix_epoch(), meta: bytes::Bytes::new() }
}

/// Reports progress of start-up work that takes long.
struct Meter {
    started: Instant,
    last: Option<Instant>,
    options: Options,
}

impl Meter {
    fn new(options: &Options) -> Self {
        Self { started: Instant::now(), last: None, options: options.clone() }
    }

    fn show(&mut self, stage: &'static str, done: u64, total: u64) {
        let Some(progress) = &self.options.progress else { return };
        let after = Duration::from_millis(PROGRESS_AFTER_MS);
        let due = self.last.map_or(self.started + after, |last| last + after / 10);
        if Instant::now() >= due {
            self.last = Some(Instant::now());
            progress(Progress { stage, done, total });
        }
    }
}
