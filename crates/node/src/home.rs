//! A node's folder: which file is where, and how files are written so that a stop in between leaves the old one or the new
//! one, never half of one.
//!
//! | file | what |
//! |---|---|
//! | `config.toml` | settings |
//! | `genesis.json` | the chain's founding document |
//! | `validator_key.json` | the ed25519 key that signs blocks; mode 0600 |
//! | `node_key.json` | the ed25519 key by which peers know the node; mode 0600 |
//! | `devnet.json` | words of a devnet's funded accounts; mode 0600 |
//! | `keys/` | account keys, encrypted |
//! | `data/` | the chain itself |
//! | `snapshots/` | its state, as `seiza snapshot` keeps it |

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Mode of files that anybody on the machine may read.
const PUBLIC: u32 = 0o644;
/// Mode of files with secrets.
const SECRET: u32 = 0o600;

/// A node's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home(PathBuf);

impl Home {
    /// The folder at this path; nothing is touched.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Settings.
    pub fn config(&self) -> PathBuf {
        self.0.join("config.toml")
    }

    /// The founding document.
    pub fn genesis(&self) -> PathBuf {
        self.0.join("genesis.json")
    }

    /// The validator's key.
    pub fn validator_key(&self) -> PathBuf {
        self.0.join("validator_key.json")
    }

    /// The key by which peers know the node.
    pub fn node_key(&self) -> PathBuf {
        self.0.join("node_key.json")
    }

    /// A devnet's words.
    pub fn devnet(&self) -> PathBuf {
        self.0.join("devnet.json")
    }

    /// The chain's data.
    pub fn data(&self) -> PathBuf {
        self.0.join("data")
    }

    /// Snapshots of the state.
    pub fn snapshots(&self) -> PathBuf {
        self.0.join("snapshots")
    }

    /// Makes the folder with its parents.
    ///
    /// # Errors
    /// What the system says, with advice.
    pub fn create(&self) -> Result<(), Failure> {
        fs::create_dir_all(&self.0).map_err(|error| Failure::io("make", &self.0, &error))
    }

    /// Whether there is nothing in it yet, or it is not there.
    ///
    /// # Errors
    /// It cannot be read, or is no folder.
    pub fn is_empty(&self) -> Result<bool, Failure> {
        match fs::read_dir(&self.0) {
            Ok(mut entries) => Ok(entries.next().is_none()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
            Err(error) => Err(Failure::io("read", &self.0, &error)),
        }
    }
}

/// Reads a file that must be there.
///
/// # Errors
/// Names the file, and what to do if it is missing.
pub fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => missing(path),
        _ => Failure::io("read", path, &error),
    })
}

/// `init` writes into an empty folder only: where other files are left, a copy is what helps.
fn missing(path: &Path) -> Failure {
    let others = path.parent().is_some_and(|home| fs::read_dir(home).is_ok_and(|mut entries| entries.next().is_some()));
    let advice = if others { "restore it from your copy" } else { "`seiza init --home DIR` writes a node's files" };
    Failure::refused(format!("{} is missing: {advice}", path.display()))
}

/// Writes a file for everybody, whole or not at all.
///
/// # Errors
/// What the system says, with advice.
pub fn write_public(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write_whole(path, bytes, PUBLIC)
}

/// Writes a file for this user only, whole or not at all.
///
/// # Errors
/// What the system says, with advice.
pub fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write_whole(path, bytes, SECRET)
}

/// Writes beside, flushes, renames, and flushes the folder, so that the new name survives a power cut.
fn write_whole(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Failure> {
    let beside = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    };
    write().map_err(|error| Failure::io("write", path, &error))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn secrets_are_for_this_user_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        write_secret(&path, b"s").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        write_secret(&path, b"t").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"t");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside");
    }

    #[test]
    fn what_cannot_be_read_or_written_is_named() {
        let missing = Path::new("/nowhere/genesis.json");
        assert!(read(missing).unwrap_err().to_string().contains("/nowhere/genesis.json is missing: `seiza init"));
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("genesis.json"), "{}").unwrap();
        let failure = read(&folder.path().join("validator_key.json")).unwrap_err().to_string();
        assert!(failure.ends_with("validator_key.json is missing: restore it from your copy"), "{failure}");
        assert!(write_public(missing, b"").unwrap_err().to_string().contains("cannot write /nowhere/genesis.json"));
    }
}
