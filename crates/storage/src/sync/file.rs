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
use std::io::{BufReader, Read, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use seiza_state::StoreId;
use seiza_types::{AppHash, B256, Height};

use super::{ChunkId, ChunkTally, SyncError, Top, check_chunk, pack, unpack};
use crate::StorageError;
use crate::files::NewFile;
use crate::limits::{SYNC_BASE_BYTES_MAX, SYNC_CHUNK_BYTES_MAX, SYNC_PROOF_BYTES_MAX, SYNC_TOP_BYTES_MAX};
use crate::log::{HEADER_BYTES, TRAILER_BYTES, frame, parse, payload_bytes, seal};
use crate::wire::{Reader, WireError};

const MAGIC: &[u8; 8] = b"SEIZASNP";
const FORMAT: u32 = 1;
const START_BYTES: u64 = 12;
/// Bytes of a record's payload that are read.
const PAYLOAD_BYTES_MAX: usize = SYNC_TOP_BYTES_MAX + 1024;

const PROOF: u8 = 1;
const BASE: u8 = 2;
const TOP: u8 = 3;
const CHUNK: u8 = 4;

/// What a snapshot has besides its chunks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// Its height.
    pub height: Height,
    /// The app hash after it, which the next header says.
    pub app_hash: AppHash,
    /// What proves the app hash, in the node's encoding.
    pub proof: Vec<u8>,
    /// The encoded [`super::Base`].
    pub base: Vec<u8>,
    /// The encoded top.
    pub top: Vec<u8>,
}

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

/// Where a chunk's record lies.
#[derive(Debug, Clone, Copy)]
struct Place {
    offset: u64,
    bytes: usize,
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
        new.file.write_all(&out).map_err(StorageError::io("write", path))?;
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

/// A framed record of these parts.
fn record(height: Height, kind: u8, parts: &[&[u8]]) -> Vec<u8> {
    let mut out = frame(1 + parts.iter().map(|part| part.len()).sum::<usize>());
    out.push(kind);
    parts.iter().for_each(|part| out.extend_from_slice(part));
    seal(&mut out, height, 0);
    out
}

/// The chunk that a record's payload holds.
fn chunk_id(payload: &[u8]) -> Result<ChunkId, WireError> {
    let mut reader = Reader::new(payload);
    if reader.byte()? != CHUNK {
        return Err(WireError::Field("kind"));
    }
    let store = StoreId::from_byte(reader.byte()?).ok_or(WireError::Field("store"))?;
    Ok(ChunkId { store, hash: B256::new(reader.array()?) })
}

/// Reads a file from its start.
struct Scan<'a> {
    path: &'a Path,
    file: BufReader<&'a File>,
    height: Height,
    offset: u64,
}

impl<'a> Scan<'a> {
    fn new(path: &'a Path, file: &'a File) -> Result<Self, SyncError> {
        let mut file = BufReader::with_capacity(1 << 20, file);
        let mut start = [0; START_BYTES as usize];
        let damaged = |what: &str| StorageError::damaged(path, 0, what);
        file.read_exact(&mut start).map_err(|_| damaged("the file ends too early"))?;
        if start[..8] != MAGIC[..] {
            return Err(damaged("this is no snapshot of seiza's").into());
        }
        if start[8..] != FORMAT.to_le_bytes() {
            let found = format!("{:?}", &start[8..]);
            return Err(StorageError::Format { path: path.into(), found, expected: "1" }.into());
        }
        Ok(Self { path, file, height: 0, offset: START_BYTES })
    }

    fn damaged(&self, what: &str) -> StorageError {
        StorageError::damaged(self.path, self.offset, what)
    }

    /// The next record's payload and place; `None` at the end.
    fn record(&mut self) -> Result<Option<(Vec<u8>, Place)>, SyncError> {
        let mut bytes = vec![0; HEADER_BYTES];
        if self.file.read_exact(&mut bytes).is_err() {
            return Ok(None);
        }
        let payload = payload_bytes(&bytes, 0).map_err(|fault| self.damaged(fault.text()))?;
        if payload > PAYLOAD_BYTES_MAX {
            return Err(self.damaged("a record is larger than any of a snapshot").into());
        }
        let rest = (payload + TRAILER_BYTES) as u64;
        self.file.by_ref().take(rest).read_to_end(&mut bytes).map_err(|_| self.damaged("it cannot be read"))?;
        let (record, whole) = parse(&bytes, 0).map_err(|fault| self.damaged(fault.text()))?;
        if self.height == 0 {
            self.height = record.height;
        }
        if record.height != self.height {
            return Err(self.damaged("a record of another height").into());
        }
        let (payload, place) = (record.payload.to_vec(), Place { offset: self.offset, bytes: whole });
        self.offset += whole as u64;
        Ok(Some((payload, place)))
    }

    /// The first three records.
    fn parts(&mut self) -> Result<Parts, SyncError> {
        let mut next = |kind: u8| -> Result<Vec<u8>, SyncError> {
            let found = self.record()?.map(|(payload, _)| payload);
            match found.as_deref().and_then(<[u8]>::split_first) {
                Some((first, rest)) if *first == kind => Ok(rest.to_vec()),
                _ => Err(self.damaged("a record of a snapshot is missing").into()),
            }
        };
        let (proof, base, top) = (next(PROOF)?, next(BASE)?, next(TOP)?);
        let Some((app_hash, proof)) = proof.split_first_chunk::<32>().filter(|_| proof.len() <= SYNC_PROOF_BYTES_MAX)
        else {
            return Err(self.damaged("what proves the app hash has the wrong length").into());
        };
        Ok(Parts {
            height: self.height,
            app_hash: AppHash::new(*app_hash),
            proof: proof.to_vec(),
            base: unpack(&base, SYNC_BASE_BYTES_MAX, "block")?,
            top: unpack(&top, SYNC_TOP_BYTES_MAX, "top")?,
        })
    }
}
