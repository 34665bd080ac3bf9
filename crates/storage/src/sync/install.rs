//! Making a storage folder of a snapshot: built aside, then put in place by steps that a killed process goes on with.
//!
//! What comes of it looks like the folder of a node that has pruned all below: an image of the state, block and change log
//! that begin with the snapshot's height, an index of that one height. `FOLDER/synced` names the height, because of its block
//! more is missing than of a pruned one (see `base.rs`): the folder's first whole height is the next.
//!
//! ```text
//! FOLDER/sync/new/…    being built; removed when it was not finished
//! FOLDER/sync/ready    it is whole: opening puts its parts into FOLDER, one by one, then removes FOLDER/sync/new
//! ```

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use seiza_state::{Changeset, Key, Value};
use seiza_types::{AppHash, Height};

use super::chunk::{self, Node};
use super::top::{self, Op};
use super::{Base, SnapshotFile, SyncError};
use crate::entry::{self, Entry, Place};
use crate::files::{self, FolderLock, NewFile};
use crate::genesis::{self, GenesisRecord};
use crate::image::{self, Sink};
use crate::index::{self, RunSpec};
use crate::log::{self, Log};
use crate::open::{INDEX_DIR, block_log, change_log};
use crate::tree::{Leaf, TreeNode};
use crate::{Options, StorageError, payload};

/// Folder of everything that has to do with syncing.
const SYNC_DIR: &str = "sync";
/// Where a new storage is built.
const NEW_DIR: &str = "new";
/// Says that what was built is whole.
const READY: &str = "ready";
/// Names the height that a storage was made of.
const SYNCED: &str = "synced";
/// What a storage is made of, in the order in which it is put in place: the genesis last, so that a folder with one is whole.
const PIECES: [&str; 6] = ["images", "blocks", "changes", "index", SYNCED, "genesis.bin"];

/// A storage that was made of a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Installed {
    /// Its height.
    pub height: Height,
    /// The app hash after it.
    pub app_hash: AppHash,
    /// Keys of the state.
    pub keys: u64,
}

/// How far installing has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Chunks written.
    pub done: u64,
    /// Chunks in all.
    pub total: u64,
}

/// Whether a folder holds no blocks, so that a snapshot may be installed: it is not there, or has a genesis at most.
///
/// # Errors
/// Those of the disk; [`StorageError::Locked`].
pub fn is_fresh(dir: &Path) -> Result<bool, StorageError> {
    if !dir.exists() {
        return Ok(true);
    }
    let _lock = FolderLock::take(dir)?;
    roll_forward(dir, true)?;
    Ok(height_of(dir)? == 0)
}

/// The height up to which the folder's log has changes.
fn height_of(dir: &Path) -> Result<Height, StorageError> {
    let config = change_log(dir, &Options::default());
    if !config.dir.exists() {
        return Ok(0);
    }
    Ok(Log::open(config, 1)?.next() - 1)
}

/// Makes the storage in `dir` of a snapshot whose chunks are all there, for the chain of this genesis. The caller has verified
/// app hash and base; chunks were checked when they came. `replace` lets it take the place of a chain that is there.
///
/// # Errors
/// [`SyncError::Occupied`], [`SyncError::Incomplete`]; [`StorageError::Locked`] and others of the disk.
pub fn install(
    dir: &Path,
    snapshot: &SnapshotFile,
    genesis: (&GenesisRecord, &Changeset),
    replace: bool,
    progress: &mut dyn FnMut(Step),
) -> Result<Installed, SyncError> {
    files::make_dir(dir)?;
    let _lock = FolderLock::take(dir)?;
    roll_forward(dir, true)?;
    let height = height_of(dir)?;
    if height > 0 && !replace {
        return Err(SyncError::Occupied(height));
    }
    let (total, found) = snapshot.progress();
    if found < total {
        return Err(SyncError::Incomplete { missing: total - found, total });
    }
    let new = dir.join(SYNC_DIR).join(NEW_DIR);
    remove_all(&new)?;
    files::make_dir(&new)?;
    let installed = Build { dir: &new, snapshot, progress }.all(genesis)?;
    let ready = NewFile::create(&dir.join(SYNC_DIR).join(READY), true)?;
    ready.publish()?;
    roll_forward(dir, true)?;
    Ok(installed)
}

/// Finishes an install that was killed: what is whole is put in place, what is not is removed. Nothing where none was begun.
pub(crate) fn roll_forward(dir: &Path, fsync: bool) -> Result<(), StorageError> {
    let sync = dir.join(SYNC_DIR);
    let (new, ready) = (sync.join(NEW_DIR), sync.join(READY));
    if ready.exists() {
        for piece in PIECES {
            let (from, to) = (new.join(piece), dir.join(piece));
            if from.exists() {
                remove_all(&to)?;
                fs::rename(&from, &to).map_err(StorageError::io("rename", &from))?;
            }
        }
        // What was voted for before is of heights that are decided now.
        files::remove(&dir.join("undecided.log"))?;
        files::sync_dir(dir, fsync)?;
        files::remove(&ready)?;
        files::sync_dir(&sync, fsync)?;
    }
    remove_all(&new)
}

