//! Images: the trees of one height on disk, mapped into memory, so that a start replays the log from there, not from genesis.
//!
//! Nodes lie in node files, immutable and one behind the other in one space of addresses; an image is a small file that names
//! its node files and where each store's root lies. A whole image is one node file. An incremental one adds a file with the
//! nodes that have changed since the image before, which refer to all others where they are; so it costs what has changed.
//! Once too much of the files is of no use any more, the next image is whole, and the old files go.
//!
//! ```text
//! images/HEIGHT.image      format 2: app hash, node files, roots                              image/manifest.rs
//! images/NUMBER.nodes      nodes, children before parents; checksums of every 64 KiB          image/node_file.rs, record.rs
//! ```
//! An image is written in the background from an immutable state, and only of heights that are indexed already: then what
//! lies below an image is never needed to answer about heights above it. The file that names the nodes appears last, whole or
//! not at all: a crash at any byte leaves the image before. Opening checks every checksum.

mod check;
mod files;
mod graft;
mod load;
mod manifest;
mod node_file;
mod pace;
mod record;
mod sink;
mod write;

use std::path::{Path, PathBuf};

use seiza_types::Height;

use crate::StorageError;
use crate::files as disk;
pub(crate) use check::check;
pub(crate) use files::Files;
pub(crate) use graft::Graft;
pub(crate) use load::{Image, load, next_number};
pub(crate) use pace::Pace;
pub(crate) use record::{Record, StoredInner, StoredLeaf};
pub(crate) use sink::{Sink, write_nodes};
pub(crate) use write::{Kind, Written, write};

/// Folder of the images.
pub(crate) const IMAGE_DIR: &str = "images";

/// Where a node lies: bytes from the start of the space that all node files share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Address(u64);

impl Address {
    /// No node lies here.
    pub(crate) const NOWHERE: Self = Self(0);

    /// The number behind it, at most 48 bits.
    pub(crate) fn number(self) -> u64 {
        self.0
    }

    /// The address with that number.
    pub(crate) fn of(number: u64) -> Self {
        Self(number)
    }
}

/// Makes the images' folder, and rids it of what a crash left there.
pub(crate) fn prepare(dir: &Path) -> Result<(), StorageError> {
    let dir = dir.join(IMAGE_DIR);
    disk::make_dir(&dir)?;
    disk::sweep(&dir)
}

/// The images in a storage folder, the highest first.
pub(crate) fn list(dir: &Path) -> Result<Vec<(Height, PathBuf)>, StorageError> {
    numbered(dir, ".image")
}

/// The files of the images' folder whose names are a number and `ending`, the highest number first.
fn numbered(dir: &Path, ending: &str) -> Result<Vec<(u64, PathBuf)>, StorageError> {
    let number = |path: &Path| path.file_name()?.to_str()?.strip_suffix(ending)?.parse().ok();
    let mut found: Vec<(u64, PathBuf)> =
        disk::list(&dir.join(IMAGE_DIR))?.into_iter().filter_map(|path| Some((number(&path)?, path))).collect();
    found.sort_by(|a, b| b.cmp(a));
    Ok(found)
}

/// Removes all images but the newest `kept`, and node files that none of those names. Images that cannot be read go first.
pub(crate) fn prune(dir: &Path, fsync: bool, kept: usize) -> Result<(), StorageError> {
    let mut named = Vec::new();
    let mut whole = 0;
    for (height, path) in list(dir)? {
        match manifest::read(&path, height) {
            // Once an image shares no file with the newest, that is whole, and has been read back after it was written.
            Ok(found) if whole < kept && (whole == 0 || named.contains(&found.files[0].number)) => {
                whole += 1;
                named.extend(found.files.iter().map(|file| file.number));
            }
            _ => disk::remove(&path)?,
        }
    }
    for (number, path) in numbered(dir, ".nodes")? {
        if !named.contains(&number) {
            disk::remove(&path)?;
        }
    }
    disk::sync_dir(&dir.join(IMAGE_DIR), fsync)
}

#[cfg(test)]
mod tests;
