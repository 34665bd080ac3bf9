//! One record: a header with its own checksum, the payload, the payload's checksum. All numbers little-endian.
//!
//! ```text
//! payload bytes u32 | height u64 | crc32(salt, the 12 bytes before) u32 | payload | crc32(salt, payload) u32
//! ```
//! The header has a checksum of its own so that a flipped bit in the length cannot pass for a write cut off by a crash.
//! The salt is the segment's: bytes inside a payload, which strangers choose, cannot pass for a record.

use seiza_types::Height;

use crate::limits::RECORD_BYTES_MAX;

/// Bytes before the payload.
pub(crate) const HEADER_BYTES: usize = 16;
/// Bytes after the payload.
pub(crate) const TRAILER_BYTES: usize = 4;

/// A record as read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Record<'a> {
    /// The height it belongs to.
    pub(crate) height: Height,
    /// What was written.
    pub(crate) payload: &'a [u8],
}

/// What stands at an offset instead of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The bytes end before the record does.
    Short,
    /// The header's checksum, or its length field, is wrong.
    Header,
    /// The payload's checksum is wrong.
    Payload,
}

impl Fault {
    /// The fault for people.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Short => "a record ends too early",
            Self::Header => "a record's header does not match its checksum",
            Self::Payload => "a record's content does not match its checksum",
        }
    }
}

/// An empty record with room for its header; the payload is appended to it, [`super::Log::append`] completes it.
pub(crate) fn frame(payload_bytes: usize) -> Vec<u8> {
    let mut record = Vec::with_capacity(HEADER_BYTES + payload_bytes + TRAILER_BYTES);
    record.resize(HEADER_BYTES, 0);
    record
}

/// Fills in the header and appends the trailer; answers the payload's length.
///
/// # Panics
/// Where the payload exceeds [`RECORD_BYTES_MAX`]: blocks are bounded far below it.
pub(crate) fn seal(record: &mut Vec<u8>, height: Height, salt: u32) -> u32 {
    let bytes = record.len() - HEADER_BYTES;
    assert!(bytes <= RECORD_BYTES_MAX, "a record of {bytes} bytes");
    let bytes = u32::try_from(bytes).expect("just compared with a smaller bound");
    record[..4].copy_from_slice(&bytes.to_le_bytes());
    record[4..12].copy_from_slice(&height.to_le_bytes());
    let header = checksum(salt, &record[..12]);
    record[12..16].copy_from_slice(&header.to_le_bytes());
    let payload = checksum(salt, &record[HEADER_BYTES..]);
    record.extend_from_slice(&payload.to_le_bytes());
    bytes
}

/// A header, where its checksum holds: payload bytes and height.
fn header(bytes: &[u8], salt: u32) -> Result<(usize, Height), Fault> {
    let Some(header) = bytes.first_chunk::<HEADER_BYTES>() else { return Err(Fault::Short) };
    let [payload, crc] = [0, 12].map(|at| u32::from_le_bytes(header[at..at + 4].try_into().expect("4 bytes")));
    let payload = payload as usize;
    if crc != checksum(salt, &header[..12]) || payload > RECORD_BYTES_MAX {
        return Err(Fault::Header);
    }
    Ok((payload, Height::from_le_bytes(header[4..12].try_into().expect("8 bytes"))))
}

/// Bytes of the payload of the record whose header `bytes` are.
pub(crate) fn payload_bytes(bytes: &[u8], salt: u32) -> Result<usize, Fault> {
    header(bytes, salt).map(|(payload, _)| payload)
}

/// The record at the start of `bytes`, and how long it is with header and trailer.
pub(crate) fn parse(bytes: &[u8], salt: u32) -> Result<(Record<'_>, usize), Fault> {
    let (payload_bytes, height) = header(bytes, salt)?;
    let whole = HEADER_BYTES + payload_bytes + TRAILER_BYTES;
    let record = bytes.get(..whole).ok_or(Fault::Short)?;
    let (payload, trailer) = record[HEADER_BYTES..].split_at(payload_bytes);
    if trailer != checksum(salt, payload).to_le_bytes() {
        return Err(Fault::Payload);
    }
    Ok((Record { height, payload }, whole))
}

fn checksum(salt: u32, bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(salt);
    hasher.update(bytes);
    hasher.finalize()
}
