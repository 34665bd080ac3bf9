//! The form of the file of undecided blocks: a header that is written once, then records as in the logs.
//!
//! ```text
//! header  "SEIZAUND" | format u32 = 1 | salt u32 | crc32(the 16 bytes before) u32        little-endian
//! ```
//! Emptying cuts the file and does not wait for the disk, so a power cut may bring old records back, whole or in part, behind
//! or among new ones. They name a decided height and are passed over; so is whatever is no record.

use std::fs;
use std::path::{Path, PathBuf};

use seiza_types::Height;

use crate::StorageError;
use crate::files::NewFile;
use crate::log;

const NAME: &str = "undecided.log";
const MAGIC: &[u8; 8] = b"SEIZAUND";
const FORMAT: u32 = 1;
/// Bytes of the header.
pub(super) const FILE_HEADER_BYTES: u64 = 20;

/// Where a record lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) offset: u64,
    pub(super) bytes: u64,
}

impl Piece {
    /// The first byte behind it.
    pub(super) fn end(self) -> u64 {
        self.offset + self.bytes
    }
}

/// A file's content as found.
pub(super) struct Pieces {
    pub(super) bytes: Vec<u8>,
    pub(super) salt: u32,
}

impl Pieces {
    /// All whole records of `height`, wherever they begin.
    pub(super) fn of(&self, height: Height) -> impl Iterator<Item = (Piece, &[u8])> {
        let mut offset = FILE_HEADER_BYTES as usize;
        std::iter::from_fn(move || {
            while offset < self.bytes.len() {
                let at = offset;
                let Ok((record, whole)) = log::parse(&self.bytes[at..], self.salt) else {
                    offset += 1;
                    continue;
                };
                offset += whole;
                if record.height == height {
                    return Some((Piece { offset: at as u64, bytes: whole as u64 }, record.payload));
                }
            }
            None
        })
    }
}

/// Where the file lies in a folder.
pub(super) fn path(dir: &Path) -> PathBuf {
    dir.join(NAME)
}

/// Reads the whole file: a header, and nothing but records behind it.
pub(crate) fn check(dir: &Path) -> Result<(), StorageError> {
    let path = path(dir);
    let bytes = fs::read(&path).map_err(StorageError::io("read", &path))?;
    let salt = salt(&path, &bytes)?;
    let mut offset = FILE_HEADER_BYTES as usize;
    while offset < bytes.len() {
        let record = log::parse(&bytes[offset..], salt);
        let (_, whole) = record.map_err(|fault| StorageError::damaged(&path, offset as u64, fault.text()))?;
        offset += whole;
    }
    Ok(())
}

/// Writes the file: the header, and these sealed records behind it.
pub(super) fn create(path: &Path, fsync: bool, salt: u32, records: &[u8]) -> Result<(), StorageError> {
    let mut new = NewFile::create(path, fsync)?;
    let mut bytes = [&MAGIC[..], &FORMAT.to_le_bytes(), &salt.to_le_bytes()].concat();
    bytes.extend_from_slice(&crc32fast::hash(&bytes).to_le_bytes());
    bytes.extend_from_slice(records);
    new.write(&bytes)?;
    new.publish()
}

/// Checks the file's header; answers the salt of its records.
pub(super) fn salt(path: &Path, bytes: &[u8]) -> Result<u32, StorageError> {
    let damaged = |what: &str| StorageError::damaged(path, 0, what);
    let header = bytes.get(..20).ok_or_else(|| damaged("the file's header is missing"))?;
    let [format, salt, checksum] =
        [8, 12, 16].map(|at| u32::from_le_bytes(header[at..at + 4].try_into().expect("4 bytes")));
    if &header[..8] != MAGIC {
        return Err(damaged("this is no file of undecided blocks"));
    }
    if checksum != crc32fast::hash(&header[..16]) {
        return Err(damaged("the file's header does not match its checksum"));
    }
    if format != FORMAT {
        return Err(StorageError::Format { path: path.into(), found: format.to_string(), expected: "1" });
    }
    Ok(salt)
}
