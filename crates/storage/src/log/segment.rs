//! One file of a log: its name says the first height, its header the format and the salt of its checksums.
//!
//! ```text
//! name    NAME-HEIGHT.log            the height in 20 digits
//! header  "SEIZALOG" | format u32 = 1 | salt u32 | crc32(the 16 bytes before) u32        little-endian
//! ```
//! The header has its own checksum because a flipped bit in the salt would make every record look cut off.

use std::fs::{File, OpenOptions};
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use seiza_types::Height;

use super::LogConfig;
use crate::StorageError;
use crate::files::{self, NewFile};

/// Bytes before the first record.
pub(super) const SEGMENT_HEADER_BYTES: u64 = 20;
const MAGIC: &[u8; 8] = b"SEIZALOG";
const FORMAT: u32 = 1;

/// A segment that has a valid header.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    pub(super) first: Height,
    pub(super) path: PathBuf,
    /// Start value of every checksum in the file.
    pub(super) salt: u32,
}

impl Segment {
    /// Makes the segment that begins with height `first`; it appears with its header or not at all.
    pub(super) fn create(config: &LogConfig, first: Height) -> Result<Self, StorageError> {
        let path = path(config, first);
        let salt = random();
        let mut new = NewFile::create(&path, config.fsync)?;
        let mut header = [&MAGIC[..], &FORMAT.to_le_bytes(), &salt.to_le_bytes()].concat();
        header.extend_from_slice(&crc32fast::hash(&header).to_le_bytes());
        new.write(&header)?;
        new.publish()?;
        Ok(Self { first, path, salt })
    }

    /// Reads the header of an existing segment.
    pub(super) fn open(path: PathBuf, first: Height) -> Result<(Self, File), StorageError> {
        let mut file = File::open(&path).map_err(StorageError::io("open", &path))?;
        let mut header = [0; 20];
        file.read_exact(&mut header).map_err(|_| StorageError::damaged(&path, 0, "the file's header is missing"))?;
        Ok((Self::parse(path, first, &header)?, file))
    }

    /// Reads a header.
    pub(super) fn parse(path: PathBuf, first: Height, header: &[u8; 20]) -> Result<Self, StorageError> {
        if &header[..8] != MAGIC {
            return Err(StorageError::damaged(&path, 0, "this is no log of seiza's"));
        }
        let [format, salt, checksum] =
            [8, 12, 16].map(|at| u32::from_le_bytes(header[at..at + 4].try_into().expect("4 bytes")));
        if format != FORMAT {
            return Err(StorageError::Format { path, found: format.to_string(), expected: "1" });
        }
        if checksum != crc32fast::hash(&header[..16]) {
            return Err(StorageError::damaged(&path, 0, "the file's header does not match its checksum"));
        }
        Ok(Self { first, path, salt })
    }

    /// The file, positioned at its end by every write.
    pub(super) fn open_for_append(&self) -> Result<File, StorageError> {
        OpenOptions::new().append(true).open(&self.path).map_err(StorageError::io("open", &self.path))
    }
}

/// Where the segment that begins with `first` lies.
pub(super) fn path(config: &LogConfig, first: Height) -> PathBuf {
    config.dir.join(format!("{}-{first:020}.log", config.name))
}

/// The log's segments by first height.
pub(super) fn list(config: &LogConfig) -> Result<Vec<(Height, PathBuf)>, StorageError> {
    Ok(files::list(&config.dir)?.into_iter().filter_map(|path| Some((first_height(config, &path)?, path))).collect())
}

fn first_height(config: &LogConfig, path: &Path) -> Option<Height> {
    path.file_name()?.to_str()?.strip_prefix(config.name)?.strip_prefix('-')?.strip_suffix(".log")?.parse().ok()
}

/// A number that nobody outside can know; never part of any result.
pub(crate) fn random() -> u32 {
    let number = RandomState::new().build_hasher().finish().to_le_bytes();
    u32::from_le_bytes(number[..4].try_into().expect("4 of 8 bytes"))
}
