//! A block of a run: entries one after the other, and a checksum. It is what a read loads.
//!
//! ```text
//! entry = key as a byte string | height | value as a byte string
//! block = entries | crc32 u32 (little-endian)
//! ```

use crate::entry::Entry;
use crate::wire::{Reader, WireError, put_bytes, put_number};

/// Bytes of the checksum.
pub(super) const CHECKSUM_BYTES: usize = 4;

/// Appends an entry.
pub(super) fn put_entry(out: &mut Vec<u8>, entry: &Entry) {
    put_bytes(out, &entry.key);
    put_number(out, entry.height);
    put_bytes(out, &entry.value);
}

/// Completes a block by its checksum.
pub(super) fn seal(block: &mut Vec<u8>) {
    let checksum = crc32fast::hash(block);
    block.extend_from_slice(&checksum.to_le_bytes());
}

/// The entries' bytes, where the checksum holds.
pub(super) fn open(block: &[u8]) -> Option<&[u8]> {
    let (entries, checksum) = block.split_at_checked(block.len().checked_sub(CHECKSUM_BYTES)?)?;
    (checksum == crc32fast::hash(entries).to_le_bytes()).then_some(entries)
}

/// An entry inside a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EntryRef<'a> {
    pub(super) key: &'a [u8],
    pub(super) height: u64,
    pub(super) value: &'a [u8],
}

impl EntryRef<'_> {
    /// The entry on its own.
    pub(super) fn to_entry(self) -> Entry {
        Entry { key: self.key.to_vec(), height: self.height, value: self.value.to_vec() }
    }
}

/// Takes the next entry off a block.
pub(super) fn take_entry<'a>(reader: &mut Reader<'a>) -> Result<EntryRef<'a>, WireError> {
    Ok(EntryRef { key: reader.bytes()?, height: reader.number()?, value: reader.bytes()? })
}
