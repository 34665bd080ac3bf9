//! A block of a run: entries one after the other, packed, and a checksum. It is what a read loads.
//!
//! ```text
//! entry  = how many bytes its key shares with the one before it in the block | the other bytes of the key as a byte string
//!        | height, less the first of the run | value as a byte string
//! block  = 0 | entries                                   where packing gains nothing
//!        | 1 | bytes of the entries as a number | Zstandard frame
//!        then crc32 of all that u32 (little-endian)
//! ```

use std::cell::RefCell;

use seiza_types::Height;
use zstd::bulk::{Compressor, Decompressor};

use crate::limits::{RECORD_BYTES_MAX, RUN_ZSTD_LEVEL};
use crate::wire::{Reader, WireError, put_bytes, put_number};

const CHECKSUM_BYTES: usize = 4;
const PLAIN: u8 = 0;
const PACKED: u8 = 1;

thread_local! {
    static PACKER: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static UNPACKER: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// A block that is being filled.
#[derive(Debug)]
pub(super) struct BlockWriter {
    entries: Vec<u8>,
    key: Vec<u8>,
    base: Height,
}

impl BlockWriter {
    /// An empty block of a run whose first height is `base`.
    pub(super) fn new(base: Height) -> Self {
        Self { entries: Vec::new(), key: Vec::new(), base }
    }

    /// Appends an entry.
    pub(super) fn push(&mut self, key: &[u8], height: Height, value: &[u8]) {
        let shared = self.key.iter().zip(key).take_while(|(a, b)| a == b).count();
        put_number(&mut self.entries, shared as u64);
        put_bytes(&mut self.entries, &key[shared..]);
        put_number(&mut self.entries, height - self.base);
        put_bytes(&mut self.entries, value);
        self.key.truncate(shared);
        self.key.extend_from_slice(&key[shared..]);
    }

    /// Bytes of the entries so far, before packing.
    pub(super) fn bytes(&self) -> usize {
        self.entries.len()
    }

    /// The finished block; the next one begins empty.
    pub(super) fn seal(&mut self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.entries.len() + 16);
        match packed(&self.entries) {
            Some(frame) => {
                out.push(PACKED);
                put_number(&mut out, self.entries.len() as u64);
                out.extend_from_slice(&frame);
            }
            None => {
                out.push(PLAIN);
                out.extend_from_slice(&self.entries);
            }
        }
        out.extend_from_slice(&crc32fast::hash(&out).to_le_bytes());
        self.entries.clear();
        self.key.clear();
        out
    }
}

/// A Zstandard frame of the bytes, where it is smaller than they are.
fn packed(bytes: &[u8]) -> Option<Vec<u8>> {
    PACKER.with_borrow_mut(|packer| {
        if packer.is_none() {
            *packer = Compressor::new(RUN_ZSTD_LEVEL).ok();
        }
        let frame = packer.as_mut()?.compress(bytes).ok()?;
        (frame.len() + 8 < bytes.len()).then_some(frame)
    })
}

fn unpacked(frame: &[u8], bytes: usize) -> Option<Vec<u8>> {
    UNPACKER.with_borrow_mut(|unpacker| {
        if unpacker.is_none() {
            *unpacker = Decompressor::new().ok();
        }
        let entries = unpacker.as_mut()?.decompress(frame, bytes).ok()?;
        (entries.len() == bytes).then_some(entries)
    })
}

/// The entries' bytes, where the checksum holds.
pub(super) fn open(block: &[u8]) -> Option<Vec<u8>> {
    let (body, checksum) = block.split_at_checked(block.len().checked_sub(CHECKSUM_BYTES)?)?;
    if checksum != crc32fast::hash(body).to_le_bytes() {
        return None;
    }
    let mut reader = Reader::new(body);
    match reader.byte().ok()? {
        PLAIN => Some(body[1..].to_vec()),
        PACKED => {
            let bytes = reader.number_as::<usize>("block length").ok().filter(|bytes| *bytes <= RECORD_BYTES_MAX)?;
            unpacked(reader.take(reader.left()).ok()?, bytes)
        }
        _ => None,
    }
}

