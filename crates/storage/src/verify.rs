//! Reading every byte of a folder for no other purpose than to find out which file, if any, is not as it was written.

use std::fs;
use std::path::{Path, PathBuf};

use crate::files::{self, FolderLock};
use crate::index::{Run, RunSet};
use crate::log::LogConfig;
use crate::open::{INDEX_DIR, block_log, change_log};
use crate::options::Options;
use crate::{BlockResults, Storage, StorageError, WireError, genesis, image, log, payload, undecided};

/// What was found of one file.
#[derive(Debug)]
pub struct CheckedFile {
    /// Which file.
    pub path: PathBuf,
    /// Its size in bytes; 0 where it cannot be read.
    pub bytes: u64,
    /// What is wrong with it; of an image, with one of the files that it names. `None`: it is as it was written.
    pub damage: Option<StorageError>,
}

/// Who hears of each file.
type Report<'a> = &'a mut dyn FnMut(CheckedFile);

impl Storage {
    /// Reads every file in a storage folder that no process uses, and tells of each whether it is as it was written:
    /// checksums of all, encodings of blocks, changes and results, and all hashes of the images from the leaves up. Nothing
    /// is changed. Answers whether all files are whole. A write that a crash cut off shows as damage at the end of a log; the
    /// next opening cuts it.
    ///
    /// # Errors
    /// [`StorageError::Locked`] where a process has the folder; those of listing it. Damage is told, not returned.
    pub fn verify(dir: &Path, report: Report<'_>) -> Result<bool, StorageError> {
        let _lock = FolderLock::take(dir)?;
        let mut whole = true;
        let mut tell = |checked: CheckedFile| {
            whole &= checked.damage.is_none();
            report(checked);
        };
        let options = Options::default();
        single(dir, &genesis::path(dir), &mut tell, |dir| genesis::read(dir).map(drop));
        single(dir, &undecided::path(dir), &mut tell, undecided::check);
        check_log(&block_log(dir, &options), &mut tell, &mut |payload| payload::block(payload).map(drop))?;
        check_log(&change_log(dir, &options), &mut tell, &mut |payload| check_commit(payload))?;
        check_index(&dir.join(INDEX_DIR), &mut tell)?;
        check_images(dir, &mut tell)?;
        Ok(whole)
    }
}

fn tell(path: PathBuf, found: Result<(), StorageError>, report: Report<'_>) {
    let bytes = fs::metadata(&path).map_or(0, |meta| meta.len());
    report(CheckedFile { path, bytes, damage: found.err() });
}

/// A file that stands alone in the folder, and may be absent.
fn single(dir: &Path, path: &Path, report: Report<'_>, check: impl Fn(&Path) -> Result<(), StorageError>) {
    if path.exists() {
        tell(path.into(), check(dir), report);
    }
}

fn check_commit(payload: &[u8]) -> Result<(), WireError> {
    let commit = payload::commit(payload)?;
    payload::changes(commit.changes)?;
    BlockResults::decode(commit.results).map(drop)
}

fn check_log(
    config: &LogConfig,
    report: Report<'_>,
    decode: &mut dyn FnMut(&[u8]) -> Result<(), WireError>,
) -> Result<(), StorageError> {
    if !config.dir.exists() {
        return Ok(());
    }
    for (first, path) in log::segments(config)? {
        let found = log::check_segment(&path, first, decode);
        tell(path, found, report);
    }
    Ok(())
}

fn check_index(dir: &Path, report: Report<'_>) -> Result<(), StorageError> {
    for path in existing(dir)?.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "run")) {
        let found = check_run(&path);
        tell(path, found, report);
    }
    Ok(())
}

/// Every block of a run.
fn check_run(path: &Path) -> Result<(), StorageError> {
    let alone = RunSet::default().with(Run::open(path.into())?);
    let mut entries = alone.range(&[], None)?;
    while entries.pop()?.is_some() {}
    Ok(())
}

fn check_images(dir: &Path, report: Report<'_>) -> Result<(), StorageError> {
    if !dir.join(image::IMAGE_DIR).exists() {
        return Ok(());
    }
    for (height, path) in image::list(dir)? {
        let found = image::check(dir, &path, height);
        tell(path, found, report);
    }
    Ok(())
}

fn existing(dir: &Path) -> Result<Vec<PathBuf>, StorageError> {
    if dir.exists() { files::list(dir) } else { Ok(Vec::new()) }
}