/// The height below which a folder that was made of a snapshot has nothing whole; 0 for any other.
pub(crate) fn floor(dir: &Path) -> Result<Height, StorageError> {
    let path = dir.join(SYNCED);
    let bytes = match fs::read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        read => read.map_err(StorageError::io("read", &path))?,
    };
    let (record, _) = log::parse(&bytes, 0).map_err(|fault| StorageError::damaged(&path, 0, fault.text()))?;
    Ok(record.height + 1)
}

fn remove_all(path: &Path) -> Result<(), StorageError> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(StorageError::io("remove", path)(error)),
        _ => Ok(()),
    }
}

/// A storage being built.
struct Build<'a> {
    dir: &'a Path,
    snapshot: &'a SnapshotFile,
    progress: &'a mut dyn FnMut(Step),
}

impl Build<'_> {
    fn all(&mut self, (record, changes): (&GenesisRecord, &Changeset)) -> Result<Installed, SyncError> {
        let parts = self.snapshot.parts();
        let (height, app_hash) = (parts.height, parts.app_hash);
        let base = Base::decode(&parts.base)?;
        let keys = self.image()?;
        let place = self.logs(&base)?;
        self.index(height, &place)?;
        let mut synced = NewFile::create(&self.dir.join(SYNCED), true)?;
        let mut record_of_height = log::frame(0);
        log::seal(&mut record_of_height, height, 0);
        synced.file.write_all(&record_of_height).map_err(StorageError::io("write", self.dir))?;
        synced.publish()?;
        genesis::write(self.dir, true, record, changes)?;
        Ok(Installed { height, app_hash, keys })
    }

    /// The image of the state, node by node: the state itself is never in memory.
    fn image(&mut self) -> Result<u64, SyncError> {
        image::prepare(self.dir)?;
        let (parts, mut keys) = (self.snapshot.parts(), 0);
        let mut failure = None;
        image::write_nodes(self.dir, true, (parts.height, parts.app_hash), &mut |sink| {
            let fed = self.feed(sink).map(|count| keys = count);
            fed.map_err(|error| match error {
                SyncError::Storage(error) => error,
                other => {
                    let text = other.to_string();
                    failure = Some(other);
                    StorageError::Stopped(text)
                }
            })
        })
        .map_err(|error| failure.take().unwrap_or(SyncError::Storage(error)))?;
        Ok(keys)
    }

    fn feed(&mut self, sink: &mut Sink<'_>) -> Result<u64, SyncError> {
        let (total, mut done, mut keys) = (self.snapshot.progress().0 as u64, 0, 0);
        for (store, ops) in self.snapshot.top().stores() {
            for op in ops {
                match (op, top::id(store, op)) {
                    (Op::Inner(version, ..), _) => sink.node(&TreeNode::Inner { version: *version })?,
                    (Op::Chunk(_), Some(id)) => {
                        keys += feed_chunk(&self.snapshot.chunk(&id)?, sink)?;
                        done += 1;
                        (self.progress)(Step { done, total });
                    }
                    (Op::Chunk(_), None) => unreachable!("a chunk has a name"),
                }
            }
            sink.end_store()?;
        }
        Ok(keys)
    }

    /// Both logs, each with the one record of the snapshot's height.
    fn logs(&self, base: &Base) -> Result<Place, SyncError> {
        let (options, height) = (Options::default(), self.snapshot.parts().height);
        let block = payload::block_record(&base.block, &base.certificate);
        let commit = payload::commit_record(self.snapshot.parts().app_hash, &Changeset::default(), &base.results);
        let block = Log::open(block_log(self.dir, &options), height)?.append(height, block)?;
        let commit = Log::open(change_log(self.dir, &options), height)?.append(height, commit)?;
        Ok(Place { hash: base.block.hash(), block, commit })
    }

    fn index(&self, height: Height, place: &Place) -> Result<(), StorageError> {
        let dir: PathBuf = self.dir.join(INDEX_DIR);
        files::make_dir(&dir)?;
        let mut entries = [
            Entry { key: entry::block_key(&place.hash), height, value: Vec::new() },
            Entry { key: entry::place_key(height), height, value: entry::place_value(place) },
        ];
        entries.sort_unstable();
        let spec = RunSpec { dir: &dir, range: (height, height), level: 0, fsync: true };
        index::write(spec, entries.into_iter().map(Ok)).map(drop)
    }
}

/// Passes a chunk's nodes on; answers its keys.
fn feed_chunk(bytes: &[u8], sink: &mut Sink<'_>) -> Result<u64, SyncError> {
    let mut keys = 0;
    chunk::read(bytes, &mut |store, node| {
        match node {
            Node::Inner(version) => sink.node(&TreeNode::Inner { version })?,
            Node::Leaf(path, value, version) => {
                keys += 1;
                let leaf: Arc<Leaf> = Leaf::new(Key::new(store, &[path]), Value::from(value), version);
                sink.node(&TreeNode::Leaf(&leaf))?;
            }
        }
        Ok(())
    })?;
    Ok(keys)
}
