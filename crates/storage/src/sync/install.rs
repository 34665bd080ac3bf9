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
use std::path::Path;

use seiza_state::Changeset;
use seiza_types::{AppHash, Height};

use super::build::Build;
use super::{SnapshotFile, SyncError};
use crate::files::{self, FolderLock, NewFile};
use crate::genesis::GenesisRecord;
use crate::log::{self, Log};
use crate::open::change_log;
use crate::{Options, StorageError, steps};

/// Folder of everything that has to do with syncing.
pub(crate) const SYNC_DIR: &str = "sync";
/// Where a new storage is built.
const NEW_DIR: &str = "new";
/// Says that what was built is whole.
const READY: &str = "ready";
/// Names the height that a storage was made of.
pub(crate) const SYNCED: &str = "synced";
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
                steps::rename(&from, &to).map_err(StorageError::io("rename", &from))?;
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
