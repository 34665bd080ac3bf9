//! One height back: the state becomes that of the height before, the block stays decided, and the next start executes it
//! again. For a node whose execution went wrong, as CometBFT's users know it.
//!
//! The order of steps makes a crash between any two harmless: images and index lose the height first, which a start can do
//! without, then the change log does.

use std::path::Path;

use seiza_types::Height;

use crate::files::{self, FolderLock};
use crate::index::{self, RunSet, RunSpec};
use crate::log;
use crate::open::{INDEX_DIR, block_log, change_log};
use crate::{Options, StorageError, image, sync};

/// What [`rollback`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RolledBack {
    /// The newest committed height before.
    pub from: Height,
    /// The newest committed height now: that before `from`, or the same where `from`'s next block waits to be executed
    /// already, so that there was nothing to do.
    pub to: Height,
}

/// Takes the newest committed height of the folder `dir` back.
///
/// # Errors
/// [`StorageError::Locked`] while a node runs on it; [`StorageError::Rollback`] where nothing is committed, or no earlier
/// state is left to start from; those of reading and writing.
pub fn rollback(dir: &Path, options: &Options) -> Result<RolledBack, StorageError> {
    let _lock = FolderLock::take(dir)?;
    sync::roll_forward(dir, true)?;
    let (blocks, changes) = (block_log(dir, options), change_log(dir, options));
    let (head, decided) = (log::last_height(&changes)?, log::last_height(&blocks)?);
    if decided > head {
        return Ok(RolledBack { from: head, to: head });
    }
    if head == 0 {
        return Err(StorageError::Rollback("no height is committed"));
    }
    let first = log::first_height(&changes)?;
    let images = if dir.join(image::IMAGE_DIR).exists() { image::list(dir)? } else { Vec::new() };
    if first > 1 && !images.iter().any(|(height, _)| *height < head && height + 1 >= first) {
        return Err(StorageError::Rollback("no tree image below the height is left to start from"));
    }
    for (_, path) in images.iter().filter(|(height, _)| *height >= head) {
        files::remove(path)?;
    }
    shorten_index(dir, options, head)?;
    log::take_back(&changes, head)?;
    Ok(RolledBack { from: head, to: head - 1 })
}

/// Takes a height out of the newest run.
fn shorten_index(dir: &Path, options: &Options, head: Height) -> Result<(), StorageError> {
    let dir = dir.join(INDEX_DIR);
    let runs = RunSet::open(&dir)?;
    let Some(newest) = runs.runs().last().filter(|run| run.last() >= head) else { return Ok(()) };
    if newest.first() < head {
        let kept = runs.among(newest.first()..=newest.last()).range(&[], None)?;
        let kept = kept.filter(|entry| entry.as_ref().map_or(true, |entry| entry.height < head));
        let range = (newest.first(), head - 1);
        index::write(RunSpec { dir: &dir, range, level: newest.level(), fsync: options.fsync }, kept)?;
    }
    files::remove(newest.path())?;
    files::sync_dir(&dir, options.fsync)
}
