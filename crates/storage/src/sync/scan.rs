//! The records of a snapshot file: writing one, and reading a file from its start.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use seiza_state::StoreId;
use seiza_types::{AppHash, B256, Height};

use super::{ChunkId, SyncError, unpack};
use crate::StorageError;
use crate::limits::{SYNC_BASE_BYTES_MAX, SYNC_PROOF_BYTES_MAX, SYNC_TOP_BYTES_MAX};
use crate::log::{HEADER_BYTES, TRAILER_BYTES, frame, parse, payload_bytes, seal};
use crate::wire::{Reader, WireError};

/// What a file begins with.
pub(super) const MAGIC: &[u8; 8] = b"SEIZASNP";
/// Its format.
pub(super) const FORMAT: u32 = 1;
const START_BYTES: u64 = 12;
/// Bytes of a record's payload that are read.
const PAYLOAD_BYTES_MAX: usize = SYNC_TOP_BYTES_MAX + 1024;

/// Marks of the kinds of records.
pub(super) const PROOF: u8 = 1;
pub(super) const BASE: u8 = 2;
pub(super) const TOP: u8 = 3;
pub(super) const CHUNK: u8 = 4;

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

/// Where a chunk's record lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) offset: u64,
    pub(super) bytes: usize,
}

/// A framed record of these parts.
pub(super) fn record(height: Height, kind: u8, parts: &[&[u8]]) -> Vec<u8> {
    let mut out = frame(1 + parts.iter().map(|part| part.len()).sum::<usize>());
    out.push(kind);
    parts.iter().for_each(|part| out.extend_from_slice(part));
    seal(&mut out, height, 0);
    out
}

/// The chunk that a record's payload holds.
pub(super) fn chunk_id(payload: &[u8]) -> Result<ChunkId, WireError> {
    let mut reader = Reader::new(payload);
    if reader.byte()? != CHUNK {
        return Err(WireError::Field("kind"));
    }
    let store = StoreId::from_byte(reader.byte()?).ok_or(WireError::Field("store"))?;
    Ok(ChunkId { store, hash: B256::new(reader.array()?) })
}

/// Reads a file from its start.
pub(super) struct Scan<'a> {
    path: &'a Path,
    file: BufReader<&'a File>,
    height: Height,
    /// Where the next record begins.
    pub(super) offset: u64,
}

impl<'a> Scan<'a> {
    /// At the first record.
    pub(super) fn new(path: &'a Path, file: &'a File) -> Result<Self, SyncError> {
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
    pub(super) fn record(&mut self) -> Result<Option<(Vec<u8>, Place)>, SyncError> {
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
    pub(super) fn parts(&mut self) -> Result<Parts, SyncError> {
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
