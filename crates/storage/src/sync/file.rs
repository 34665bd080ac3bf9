//! A snapshot in a file: whole, to be handed on, or on its way, while chunks come in. Both are the same, so that a download
//! that was killed is gone on with, and a finished one can be exported as it is.
//!
//! ```text
//! header  "SEIZASNP" | format u32 = 1
//! records of the snapshot's height, salt 0 (log/record.rs):
//!         1 | app hash | what proves it, in the node's encoding      first
//!         2 | base, compressed                                       second
//!         3 | top, compressed                                        third
//!         4 | store byte | hash | chunk, compressed                  each chunk once, in any order
//! ```
//! Nothing waits for the disk while chunks come in: what a power cut spoils is found by its checksum, cut, and fetched again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use super::scan::{BASE, CHUNK, FORMAT, MAGIC, PROOF, Place, Scan, TOP, chunk_id, record};
use super::{ChunkId, ChunkTally, Parts, SyncError, Top, check_chunk, pack, unpack};
use crate::StorageError;
use crate::files::NewFile;
use crate::limits::SYNC_CHUNK_BYTES_MAX;
use crate::log::parse;

/// An open snapshot file.
#[derive(Debug)]
pub struct SnapshotFile {
    path: PathBuf,
    file: File,
    parts: Parts,
    top: Top,
    wanted: BTreeSet<ChunkId>,
    found: BTreeMap<ChunkId, Place>,
    end: u64,
}

impl SnapshotFile {
    /// Begins a file, in the place of one that is there; it appears with all but its chunks.
    ///
    /// # Errors
    /// A top that does not lead to the app hash; those of the disk.
    pub fn create(path: &Path, parts: Parts) -> Result<Self, SyncError> {
        let top = Top::check(&parts.top, parts.app_hash)?;
        let mut out = [&MAGIC[..], &FORMAT.to_le_bytes()].concat();
        let records = [
            (PROOF, [parts.app_hash.as_slice(), &parts.proof].concat()),
            (BASE, pack(&parts.base)),
            (TOP, pack(&parts.top)),
        ];
        for (kind, payload) in records {
            out.extend(record(parts.height, kind, &[&payload]));
        }
        let mut new = NewFile::create(path, true)?;
        new.write(&out)?;
        new.publish()?;
        let file = OpenOptions::new().read(true).write(true).open(path).map_err(StorageError::io("open", path))?;
        let wanted = top.chunks();
        Ok(Self { path: path.into(), file, parts, top, wanted, found: BTreeMap::new(), end: out.len() as u64 })
    }

    /// Opens a file. What is behind its last whole record counts for nothing. Chunks are checked when they are read.
    ///
    /// # Errors
    /// No such file, or its first three records are not sound.
    pub fn open(path: &Path) -> Result<Self, SyncError> {
        let file = OpenOptions::new().read(true).write(true).open(path).or_else(|_| File::open(path));
        let file = file.map_err(StorageError::io("open", path))?;
        let mut scan = Scan::new(path, &file)?;
        let parts = scan.parts()?;
        let top = Top::check(&parts.top, parts.app_hash)?;
        let wanted = top.chunks();
        let mut found = BTreeMap::new();
        let mut end = scan.offset;
        while let Some((payload, place)) = scan.record().ok().flatten() {
            let Ok(id) = chunk_id(&payload) else { break };
            if wanted.contains(&id) {
                found.insert(id, place);
            }
            end = scan.offset;
        }
        Ok(Self { path: path.into(), file, parts, top, wanted, found, end })
    }

    /// All but the chunks.
    #[must_use]
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The top.
    #[must_use]
    pub fn top(&self) -> &Top {
        &self.top
    }

    /// Bytes of the file that count.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.end
    }

    /// Chunks in all, and those that are there.
    #[must_use]
    pub fn progress(&self) -> (usize, usize) {
        (self.wanted.len(), self.found.len())
    }

    /// The chunks that are not there yet.
    #[must_use]
    pub fn missing(&self) -> Vec<ChunkId> {
        self.wanted.iter().filter(|id| !self.found.contains_key(id)).copied().collect()
    }

    /// The chunks that are there.
    #[must_use]
    pub fn present(&self) -> Vec<ChunkId> {
        self.found.keys().copied().collect()
    }

    /// Appends a chunk (compressed) that was checked; one that is there, or not wanted, is left out.
    ///
    /// # Errors
    /// Those of the disk; then the file ends as before.
    pub fn append(&mut self, id: ChunkId, packed: &[u8]) -> Result<(), SyncError> {
        if !self.wanted.contains(&id) || self.found.contains_key(&id) {
            return Ok(());
        }
        let record = record(self.parts.height, CHUNK, &[&[id.store as u8], id.hash.as_slice(), packed]);
        // What lies behind the end was never whole: written over, its rest would look like damage.
        let cut = self.file.set_len(self.end);
        cut.and_then(|()| self.file.write_all_at(&record, self.end)).map_err(StorageError::io("write", &self.path))?;
        self.found.insert(id, Place { offset: self.end, bytes: record.len() });
        self.end += record.len() as u64;
        Ok(())
    }

    /// Makes all that was appended durable.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn sync(&self) -> Result<(), SyncError> {
        self.file.sync_all().map_err(StorageError::io("sync", &self.path)).map_err(SyncError::from)
    }

    /// A chunk as it lies here, compressed; its checksum holds.
    ///
    /// # Errors
    /// [`SyncError::Incomplete`] where it is not there; damage.
    pub fn packed(&self, id: &ChunkId) -> Result<Vec<u8>, SyncError> {
        let place = self.found.get(id).ok_or(SyncError::Incomplete { missing: 1, total: self.wanted.len() })?;
        let damaged = |what: &str| StorageError::damaged(&self.path, place.offset, what);
        let mut bytes = vec![0; place.bytes];
        self.file.read_exact_at(&mut bytes, place.offset).map_err(|_| damaged("a record ends too early"))?;
        let (record, _) = parse(&bytes, 0).map_err(|fault| damaged(fault.text()))?;
        Ok(record.payload.get(34..).ok_or_else(|| damaged("a chunk without bytes"))?.to_vec())
    }

    /// A chunk, not compressed. Whether it is the one it is named by, [`check_chunk`] says.
    ///
    /// # Errors
    /// As [`SnapshotFile::packed`].
    pub fn chunk(&self, id: &ChunkId) -> Result<Vec<u8>, SyncError> {
        unpack(&self.packed(id)?, SYNC_CHUNK_BYTES_MAX, "chunk")
    }

    /// Checks every chunk; `progress` hears of chunks done and in all.
    ///
    /// # Errors
    /// [`SyncError::Incomplete`], or what is wrong with the first bad one.
    pub fn check(&self, progress: &mut dyn FnMut(u64, u64)) -> Result<ChunkTally, SyncError> {
        let (missing, total) = (self.missing().len(), self.wanted.len());
        if missing > 0 {
            return Err(SyncError::Incomplete { missing, total });
        }
        let mut tally = ChunkTally::default();
        for (done, id) in self.wanted.iter().enumerate() {
            let one = check_chunk(*id, &self.chunk(id)?)?;
            tally.keys += one.keys;
            tally.bytes += one.bytes;
            progress(done as u64 + 1, total as u64);
        }
        Ok(tally)
    }
}
