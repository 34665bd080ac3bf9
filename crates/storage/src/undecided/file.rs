//! The open file of undecided blocks: records are added at its end, cut off, or replaced together.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use seiza_types::Height;

use super::form::{FILE_HEADER_BYTES, Piece, Pieces, create, path, salt};
use crate::log::{self, HEADER_BYTES, Record, TRAILER_BYTES};
use crate::{StorageError, steps};

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
        self.write(&record)?;
        self.sync()?;
        let piece = Piece { offset: self.end, bytes: record.len() as u64 };
        self.end = piece.end();
        Ok(piece)
    }

    /// Writes at the end; what was written of it is cut off again where that fails.
    fn write(&mut self, record: &[u8]) -> Result<(), StorageError> {
        if let Err(error) = steps::write(&mut self.file, &self.path, record) {
            if let Err(second) = steps::cut(&self.file, &self.path, self.end) {
                self.failed = Some(format!("a write failed ({error}) and could not be undone ({second})"));
            }
            return Err(StorageError::io("write", &self.path)(error));
        }
        Ok(())
    }

    /// Waits for the disk.
    fn sync(&mut self) -> Result<(), StorageError> {
        if self.fsync
            && let Err(error) = steps::sync(&self.file, &self.path)
        {
            self.failed = Some(format!("{} could not be synced: {error}", self.path.display()));
            return Err(StorageError::io("sync", &self.path)(error));
        }
        Ok(())
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

fn appending(path: &Path) -> Result<File, StorageError> {
    OpenOptions::new().append(true).open(path).map_err(StorageError::io("open", path))
}
