//! One file of nodes: how it is written, mapped and checked.
//!
//! ```text
//! name    NUMBER.nodes               20 digits
//! header  "SEIZANOD" | format u32 = 1 | number u64 | first address u64 | crc32(the 28 bytes before) u32     32 bytes
//! nodes   record.rs
//! sums    for each 64 KiB of header and nodes: crc32 u32                                          little-endian
//! ```
//! How many bytes of nodes there are, and the checksum of the checksums, stand in the image that names the file.

use std::fs::File;
use std::path::{Path, PathBuf};

use memmap2::Mmap;
use rayon::prelude::*;

use super::pace::Pace;
use super::{Address, IMAGE_DIR};
use crate::StorageError;
use crate::files::NewFile;
use crate::limits::IMAGE_CHUNK_BYTES;

const MAGIC: &[u8; 8] = b"SEIZANOD";
const FORMAT: u32 = 1;
const HEADER_BYTES: usize = 32;
/// Bytes that share a checksum.
const BLOCK_BYTES: usize = 64 << 10;
/// The address of the first node of all: none lies at 0.
pub(super) const FIRST_ADDRESS: u64 = 1;

/// What an image says of a node file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) number: u64,
    /// Address of its first node.
    pub(super) base: u64,
    /// Bytes of its nodes.
    pub(super) bytes: u64,
    /// Checksum of its checksums.
    pub(super) checksum: u32,
}

/// A mapped file.
#[derive(Debug)]
pub(super) struct NodeFile {
    pub(super) place: Place,
    path: PathBuf,
    map: Mmap,
}

/// Where the file with that number lies.
pub(super) fn path(dir: &Path, number: u64) -> PathBuf {
    dir.join(IMAGE_DIR).join(format!("{number:020}.nodes"))
}

fn header(number: u64, base: u64) -> [u8; HEADER_BYTES] {
    let mut header = [0; HEADER_BYTES];
    header[..8].copy_from_slice(MAGIC);
    header[8..12].copy_from_slice(&FORMAT.to_le_bytes());
    header[12..20].copy_from_slice(&number.to_le_bytes());
    header[20..28].copy_from_slice(&base.to_le_bytes());
    let checksum = crc32fast::hash(&header[..28]);
    header[28..].copy_from_slice(&checksum.to_le_bytes());
    header
}

impl NodeFile {
    /// Maps the file that an image names, and compares its header and length; not yet its nodes.
    pub(super) fn open(dir: &Path, place: Place) -> Result<Self, StorageError> {
        let path = path(dir, place.number);
        let file = File::open(&path).map_err(StorageError::io("open", &path))?;
        let map = map(&file).map_err(StorageError::io("map", &path))?;
        let end = HEADER_BYTES as u64 + place.bytes;
        let sums = end.div_ceil(BLOCK_BYTES as u64) * 4;
        if map.len() as u64 != end + sums {
            let what = format!("{} bytes long, not {}", map.len(), end + sums);
            return Err(StorageError::damaged(&path, map.len() as u64, what));
        }
        if map[..HEADER_BYTES] != header(place.number, place.base) {
            return Err(StorageError::damaged(&path, 0, "its header is not the one the image names"));
        }
        Ok(Self { place, path, map })
    }

    fn end(&self) -> usize {
        HEADER_BYTES + usize::try_from(self.place.bytes).expect("a mapped file fits the address space")
    }

    /// What lies from an address on, to the end of the nodes.
    #[inline]
    pub(super) fn from(&self, address: Address) -> &[u8] {
        let offset = address.number().saturating_sub(self.place.base).min(self.place.bytes);
        &self.map[HEADER_BYTES + offset as usize..self.end()]
    }

    /// Reads the whole file and compares it with its checksums, on all cores.
    pub(super) fn check(&self) -> Result<(), StorageError> {
        let (content, sums) = self.map.split_at(self.end());
        if crc32fast::hash(sums) != self.place.checksum {
            return Err(StorageError::damaged(
                &self.path,
                content.len() as u64,
                "its checksums are not those it was written with",
            ));
        }
        let wrong = content
            .par_chunks(BLOCK_BYTES)
            .zip(sums.par_chunks_exact(4))
            .position_first(|(block, sum)| crc32fast::hash(block).to_le_bytes() != sum);
        wrong.map_or(Ok(()), |block| {
            let offset = (block * BLOCK_BYTES) as u64;
            Err(StorageError::damaged(&self.path, offset, "these 64 KiB do not match their checksum"))
        })
    }
}

/// Maps a file that nobody writes to any more.
#[allow(unsafe_code)]
fn map(file: &File) -> std::io::Result<Mmap> {
    // SAFETY: a node file is immutable once it has its name, only its name is ever removed, and the folder is locked
    // against other processes of ours. A stranger who cuts it while it is mapped ends the process.
    unsafe { Mmap::map(file) }
}

/// Writes a node file.
pub(super) struct Writer<'a> {
    new: NewFile,
    place: Place,
    /// What is not written yet: the last bytes of the file.
    buffer: Vec<u8>,
    /// Bytes of the file before the buffer.
    written: u64,
    sums: Vec<u8>,
    pace: Pace<'a>,
}

impl<'a> Writer<'a> {
    /// Begins the file with that number, whose first node has the address `base`.
    pub(super) fn create(
        dir: &Path,
        number: u64,
        base: u64,
        fsync: bool,
        pace: Pace<'a>,
    ) -> Result<Self, StorageError> {
        let new = NewFile::create(&path(dir, number), fsync)?;
        let place = Place { number, base, bytes: 0, checksum: 0 };
        let mut buffer = Vec::with_capacity(IMAGE_CHUNK_BYTES + BLOCK_BYTES);
        buffer.extend_from_slice(&header(number, base));
        Ok(Self { new, place, buffer, written: 0, sums: Vec::new(), pace })
    }

    /// The address of the next node.
    pub(super) fn next(&self) -> Address {
        Address::of(self.place.base + self.written + self.buffer.len() as u64 - HEADER_BYTES as u64)
    }

    /// Appends a node: `put` gets the buffer to append to.
    pub(super) fn node(&mut self, put: impl FnOnce(&mut Vec<u8>)) -> Result<(), StorageError> {
        put(&mut self.buffer);
        if self.buffer.len() >= IMAGE_CHUNK_BYTES { self.flush(false) } else { Ok(()) }
    }

    /// Writes the whole blocks of the buffer; all of it where it is the `last` time.
    fn flush(&mut self, last: bool) -> Result<(), StorageError> {
        let whole = if last { self.buffer.len() } else { self.buffer.len() / BLOCK_BYTES * BLOCK_BYTES };
        for block in self.buffer[..whole].chunks(BLOCK_BYTES) {
            self.sums.extend_from_slice(&crc32fast::hash(block).to_le_bytes());
        }
        self.new.write(&self.buffer[..whole])?;
        self.buffer.drain(..whole);
        self.written += whole as u64;
        self.pace.wrote(whole, &mut self.new)
    }

    /// Ends the file and gives it its name.
    pub(super) fn finish(mut self) -> Result<Place, StorageError> {
        self.place.bytes = self.next().number() - self.place.base;
        self.flush(true)?;
        self.place.checksum = crc32fast::hash(&self.sums);
        self.new.write(&self.sums)?;
        self.new.publish()?;
        Ok(self.place)
    }
}
