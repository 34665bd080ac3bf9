//! What can go wrong with the disk and with those who call: every text says which file, where in it, and what to do.

use std::io;
use std::path::{Path, PathBuf};

use seiza_state::StateError;
use seiza_types::{AppHash, Height};

/// Failure of storage. Only [`StorageError::Height`], [`StorageError::Pruned`], [`StorageError::Initialised`],
/// [`StorageError::NotInitialised`], [`StorageError::UndecidedTooLarge`] and [`StorageError::Proof`] leave it fit for further use; after any other the node stops.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The operating system refused.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// No room left; what was committed is intact.
    #[error("the disk is full: cannot {action} {}; free some space and start again, nothing committed is lost", path.display())]
    DiskFull {
        /// What was tried, as a verb.
        action: &'static str,
        /// On which file.
        path: PathBuf,
    },
    /// The folder has outgrown its budget; what was committed is intact.
    #[error("{} takes more than the {max} bytes that settings allow it (storage.disk_mb); allow more, or keep fewer heights (storage.keep_heights), and start again, nothing committed is lost", path.display())]
    OverBudget {
        /// Which folder.
        path: PathBuf,
        /// What it may take, in bytes.
        max: u64,
    },
    /// The folder is in use.
    #[error("another seiza runs on this folder: {}; stop it, or choose another --home", .0.display())]
    Locked(PathBuf),
    /// A file does not hold what was written to it.
    #[error("{} is damaged at byte {offset}: {what}; restore the folder from a copy, or sync it anew", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// Where in it, in bytes from its start.
        offset: u64,
        /// What was found.
        what: String,
    },
    /// A file of another format version, or no file of ours.
    #[error("{} has format {found}, this version of seiza reads {expected}", path.display())]
    Format {
        /// Which file.
        path: PathBuf,
        /// Its format, as found.
        found: String,
        /// What this program reads.
        expected: &'static str,
    },
    /// A genesis is already stored.
    #[error("the chain in this folder has its genesis already")]
    Initialised,
    /// No genesis is stored yet.
    #[error("the chain in this folder has no genesis yet")]
    NotInitialised,
    /// A block or a commit out of turn.
    #[error("height {given} does not come next, expected {expected}")]
    Height {
        /// The height that comes next.
        expected: Height,
        /// The height given.
        given: Height,
    },
    /// Another block than the one stored at its height.
    #[error("another block is decided at height {0}")]
    OtherBlock(Height),
    /// The height is pruned or not committed yet.
    #[error("height {0} is not stored")]
    Pruned(Height),
    /// The state after a block has another root than stated.
    #[error("app hash after height {height} is {actual}, stated was {stated}")]
    AppHash {
        /// The block's height.
        height: Height,
        /// What was stated.
        stated: AppHash,
        /// What the changes lead to.
        actual: AppHash,
    },
    /// An undecided block beyond any that can be valid.
    #[error("an undecided block has {0} bytes, at most {max} are kept", max = crate::limits::UNDECIDED_BYTES_MAX / 2)]
    UndecidedTooLarge(u64),
    /// The archive cannot be asked now; nothing is lost.
    #[error("the archive cannot be reached: {0}")]
    Unreachable(String),
    /// The archive cannot be used: it is another chain's, or is named wrongly.
    #[error("the archive cannot be used: {0}")]
    Archive(String),
    /// The newest height cannot be taken back.
    #[error("cannot roll back: {0}")]
    Rollback(&'static str),
    /// No proof exists: ICS-23 has none for an empty store or an empty key.
    #[error("there is no proof: {0}")]
    Proof(&'static str),
    /// Storage has stopped after an earlier failure, which is named.
    #[error("storage has stopped: {0}")]
    Stopped(String),
}

impl StorageError {
    /// Wraps what the operating system said; to be used with `map_err`.
    pub(crate) fn io<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> Self + 'a {
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { action, path: path.into() },
            _ => Self::Io { action, path: path.into(), source },
        }
    }

    /// Damage of `path` at `offset`.
    pub(crate) fn damaged(path: &Path, offset: u64, what: impl Into<String>) -> Self {
        Self::Damaged { path: path.into(), offset, what: what.into() }
    }
}

impl From<StorageError> for StateError {
    fn from(error: StorageError) -> Self {
        Self::Io(error.to_string())
    }
}
