//! The steps on files that promises rest on: writing, syncing, renaming, cutting, removing. Each is one call here, so that a
//! test can have any of them fail, or the process die at it (feature `faults`).

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

#[cfg(feature = "faults")]
use crate::faults::{self, Fault};

/// What a fault would do at this step; without the feature nothing ever.
#[cfg(feature = "faults")]
fn fault(path: &Path) -> Option<Fault> {
    faults::next(path)
}

/// Appends bytes.
pub(crate) fn write(file: &mut File, path: &Path, bytes: &[u8]) -> io::Result<()> {
    #[cfg(feature = "faults")]
    if let Some(fault) = fault(path) {
        return fault.at_write(file, bytes);
    }
    let _ = path;
    file.write_all(bytes)
}

/// Makes content durable.
pub(crate) fn sync(file: &File, path: &Path) -> io::Result<()> {
    #[cfg(feature = "faults")]
    if let Some(fault) = fault(path) {
        return fault.at_step();
    }
    let _ = path;
    file.sync_data()
}

/// Makes content and length durable, or a folder's names.
pub(crate) fn sync_all(file: &File, path: &Path) -> io::Result<()> {
    #[cfg(feature = "faults")]
    if let Some(fault) = fault(path) {
        return fault.at_step();
    }
    let _ = path;
    file.sync_all()
}

/// Makes a file.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    #[cfg(feature = "faults")]
    if let Some(fault) = fault(path) {
        fault.at_step()?;
    }
    File::create(path)
}

/// Gives a file another name.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(feature = "faults")]
    if let Some(fault) = fault(from) {
        return fault.at_step();
    }
    fs::rename(from, to)
}

/// Cuts a file.
pub(crate) fn cut(file: &File, path: &Path, end: u64) -> io::Result<()> {
    #[cfg(feature = "faults")]
    if let Some(fault) = fault(path) {
        return fault.at_step();
    }
    let _ = path;
    file.set_len(end)
}

/// Removes a file.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    #[cfg(feature = "faults")]
    if let Some(fault) = fault(path) {
        return fault.at_step();
    }
    fs::remove_file(path)
}
