//! Where a chain for development lives: in a folder somebody named, or in one that goes with it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use crate::failure::Failure;
use crate::home::Home;

const REMOVE_TRIES: u32 = 20;
const REMOVE_PAUSE: Duration = Duration::from_millis(50);

/// A folder, and what becomes of it. A temporary one that is not left cleanly is removed all the same when this is dropped.
pub enum Place {
    /// Somebody named it.
    Kept(PathBuf),
    /// It goes at the end.
    Temporary(TempDir),
}

impl Place {
    /// The named folder, or a new temporary one for `what`.
    ///
    /// # Errors
    /// No folder can be made.
    pub fn of(named: Option<&Path>, what: &str) -> Result<Self, Failure> {
        if let Some(path) = named {
            return Ok(Self::Kept(path.to_owned()));
        }
        let folder = tempfile::Builder::new().prefix(&format!("seiza-{what}-")).tempdir();
        folder.map(Self::Temporary).map_err(|error| Failure::io("make a folder in", &std::env::temp_dir(), &error))
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }

    /// The folder as a node's.
    pub fn home(&self) -> Home {
        Home::at(self.path())
    }

    /// Removes a temporary folder; says what became of the chain.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn leave(self) -> Result<String, Failure> {
        let path = self.path().display().to_string();
        match self {
            Self::Kept(_) => Ok(format!("The chain is kept in {path}: the same command continues it.")),
            Self::Temporary(folder) => {
                remove(&folder.keep())?;
                Ok(format!("The temporary {path} is removed."))
            }
        }
    }

    /// The folder, for the banner.
    pub fn says(&self) -> String {
        let path = self.path().display();
        match self {
            Self::Kept(_) => format!("{path} (kept; the same command continues this chain)"),
            Self::Temporary(_) => format!("{path} (temporary: removed when stopped; keep a chain with --home DIR)"),
        }
    }
}

/// Removes a folder. What still writes there is ending, so a second try may be needed.
fn remove(path: &Path) -> Result<(), Failure> {
    for _ in 0..REMOVE_TRIES {
        if std::fs::remove_dir_all(path).is_ok() {
            return Ok(());
        }
        std::thread::sleep(REMOVE_PAUSE);
    }
    std::fs::remove_dir_all(path).map_err(|error| Failure::io("remove", path, &error))
}