/// Walks the entries of an opened block.
#[derive(Debug, Clone)]
pub(super) struct Entries<'a> {
    reader: Reader<'a>,
    key: Vec<u8>,
    base: Height,
}

impl<'a> Entries<'a> {
    /// From the first entry on; `base` is the run's first height.
    pub(super) fn new(entries: &'a [u8], base: Height) -> Self {
        Self { reader: Reader::new(entries), key: Vec::with_capacity(64), base }
    }

    /// From an entry in the middle on: `left` bytes before the end, where the entry before it had `key`.
    pub(super) fn resume(entries: &'a [u8], left: usize, key: Vec<u8>, base: Height) -> Self {
        Self { reader: Reader::new(&entries[entries.len() - left..]), key, base }
    }

    /// The key of the entry that [`Entries::next`] gave last.
    pub(super) fn key(&self) -> &[u8] {
        &self.key
    }

    /// Takes the key, to go on later by [`Entries::resume`].
    pub(super) fn into_key(self) -> Vec<u8> {
        self.key
    }

    /// Bytes not walked yet.
    pub(super) fn left(&self) -> usize {
        self.reader.left()
    }

    /// The next entry's height and value; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<(Height, &'a [u8])>, WireError> {
        if self.reader.left() == 0 {
            return Ok(None);
        }
        let shared = self.reader.number_as::<usize>("shared bytes of a key")?;
        if shared > self.key.len() {
            return Err(WireError::Field("shared bytes of a key"));
        }
        self.key.truncate(shared);
        self.key.extend_from_slice(self.reader.bytes()?);
        let height = self.reader.number()?.checked_add(self.base).ok_or(WireError::Field("height"))?;
        Ok(Some((height, self.reader.bytes()?)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;

    use super::*;

    fn sealed(entries: &[(Vec<u8>, u64, Vec<u8>)]) -> Vec<u8> {
        let mut writer = BlockWriter::new(7);
        entries.iter().for_each(|(key, height, value)| writer.push(key, *height, value));
        writer.seal()
    }

    proptest! {
        #[test]
        fn blocks_return(model in btree_map((vec(any::<u8>(), 0..40), 7u64..99), vec(any::<u8>(), 0..90), 0..60)) {
            let list: Vec<_> = model.into_iter().map(|((key, height), value)| (key, height, value)).collect();
            let plain = open(&sealed(&list)).unwrap();
            let (mut entries, mut found) = (Entries::new(&plain, 7), Vec::new());
            while let Some((height, value)) = entries.next().unwrap() {
                let (left, key) = (entries.left(), entries.key().to_vec());
                found.push((key.clone(), height, value.to_vec()));
                entries = Entries::resume(&plain, left, key, 7);
            }
            prop_assert_eq!(found, list);
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..200), kind in 0u8..3) {
            let mut block = bytes.clone();
            block.insert(0, kind);
            block.extend_from_slice(&crc32fast::hash(&block).to_le_bytes());
            let plain = open(&block);
            if kind == PLAIN {
                prop_assert_eq!(plain.as_deref(), Some(&bytes[..]));
            }
            let plain = plain.unwrap_or_default();
            let mut entries = Entries::new(&plain, 1);
            while let Ok(Some(_)) = entries.next() {}
        }
    }

    #[test]
    fn what_repeats_is_packed_and_what_does_not_is_left() {
        let repeating: Vec<_> = (0..200u64).map(|n| (n.to_be_bytes().to_vec(), 9, vec![5; 30])).collect();
        assert!(sealed(&repeating).len() < 200 * 12);
        let mut state = 1u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state.to_be_bytes()[0]
        };
        let noise = [(vec![1], 9, (0..4_000).map(|_| random()).collect::<Vec<u8>>())];
        assert_eq!(sealed(&noise)[0], PLAIN);
    }
}
