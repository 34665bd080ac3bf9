//! Reads every byte of a folder and says what is not as it was written: which file, where in it, and what repairs it. Nothing
//! is changed, but that an install of a snapshot which was cut off is finished.

use std::fmt;
use std::path::{Path, PathBuf};

use seiza_types::Height;

use super::stats::sizes;
use crate::files::{self, FolderLock};
use crate::index::{self, Run};
use crate::log::{self, LogConfig};
use crate::open::{INDEX_DIR, block_log, change_log};
use crate::options::{Options, Progress};
use crate::{BlockResults, StorageError, WireError, genesis, image, payload, sync, undecided};

/// What [`verify`] found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verification {
    /// Files read.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Bytes of a write that a crash cut off: no damage, the next start cuts them away.
    pub unfinished_bytes: u64,
    /// What is wrong, in the order it was found.
    pub faults: Vec<Fault>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file.
    pub path: PathBuf,
    /// What was found, and where in the file.
    pub what: String,
    /// What repairs it.
    pub repair: Repair,
}

/// What repairs a damaged file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repair {
    /// It is made from other files, which are whole: removing it (of the index: the folder) and starting makes it again.
    Remove,
    /// It is a source: only a peer, a snapshot or a copy has it.
    Resync,
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Remove => "remove it (of the index the whole folder): the next start makes it again from the logs",
            Self::Resync => "restore the folder from a snapshot or a copy, or remove it and sync from peers",
        })
    }
}

/// Checks all files of the folder `dir`; `progress` hears of bytes read.
///
/// # Errors
/// [`StorageError::Locked`] while a node runs on it. What is wrong with files is no error but an answer.
pub fn verify(dir: &Path, progress: &dyn Fn(Progress)) -> Result<Verification, StorageError> {
    let _lock = FolderLock::take(dir)?;
    sync::roll_forward(dir, true)?;
    let options = Options::default();
    let total = ["genesis.bin", "blocks", "changes", INDEX_DIR, image::IMAGE_DIR, "undecided.log", sync::SYNCED]
        .iter()
        .try_fold(0, |sum, name| sizes(&dir.join(name)).map(|(_, bytes)| sum + bytes))?;
    let mut check = Check { dir, found: Verification::default(), total, progress };
    let changes = change_log(dir, &options);
    let rebuilt = log::segments(&changes)?.first().is_none_or(|(first, _)| *first == 1);
    check.genesis();
    let blocks_end = check.log(&block_log(dir, &options), &mut |_, bytes| payload::block(bytes).map(|_| ()));
    let changes_end = check.log(&changes, &mut commit);
    let index_end = check.runs(if rebuilt { Repair::Remove } else { Repair::Resync })?;
    check.images(rebuilt)?;
    check.file(&dir.join("undecided.log"), Repair::Remove, |_| undecided::check(dir));
    check.file(&dir.join(sync::SYNCED), Repair::Resync, |_| sync::floor(dir));
    if check.found.faults.is_empty() {
        check.ends(&[("changes", changes_end, index_end), ("blocks", blocks_end, changes_end)]);
    }
    Ok(check.found)
}

fn commit(_: Height, bytes: &[u8]) -> Result<(), WireError> {
    let commit = payload::commit(bytes)?;
    payload::changes(commit.changes)?;
    BlockResults::decode(commit.results).map(|_| ())
}

struct Check<'a> {
    dir: &'a Path,
    found: Verification,
    total: u64,
    progress: &'a dyn Fn(Progress),
}

