//! Opening: takes the folder, finds the ends of both logs, and replays what no image or index holds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Mutex, RwLock};
use seiza_state::Changeset;
use seiza_types::{Address, AppHash, B256, Height};
use tendermint::Time;

use crate::archive::Archive;
use crate::background::{Background, Signal};
use crate::entry::Place;
use crate::files::{self, FolderLock};
use crate::genesis::{self, GenesisRecord};
use crate::imaging::Imaging;
use crate::index::RunSet;
use crate::limits::{BATCH_HEIGHTS_MAX, PROGRESS_AFTER_MS, RECENT_STATES, REPLAY_RUN_BYTES};
use crate::log::{self, Location, Log, LogConfig, LogReader, Record};
use crate::options::{Options, Progress};
use crate::parties::{self, Parties};
use crate::recent::{Decided, Pending, Recent, tendermint_names};
use crate::speculation::Speculation;
use crate::store::Shared;
use crate::undecided::UndecidedLog;
use crate::version::Version;
use crate::write::{block_head, genesis_head};
use crate::{BlockResults, Head, Storage, StorageError, StoredBlock, WireError, image, payload, sync};

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
        sync::roll_forward(dir, options.fsync)?;
        let mut opening = Opening::new(dir, options)?;
        opening.replay_blocks()?;
        opening.replay_changes()?;
        let shared = opening.finish(lock)?;
        shared.attach_at_start()?;
        Ok(Self::new(Background::start(Arc::new(shared))?))
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

/// What is needed of a block whose changes are still to be replayed: Tendermint's names of the transactions, and their signers.
struct Undone {
    hash: B256,
    location: Location,
    names: Vec<B256>,
    signers: Vec<(Address, u32)>,
}

/// Everything that opening gathers.
struct Opening {
    dir: PathBuf,
    options: Options,
    genesis: Option<GenesisRecord>,
    block_log: Log,
    change_log: Log,
    recent: Recent,
    /// Blocks whose changes are still to be replayed.
    blocks: BTreeMap<Height, Undone>,
    version: Arc<Version>,
    head: Head,
    meter: Meter,
    /// The height of the image that was read.
    image: Option<Height>,
    /// What was applied above it: bytes of log, changed keys.
    log_bytes: u64,
    changed_keys: u64,
}

impl Opening {
    fn new(dir: &Path, options: Options) -> Result<Self, StorageError> {
        let block_log = Log::open(block_log(dir, &options), 1)?;
        let change_log = Log::open(change_log(dir, &options), 1)?;
        let runs = RunSet::open(&dir.join(INDEX_DIR))?;
        let stored = genesis::read(dir)?;
        check_ends(dir, stored.is_some(), &block_log, &change_log, &runs, &options)?;
        let mut meter = Meter::new(&options);
        let no_changes = Changeset::default();
        let changes = stored.as_ref().map_or(&no_changes, |(_, changes)| changes);
        let (version, image) = base(dir, &options, runs.last(), changes, &mut meter)?;
        let genesis = stored.map(|(record, _)| record);
        let head = genesis_head(&genesis.clone().unwrap_or_else(nothing), &version);
        let recent = Recent::new(runs, version.clone());
        let height = version.height;
        let changed_keys = if image { 0 } else { version.size() };
        Ok(Self {
            dir: dir.into(),
            options,
            genesis,
            block_log,
            change_log,
            recent,
            blocks: BTreeMap::new(),
            version,
            head,
            meter,
            image: image.then_some(height),
            log_bytes: 0,
            changed_keys,
        })
    }

