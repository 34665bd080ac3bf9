//! The few things done to files that have to be done right: locking the folder, appearing whole or not at all, and
//! making names durable.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use crate::{StorageError, steps};

/// Ending of files that are being written; found at start they are leftovers of a crash and removed.
const TEMPORARY: &str = "tmp";
/// Name of the lock file.
const LOCK: &str = "LOCK";

/// Holds the folder: while it lives no other process, nor another `Storage` in this one, can open it.
#[derive(Debug)]
pub(crate) struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Takes the folder, or says that another has it. The lock goes with the process, however it ends.
    pub(crate) fn take(dir: &Path) -> Result<Self, StorageError> {
        let path = dir.join(LOCK);
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(StorageError::io("open", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StorageError::Locked(dir.into())),
            Err(TryLockError::Error(error)) => Err(StorageError::io("lock", &path)(error)),
        }
    }
}

/// Makes the folder and its parents.
pub(crate) fn make_dir(dir: &Path) -> Result<(), StorageError> {
    fs::create_dir_all(dir).map_err(StorageError::io("make the folder", dir))
}

/// Makes names in a folder durable: files created, renamed, removed.
pub(crate) fn sync_dir(dir: &Path, fsync: bool) -> Result<(), StorageError> {
    if !fsync {
        return Ok(());
    }
    File::open(dir).and_then(|file| steps::sync_all(&file, dir)).map_err(StorageError::io("sync", dir))
}

/// A file that appears under its name only when it is whole and durable.
pub(crate) struct NewFile {
    /// The open file, to be written.
    pub(crate) file: File,
    path: PathBuf,
    temporary: PathBuf,
    fsync: bool,
}

impl NewFile {
    /// Starts a file that will be called `path`.
    pub(crate) fn create(path: &Path, fsync: bool) -> Result<Self, StorageError> {
        let temporary = path.with_extension(TEMPORARY);
        let file = steps::create(&temporary).map_err(StorageError::io("create", &temporary))?;
        Ok(Self { file, path: path.into(), temporary, fsync })
    }

    /// The name under which the file is written meanwhile, for errors.
    pub(crate) fn temporary(&self) -> &Path {
        &self.temporary
    }

    /// Appends to the content.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), StorageError> {
        steps::write(&mut self.file, &self.temporary, bytes).map_err(StorageError::io("write", &self.temporary))
    }

    /// Makes what was written so far durable; the file still has no name.
    pub(crate) fn sync_content(&mut self) -> Result<(), StorageError> {
        if !self.fsync {
            return Ok(());
        }
        steps::sync(&self.file, &self.temporary).map_err(StorageError::io("sync", &self.temporary))
    }

    /// Makes contents durable, then the name: content first, so that a name never stands for half a file.
    pub(crate) fn publish(self) -> Result<(), StorageError> {
        if self.fsync {
            steps::sync_all(&self.file, &self.temporary).map_err(StorageError::io("sync", &self.temporary))?;
        }
        steps::rename(&self.temporary, &self.path).map_err(StorageError::io("rename", &self.temporary))?;
        sync_dir(parent(&self.path), self.fsync)
    }
}

/// Removes a file; one that is gone already is no error.
pub(crate) fn remove(path: &Path) -> Result<(), StorageError> {
    match steps::remove(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(StorageError::io("remove", path)(error)),
        _ => Ok(()),
    }
}

/// Files of a folder, sorted by name; those that are only being written are left out.
pub(crate) fn list(dir: &Path) -> Result<Vec<PathBuf>, StorageError> {
    let mut files = all(dir)?;
    files.retain(|path| !is_temporary(path));
    files.sort();
    Ok(files)
}

/// Removes what a crash left half-written. Only at opening: later such a file is someone's work.
pub(crate) fn sweep(dir: &Path) -> Result<(), StorageError> {
    for path in all(dir)?.into_iter().filter(|path| is_temporary(path)) {
        tracing::info!(file = %path.display(), "removes what a crash left half-written");
        remove(&path)?;
    }
    Ok(())
}

fn all(dir: &Path) -> Result<Vec<PathBuf>, StorageError> {
    let entries = fs::read_dir(dir).map_err(StorageError::io("list", dir))?;
    entries.map(|entry| Ok(entry.map_err(StorageError::io("list", dir))?.path())).collect()
}

fn is_temporary(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == TEMPORARY)
}

/// The folder a file lies in.
pub(crate) fn parent(path: &Path) -> &Path {
    let parent = path.parent().expect("every file of ours has a folder");
    // A name alone lies where the process is.
    if parent.as_os_str().is_empty() { Path::new(".") } else { parent }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn the_lock_is_taken_once_and_freed() {
        let dir = tempfile::tempdir().unwrap();
        let lock = FolderLock::take(dir.path()).unwrap();
        assert!(matches!(FolderLock::take(dir.path()), Err(StorageError::Locked(_))));
        drop(lock);
        FolderLock::take(dir.path()).unwrap();
    }

    #[test]
    fn a_new_file_appears_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.run");
        let mut new = NewFile::create(&path, true).unwrap();
        new.file.write_all(b"whole").unwrap();
        assert!(!path.exists());
        new.publish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        let _half = NewFile::create(&dir.path().join("b.run"), true).unwrap();
        assert_eq!(list(dir.path()).unwrap(), [path]);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "it may be someone's work");
        sweep(dir.path()).unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "the half file is gone");
    }
}