impl Check<'_> {
    /// Checks one file by `how`, which is told how to report what it has read; a file that is not there is none.
    fn file<T>(
        &mut self,
        path: &Path,
        repair: Repair,
        how: impl FnOnce(&mut dyn FnMut(u64)) -> Result<T, StorageError>,
    ) -> Option<T> {
        let bytes = std::fs::metadata(path).ok()?.len();
        let (before, total, progress) = (self.found.bytes, self.total, self.progress);
        let mut read = 0;
        let checked = how(&mut |more| {
            read += more;
            progress(Progress { stage: "checking", done: (before + read).min(total), total });
        });
        self.found.files += 1;
        self.found.bytes += bytes;
        progress(Progress { stage: "checking", done: self.found.bytes.min(total), total });
        checked.map_err(|error| self.fault(path, &error, repair)).ok()
    }

    fn fault(&mut self, path: &Path, error: &StorageError, repair: Repair) {
        // Images share node files: what is wrong with one is told once.
        let (path, what) = match error {
            StorageError::Damaged { path, offset, what } => {
                (path.as_path(), format!("damaged at byte {offset}: {what}"))
            }
            other => (path, other.to_string()),
        };
        if self.found.faults.iter().all(|known| known.path != path) {
            self.found.faults.push(Fault { path: path.into(), what, repair });
        }
    }

    fn genesis(&mut self) {
        let dir = self.dir;
        self.file(&genesis::path(dir), Repair::Resync, |_| genesis::read(dir));
    }

    /// Checks a log; answers its last height.
    fn log(&mut self, config: &LogConfig, visit: log::Look<'_>) -> Height {
        let segments = log::segments(config).unwrap_or_default();
        let newest = segments.last().map(|(first, _)| *first);
        let mut next = None;
        for (first, path) in segments {
            if next.is_some_and(|next| next != first) {
                let gap =
                    StorageError::damaged(&path, 0, format!("the file before should end with height {}", first - 1));
                self.fault(&path, &gap, Repair::Resync);
            }
            let checked =
                self.file(&path, Repair::Resync, |_| log::check_segment(&path, first, newest == Some(first), visit));
            self.found.unfinished_bytes += checked.map_or(0, |checked| checked.torn_bytes);
            next = checked.map(|checked| checked.next);
        }
        next.map_or(0, |next| next - 1)
    }

    /// Checks the runs; answers their last height.
    fn runs(&mut self, repair: Repair) -> Result<Height, StorageError> {
        let dir = self.dir.join(INDEX_DIR);
        let (kept, _) = index::kept(if dir.exists() { files::list(&dir)? } else { Vec::new() });
        let mut last = None;
        for (first, path) in kept {
            if last.is_some_and(|last| last + 1 != first) {
                let gap = StorageError::damaged(&path, 0, "the file before it is missing");
                self.fault(&path, &gap, repair);
            }
            let checked = self.file(&path, repair, |step| {
                let run = Run::open(path.clone())?;
                run.verify(step).map(|()| run.last())
            });
            last = checked.or_else(|| index::range_of(&path).map(|(_, last)| last));
        }
        Ok(last.unwrap_or(0))
    }

    /// Checks the images. One that is damaged is replaced by another, or by a replay of everything.
    fn images(&mut self, rebuilt: bool) -> Result<(), StorageError> {
        let dir = self.dir;
        let images = if dir.join(image::IMAGE_DIR).exists() { image::list(dir)? } else { Vec::new() };
        let repair = if rebuilt || images.len() > 1 { Repair::Remove } else { Repair::Resync };
        let (before, count) = (self.found.bytes, images.len() as u64);
        for (height, path) in images {
            self.file(&path, repair, |_| image::check(dir, &path, height));
        }
        // Read by way of the images that name them.
        let (files, bytes) = sizes(&dir.join(image::IMAGE_DIR))?;
        self.found.files += files - count;
        self.found.bytes = before + bytes;
        Ok(())
    }

    /// The files vouch for each other: what is known by one has to be in the other.
    fn ends(&mut self, pairs: &[(&str, Height, Height)]) {
        for (name, end, known) in pairs.iter().filter(|(_, end, known)| end < known) {
            let path = self.dir.join(name);
            let what = format!("it ends with height {end}, but height {known} was committed");
            self.fault(&path, &StorageError::damaged(&path, 0, what), Repair::Resync);
        }
    }
}