    /// Finds the blocks that the index does not hold: those to be committed by the replay, and those only decided.
    fn replay_blocks(&mut self) -> Result<(), StorageError> {
        let from = self.recent.runs.last() + 1;
        let total = self.block_log.next().saturating_sub(from);
        if total == 0 {
            return Ok(());
        }
        let reader = self.block_log.reader();
        let committed = self.change_log.next();
        reader.replay(from, &mut |record, location| {
            let (block, certificate) =
                payload::block(record.payload).map_err(|error| reader.damage(location, error))?;
            let hash = block.hash();
            if record.height < committed {
                let (names, signers) = (tendermint_names(&block), parties::signers(&block));
                self.blocks.insert(record.height, Undone { hash, location, names, signers });
            } else {
                let block = Arc::new(StoredBlock { block, hash, certificate, results: None });
                let decided = Decided { location, block, bytes: record.payload.len() };
                self.recent.decided.insert(record.height, decided);
            }
            self.meter.show("reading blocks", record.height + 1 - from, total);
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
        reader.replay(from, &mut |record, location| {
            stated = Some((self.replay_commit(record, location, &reader)?, location));
            self.meter.show("replaying changes", record.height + 1 - from, total);
            Ok(())
        })?;
        // Roots between are not needed: nodes hash the same whenever they are asked, so the last root vouches for all.
        match stated {
            Some((stated, location)) if stated != self.version.app_hash() => {
                Err(reader.damage(location, WireError::Field("app hash")))
            }
            _ => Ok(()),
        }
    }

    /// Applies one height; answers the app hash stated for it.
    fn replay_commit(
        &mut self,
        record: Record<'_>,
        location: Location,
        reader: &LogReader,
    ) -> Result<AppHash, StorageError> {
        let damaged = |error| reader.damage(location, error);
        let height = record.height;
        let commit = payload::commit(record.payload).map_err(damaged)?;
        let changes = Arc::new(payload::changes(commit.changes).map_err(damaged)?);
        self.log_bytes += record.payload.len() as u64;
        self.changed_keys += changes.len() as u64;
        if height <= self.recent.runs.last() {
            self.advance(height, &changes);
            return Ok(commit.app_hash);
        }
        self.version = Arc::new(self.version.apply(height, &changes));
        let block = self.blocks.remove(&height);
        let block = block.ok_or_else(|| damaged(WireError::Field("block of this height")))?;
        let results = BlockResults::decode(commit.results).map_err(damaged)?;
        let place = Place { hash: block.hash, block: block.location, commit: location };
        let parties = Parties::now(&results, &block.signers);
        let pending = Pending::new(height, place, changes, &results, &block.names, parties);
        self.recent.commit(Arc::new(pending), self.version.clone());
        self.index_if_many_wait()?;
        Ok(commit.app_hash)
    }

    /// An indexed height: of the states before it only the last few will be asked for, so mostly the one there is becomes the
    /// next.
    fn advance(&mut self, height: Height, changes: &Changeset) {
        if height + RECENT_STATES <= self.recent.runs.last() {
            self.recent.versions.clear();
        }
        let version = std::mem::take(&mut self.version);
        let next = match Arc::try_unwrap(version) {
            Ok(version) => version.advance(height, changes),
            Err(shared) => shared.apply(height, changes),
        };
        self.version = Arc::new(next);
        self.recent.versions.insert(height, self.version.clone());
    }

    /// A long replay must not gather what it would take much memory to hold.
    fn index_if_many_wait(&mut self) -> Result<(), StorageError> {
        let many = self.recent.pending.len() >= BATCH_HEIGHTS_MAX || self.recent.pending_bytes >= REPLAY_RUN_BYTES;
        let Some(batch) = many.then(|| self.recent.batch(BATCH_HEIGHTS_MAX, REPLAY_RUN_BYTES)).flatten() else {
            return Ok(());
        };
        let run = batch.write(&self.dir, self.options.fsync)?;
        self.recent.runs = self.recent.runs.with(run);
        drop(self.recent.indexed(batch.range().1));
        Ok(())
    }

    fn finish(mut self, lock: FolderLock) -> Result<Shared, StorageError> {
        self.recent.floor = sync::floor(&self.dir)?;
        self.recent.measure_earliest();
        let archive = self.options.archive.as_ref();
        let archive = archive.map(|archive| Archive::open(archive, &self.dir, self.options.fsync)).transpose()?;
        let decided = self.recent.decided.last_key_value().map_or(self.version.height, |(height, _)| *height);
        let undecided = UndecidedLog::open(&self.dir, decided + 1, self.options.fsync)?;
        let number = image::next_number(&self.dir)?;
        let files = self.version.files().clone();
        let imaging = Imaging::new(files, self.image, number, self.log_bytes, self.changed_keys);
        let shared = Shared {
            dir: self.dir,
            options: self.options,
            genesis: RwLock::new(self.genesis),
            archive,
            block_reader: self.block_log.reader(),
            change_reader: self.change_log.reader(),
            block_log: Mutex::new(self.block_log),
            change_log: Mutex::new(self.change_log),
            undecided: Mutex::new(undecided),
            speculation: Mutex::new(Speculation::new(self.version.clone())),
            head: RwLock::new(Arc::new(self.head)),
            recent: RwLock::new(self.recent),
            signal: Signal::default(),
            imaging,
            tidying: Mutex::new(()),
            _lock: lock,
        };
        show_last_block(&shared, &self.version)?;
        Ok(shared)
    }
}

/// The lowest height whose block and state these runs can tell.
pub(crate) fn earliest_of(runs: &RunSet) -> Height {
    runs.first().filter(|first| *first > 1).unwrap_or(0)
}

/// Makes the block at the state's height the head.
fn show_last_block(shared: &Shared, version: &Arc<Version>) -> Result<(), StorageError> {
    if version.height == 0 {
        return Ok(());
    }
    let block = shared.place(version.height)?.map_or(Ok(None), |place| shared.load(version.height, &place))?;
    let missing =
        || StorageError::damaged(&shared.dir.join(INDEX_DIR), 0, format!("block {} is missing", version.height));
    *shared.head.write() = Arc::new(block_head(&block.ok_or_else(missing)?, version));
    Ok(())
}

/// The state to replay from, the newest image that is whole and not above the index, else genesis; and whether it is an
/// image.
fn base(
    dir: &Path,
    options: &Options,
    indexed: Height,
    genesis: &Changeset,
    meter: &mut Meter,
) -> Result<(Arc<Version>, bool), StorageError> {
    image::prepare(dir)?;
    let first = log::first_height(&change_log(dir, options))?;
    let mut failure = None;
    let images = image::list(dir)?.into_iter().filter(|(height, _)| *height <= indexed && height + 1 >= first);
    for (done, (height, path)) in (0..).zip(images) {
        meter.show("reading the state", done, done + 1);
        match from_image(dir, &path, height, options) {
            Ok(version) => return Ok((Arc::new(version), true)),
            Err(error) => {
                tracing::warn!(%error, "goes back to an older image");
                failure = Some(error);
            }
        }
    }
    if first > 1 {
        let gone =
            || StorageError::damaged(&dir.join(image::IMAGE_DIR), 0, "no image is left, and older changes are pruned");
        return Err(failure.unwrap_or_else(gone));
    }
    Ok((Arc::new(Version::default().apply(0, genesis)), false))
}

/// The state in an image, where its root is the one that the image states.
fn from_image(dir: &Path, path: &Path, height: Height, options: &Options) -> Result<Version, StorageError> {
    let (image, stated) = image::load(dir, path, height)?;
    let version = Version::from_image(&image, options.index_memory_bytes_max);
    if version.app_hash() != stated {
        return Err(StorageError::damaged(path, 0, "its state does not lead to its app hash"));
    }
    Ok(version)
}

/// The files vouch for each other: no height has changes without a block, none is indexed without both, and none exists
/// without a genesis.
fn check_ends(
    dir: &Path,
    has_genesis: bool,
    blocks: &Log,
    changes: &Log,
    runs: &RunSet,
    options: &Options,
) -> Result<(), StorageError> {
    let short = |log: &Log, config: LogConfig, known: Height| {
        let what = format!("the log ends with height {}, but height {known} was committed", log.next() - 1);
        if log.next() <= known { Err(StorageError::damaged(&config.dir, 0, what)) } else { Ok(()) }
    };
    short(changes, change_log(dir, options), runs.last())?;
    short(blocks, block_log(dir, options), changes.next() - 1)?;
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
