//! How much there is, of what, from which height to which.

use std::fs;
use std::path::{Path, PathBuf};

use seiza_types::Height;

use crate::archive::CACHE_DIR;
use crate::files::{self, FolderLock};
use crate::image::IMAGE_DIR;
use crate::index::RunSet;
use crate::log::{self, LogConfig};
use crate::open::{INDEX_DIR, block_log, change_log, earliest_of};
use crate::sync;
use crate::{Options, StorageError};

/// One kind of files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The folder, or the file, inside the storage folder.
    pub name: &'static str,
    /// How many files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The first and the last height they are about; `None` where they are about none.
    pub heights: Option<(Height, Height)>,
}

/// Figures of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stats {
    /// The newest committed height.
    pub head: Height,
    /// The newest decided height: one above `head` where a block is to be executed at the next start.
    pub decided: Height,
    /// The lowest height whose block and state this folder tells; an archive may tell of lower ones.
    pub earliest: Height,
    /// Entries of the index.
    pub index_entries: u64,
    /// All files.
    pub parts: Vec<Part>,
}

impl Stats {
    /// Bytes of all files.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.parts.iter().map(|part| part.bytes).sum()
    }
}

/// Figures of the folder `dir`. Nothing in it is changed, but that an install of a snapshot which was cut off is finished.
///
/// # Errors
/// [`StorageError::Locked`] while a node runs on it; those of reading.
pub fn stats(dir: &Path) -> Result<Stats, StorageError> {
    let _lock = FolderLock::take(dir)?;
    sync::roll_forward(dir, true)?;
    let options = Options::default();
    let (blocks, changes) = (block_log(dir, &options), change_log(dir, &options));
    let (head, decided) = (log::last_height(&changes)?, log::last_height(&blocks)?);
    let runs = RunSet::look(&dir.join(INDEX_DIR))?;
    let entries = runs.runs().iter().map(|run| run.entries());
    let images = images(&dir.join(IMAGE_DIR))?;
    let parts = vec![
        part(dir, "genesis.bin", None)?,
        part(dir, "blocks", log_heights(&blocks, decided)?)?,
        part(dir, "changes", log_heights(&changes, head)?)?,
        part(dir, INDEX_DIR, runs.first().map(|first| (first, runs.last())))?,
        part(dir, IMAGE_DIR, images)?,
        part(dir, "undecided.log", None)?,
        part(dir, sync::SYNCED, None)?,
        part(dir, sync::SYNC_DIR, None)?,
        part(dir, CACHE_DIR, None)?,
    ];
    let index_entries = entries.sum::<Result<u64, _>>()?;
    let earliest = earliest_of(&runs).max(sync::floor(dir)?).min(head);
    Ok(Stats { head, decided, earliest, index_entries, parts })
}

fn log_heights(config: &LogConfig, last: Height) -> Result<Option<(Height, Height)>, StorageError> {
    let first = log::segments(config)?.first().map(|(first, _)| *first);
    Ok(first.filter(|first| *first <= last).map(|first| (first, last)))
}

fn images(dir: &Path) -> Result<Option<(Height, Height)>, StorageError> {
    let names = if dir.exists() { files::list(dir)? } else { Vec::new() };
    let height = |path: &PathBuf| path.file_name()?.to_str()?.strip_suffix(".image")?.parse::<Height>().ok();
    let heights: Vec<Height> = names.iter().filter_map(height).collect();
    Ok(heights.iter().min().copied().zip(heights.iter().max().copied()))
}

fn part(dir: &Path, name: &'static str, heights: Option<(Height, Height)>) -> Result<Part, StorageError> {
    let (files, bytes) = sizes(&dir.join(name))?;
    Ok(Part { name, files, bytes, heights })
}

/// Files and bytes of a file, or of a folder and those inside it.
pub(super) fn sizes(path: &Path) -> Result<(u64, u64), StorageError> {
    let Ok(found) = fs::metadata(path) else { return Ok((0, 0)) };
    if !found.is_dir() {
        return Ok((1, found.len()));
    }
    let mut sum = (0, 0);
    for entry in fs::read_dir(path).map_err(StorageError::io("list", path))? {
        let (files, bytes) = sizes(&entry.map_err(StorageError::io("list", path))?.path())?;
        sum = (sum.0 + files, sum.1 + bytes);
    }
    Ok(sum)
}
