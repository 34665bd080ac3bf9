//! The file of undecided blocks: a header that is written once, then records as in the logs.
//!
//! ```text
//! header  "SEIZAUND" | format u32 = 1 | salt u32 | crc32(the 16 bytes before) u32        little-endian
//! ```
//! Emptying cuts the file and does not wait for the disk, so a power cut may bring old records back, whole or in part, behind
//! or among new ones. They name a decided height and are passed over; so is whatever is no record.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use seiza_types::Height;

use crate::files::NewFile;
use crate::log::{self, HEADER_BYTES, Record, TRAILER_BYTES};
use crate::{StorageError, steps};

const NAME: &str = "undecided.log";
const MAGIC: &[u8; 8] = b"SEIZAUND";
const FORMAT: u32 = 1;
const FILE_HEADER_BYTES: u64 = 20;

/// Where a record lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    offset: u64,
    bytes: u64,
}

impl Piece {
    /// The first byte behind it.
    pub(super) fn end(self) -> u64 {
        self.offset + self.bytes
    }
}

/// A file's content as found.
pub(super) struct Pieces {
    bytes: Vec<u8>,
    salt: u32,
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

/// The open file.
#[derive(Debug)]
pub(super) struct UndecidedFile {
    path: PathBuf,
    file: File,
    salt: u32,
    end: u64,
    fsync: bool,
    /// Set when a write failed and could not be undone: what the file holds is unknown then.
    failed: Option<String>,
}

impl UndecidedFile {
    /// Opens the file in `dir` with all that it holds, or makes an empty one.
    pub(super) fn open(dir: &Path, fsync: bool) -> Result<(Self, Pieces), StorageError> {
        let path = path(dir);
        if !path.exists() {
            create(&path, fsync, log::random_salt(), &[])?;
        }
        let bytes = fs::read(&path).map_err(StorageError::io("read", &path))?;
        let salt = salt(&path, &bytes)?;
        let file = appending(&path)?;
        let end = bytes.len() as u64;
        Ok((Self { path, file, salt, end, fsync, failed: None }, Pieces { bytes, salt }))
    }

    /// Bytes of its records.
    pub(super) fn bytes(&self) -> u64 {
        self.end - FILE_HEADER_BYTES
    }

    /// Cuts everything behind `end`; the header always stays.
    pub(super) fn cut(&mut self, end: u64) -> Result<(), StorageError> {
        let end = end.max(FILE_HEADER_BYTES);
        if end < self.end {
            steps::cut(&self.file, &self.path, end).map_err(StorageError::io("cut", &self.path))?;
            self.end = end;
        }
        Ok(())
    }

    /// Writes a framed record, durably.
    pub(super) fn append(&mut self, height: Height, mut record: Vec<u8>) -> Result<Piece, StorageError> {
        if let Some(failure) = &self.failed {
            return Err(StorageError::Stopped(failure.clone()));
        }
        log::seal(&mut record, height, self.salt);
        if let Err(error) = steps::write(&mut self.file, &self.path, &record) {
            if let Err(second) = steps::cut(&self.file, &self.path, self.end) {
                self.failed = Some(format!("a write failed ({error}) and could not be undone ({second})"));
            }
            return Err(StorageError::io("write", &self.path)(error));
        }
        if self.fsync
            && let Err(error) = steps::sync(&self.file, &self.path)
        {
            self.failed = Some(format!("{} could not be synced: {error}", self.path.display()));
            return Err(StorageError::io("sync", &self.path)(error));
        }
        let piece = Piece { offset: self.end, bytes: record.len() as u64 };
        self.end = piece.end();
        Ok(piece)
    }

    /// Replaces the file by one of these framed records: whole, or not at all.
    pub(super) fn rewrite(&mut self, height: Height, records: Vec<Vec<u8>>) -> Result<Vec<Piece>, StorageError> {
        let salt = log::random_salt();
        let (mut bytes, mut pieces) = (Vec::new(), Vec::new());
        for mut record in records {
            log::seal(&mut record, height, salt);
            pieces.push(Piece { offset: FILE_HEADER_BYTES + bytes.len() as u64, bytes: record.len() as u64 });
            bytes.extend_from_slice(&record);
        }
        create(&self.path, self.fsync, salt, &bytes)?;
        self.file = appending(&self.path)?;
        (self.salt, self.end) = (salt, FILE_HEADER_BYTES + bytes.len() as u64);
        Ok(pieces)
    }

    /// Reads a record's payload again.
    pub(super) fn read(&self, piece: Piece, height: Height) -> Result<Vec<u8>, StorageError> {
        let length = usize::try_from(piece.bytes).expect("a record is bounded");
        let mut bytes = vec![0; length];
        let file = File::open(&self.path).map_err(StorageError::io("open", &self.path))?;
        file.read_exact_at(&mut bytes, piece.offset).map_err(StorageError::io("read", &self.path))?;
        match log::parse(&bytes, self.salt) {
            Ok((Record { height: found, .. }, _)) if found == height => {}
            Ok(_) => return Err(self.damage(piece, "a record of another height")),
            Err(fault) => return Err(self.damage(piece, fault.text())),
        }
        bytes.truncate(length - TRAILER_BYTES);
        bytes.drain(..HEADER_BYTES);
        Ok(bytes)
    }

    /// Damage of a record.
    pub(super) fn damage(&self, piece: Piece, what: &str) -> StorageError {
        StorageError::damaged(&self.path, piece.offset, what)
    }
}

/// Where the file lies in a folder.
pub(crate) fn path(dir: &Path) -> PathBuf {
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

fn appending(path: &Path) -> Result<File, StorageError> {
    OpenOptions::new().append(true).open(path).map_err(StorageError::io("open", path))
}

fn create(path: &Path, fsync: bool, salt: u32, records: &[u8]) -> Result<(), StorageError> {
    let mut new = NewFile::create(path, fsync)?;
    let mut bytes = [&MAGIC[..], &FORMAT.to_le_bytes(), &salt.to_le_bytes()].concat();
    bytes.extend_from_slice(&crc32fast::hash(&bytes).to_le_bytes());
    bytes.extend_from_slice(records);
    new.write(&bytes)?;
    new.publish()
}

/// Checks the file's header; answers the salt of its records.
fn salt(path: &Path, bytes: &[u8]) -> Result<u32, StorageError> {
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
