//! What an open run holds in memory: where its index blocks lie, and where its filter. The index blocks say where the
//! entries' blocks lie; both kinds are read as they are needed.

use seiza_types::Height;

use super::filter::PAGE_BYTES;
use crate::StorageError;
use crate::wire::{Reader, WireError, put_bytes, put_number};

/// First bytes of a run.
pub(super) const MAGIC: &[u8; 8] = b"SEIZARUN";
/// Format version, after the magic.
pub(super) const FORMAT: u32 = 3;
/// Bytes of magic and format.
pub(super) const HEADER_BYTES: usize = 12;
/// Bytes of the footer.
pub(super) const FOOTER_BYTES: usize = 64;
/// Last bytes of a run.
const FOOTER_MAGIC: &[u8; 4] = b"SRUN";

/// The first bytes of a run.
pub(super) fn header() -> Vec<u8> {
    [&MAGIC[..], &FORMAT.to_le_bytes()].concat()
}

/// Where a block lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) offset: u64,
    pub(super) bytes: usize,
}

impl Place {
    /// As an index block has it.
    pub(super) fn encode(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(8);
        put_number(&mut out, self.offset);
        put_number(&mut out, self.bytes as u64);
        out
    }

    /// Reads [`Place::encode`].
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(bytes);
        let place = Self { offset: reader.number()?, bytes: reader.number_as("block length")? };
        reader.end()?;
        Ok(place)
    }
}

/// An index block, and its first entry.
#[derive(Debug)]
pub(super) struct Top {
    pub(super) key: Vec<u8>,
    pub(super) height: Height,
    pub(super) place: Place,
}

/// Appends a line of the top directory.
pub(super) fn put_top(out: &mut Vec<u8>, key: &[u8], height: Height, place: Place) {
    put_bytes(out, key);
    put_number(out, height);
    put_number(out, place.offset);
    put_number(out, place.bytes as u64);
}

/// See the module.
#[derive(Debug)]
pub(super) struct Tables {
    pub(super) tops: Vec<Top>,
    pub(super) footer: Footer,
}

impl Tables {
    /// Reads the tables at the end of a file of `bytes` bytes; `read` reads a part of it, `damaged` makes errors.
    pub(super) fn read(
        bytes: u64,
        read: impl Fn(u64, usize) -> Result<Vec<u8>, StorageError>,
        damaged: impl Fn(u64, &str) -> StorageError,
    ) -> Result<Self, StorageError> {
        let at = bytes.saturating_sub(FOOTER_BYTES as u64);
        let footer = Footer::decode(&read(at, FOOTER_BYTES)?).ok_or_else(|| damaged(at, "the footer is wrong"))?;
        if !footer.fits(at) {
            return Err(damaged(at, "the footer does not fit the file"));
        }
        let top = read(footer.top_at, usize::try_from(footer.top_bytes).expect("it fits the file"))?;
        if crc32fast::hash(&top) != footer.checksum {
            return Err(damaged(footer.top_at, "the directory does not match its checksum"));
        }
        let tops = read_tops(&top).map_err(|error| damaged(footer.top_at, &error.to_string()))?;
        Ok(Self { tops, footer })
    }

    /// The index block that an entry belongs to, if it is anywhere.
    pub(super) fn top_of(&self, key: &[u8], height: Height) -> usize {
        self.tops.partition_point(|top| (&top.key[..], top.height) <= (key, height)).saturating_sub(1)
    }
}

/// Reads [`put_top`].
fn read_top(reader: &mut Reader<'_>) -> Result<Top, WireError> {
    let (key, height) = (reader.bytes()?.to_vec(), reader.number()?);
    let place = Place { offset: reader.number()?, bytes: reader.number_as("block length")? };
    Ok(Top { key, height, place })
}

fn read_tops(bytes: &[u8]) -> Result<Vec<Top>, WireError> {
    let mut reader = Reader::new(bytes);
    let count = reader.count(4)?;
    let tops = (0..count).map(|_| read_top(&mut reader)).collect::<Result<_, WireError>>()?;
    reader.end()?;
    Ok(tops)
}

/// The end of a run: what lies where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Footer {
    /// Where the filter begins, which is where the blocks end.
    pub(super) filter_at: u64,
    /// Pages of the filter.
    pub(super) filter_pages: u64,
    /// Where the top directory begins.
    pub(super) top_at: u64,
    /// Bytes of the top directory.
    pub(super) top_bytes: u64,
    /// Entries of the run.
    pub(super) entries: u64,
    /// How often they were merged.
    pub(super) level: u64,
    /// Checksum of the top directory.
    pub(super) checksum: u32,
}

impl Footer {
    /// The 64 bytes at the end of the file.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(FOOTER_BYTES);
        for number in [self.filter_at, self.filter_pages, self.top_at, self.top_bytes, self.entries, self.level] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.extend_from_slice(&self.checksum.to_le_bytes());
        out.extend_from_slice(&FORMAT.to_le_bytes());
        out.extend_from_slice(&crc32fast::hash(&out).to_le_bytes());
        out.extend_from_slice(FOOTER_MAGIC);
        out
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (body, rest) = bytes.split_at_checked(FOOTER_BYTES - 8)?;
        if rest[4..] != FOOTER_MAGIC[..]
            || rest[..4] != crc32fast::hash(body).to_le_bytes()
            || body[52..] != FORMAT.to_le_bytes()
        {
            return None;
        }
        let number = |index: usize| u64::from_le_bytes(body[index * 8..index * 8 + 8].try_into().expect("8 bytes"));
        Some(Self {
            filter_at: number(0),
            filter_pages: number(1),
            top_at: number(2),
            top_bytes: number(3),
            entries: number(4),
            level: number(5),
            checksum: u32::from_le_bytes(body[48..52].try_into().expect("4 bytes")),
        })
    }

    /// Whether what it says ends where the footer begins.
    fn fits(&self, footer_at: u64) -> bool {
        let filter_bytes = self.filter_pages.checked_mul(PAGE_BYTES as u64);
        let filter_end = filter_bytes.and_then(|bytes| self.filter_at.checked_add(bytes));
        filter_end == Some(self.top_at)
            && self.top_at.checked_add(self.top_bytes) == Some(footer_at)
            && self.filter_pages > 0
    }
}
