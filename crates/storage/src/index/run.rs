//! One run: a file that never changes, its directory and filter in memory, its blocks read as they are asked for.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use seiza_types::Height;

use super::block::{self, EntryRef};
use super::filter::Filter;
use crate::entry::Entry;
use crate::wire::Reader;
use crate::{StorageError, WireError};

/// First bytes of a run.
pub(super) const MAGIC: &[u8; 8] = b"SEIZARUN";
/// Format version, after the magic.
pub(super) const FORMAT: u32 = 1;
/// Last bytes of a run.
pub(super) const FOOTER_MAGIC: &[u8; 4] = b"SRUN";
const HEADER_BYTES: usize = 12;
const FOOTER_BYTES: usize = 64;

/// A run, open. While it is held its file is readable, unlinked or not.
#[derive(Debug)]
pub(crate) struct Run {
    path: PathBuf,
    file: File,
    first: Height,
    last: Height,
    bytes: u64,
    level: u64,
    directory: Vec<Place>,
    filter: Filter,
}

/// Where a block lies, and its first entry.
#[derive(Debug)]
struct Place {
    key: Vec<u8>,
    height: Height,
    offset: u64,
    bytes: usize,
}

/// The name of the run of a range of heights.
pub(super) fn path(dir: &Path, (first, last): (Height, Height)) -> PathBuf {
    dir.join(format!("{first:020}-{last:020}.run"))
}

/// The heights in a run's name; `None` where the name is no run's.
pub(super) fn range_of(path: &Path) -> Option<(Height, Height)> {
    let (first, last) = path.file_name()?.to_str()?.strip_suffix(".run")?.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?))
}

impl Run {
    /// Opens a run and checks its header, directory and filter; blocks are checked when they are read.
    pub(crate) fn open(path: PathBuf) -> Result<Self, StorageError> {
        let (first, last) = range_of(&path).expect("only runs are opened");
        let file = File::open(&path).map_err(StorageError::io("open", &path))?;
        let bytes = file.metadata().map_err(StorageError::io("open", &path))?.len();
        let damaged = |offset, what: &str| StorageError::damaged(&path, offset, what);
        let read = |offset: u64, count: usize| {
            let mut out = vec![0; count];
            file.read_exact_at(&mut out, offset).map(|()| out).map_err(|_| damaged(offset, "the file ends too early"))
        };
        let header = read(0, HEADER_BYTES)?;
        if header != [&MAGIC[..], &FORMAT.to_le_bytes()].concat() {
            return Err(damaged(0, "the file's header is wrong"));
        }
        let footer_at = bytes.saturating_sub(FOOTER_BYTES as u64);
        let footer =
            Footer::read(&read(footer_at, FOOTER_BYTES)?).ok_or_else(|| damaged(footer_at, "the footer is wrong"))?;
        if footer.end() != Some(footer_at) {
            return Err(damaged(footer_at, "the footer does not fit the file"));
        }
        let tables = read(footer.directory_at, footer.directory_bytes + footer.filter_bytes)?;
        if crc32fast::hash(&tables) != footer.checksum {
            return Err(damaged(footer.directory_at, "the directory does not match its checksum"));
        }
        let (directory, filter) = tables.split_at(footer.directory_bytes);
        let directory = read_directory(directory).map_err(|error| damaged(footer.directory_at, &error.to_string()))?;
        let filter = Filter::from_bytes(filter.to_vec());
        Ok(Self { first, last, bytes, level: footer.level, directory, filter, path, file })
    }

    /// The first height covered.
    pub(crate) fn first(&self) -> Height {
        self.first
    }

    /// The last height covered.
    pub(crate) fn last(&self) -> Height {
        self.last
    }

    /// How often the entries were merged.
    pub(crate) fn level(&self) -> u64 {
        self.level
    }

    /// Size of the file.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Where the file lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// All entries of a key, ascending in height.
    pub(crate) fn all(&self, key: &[u8]) -> Result<Vec<(Height, Vec<u8>)>, StorageError> {
        let mut all = Vec::new();
        self.visit_key(key, 0, &mut |entry| {
            all.push((entry.height, entry.value.to_vec()));
            true
        })?;
        Ok(all)
    }

    /// The first entry of a key above a height.
    pub(crate) fn first_above(&self, key: &[u8], height: Height) -> Result<Option<Vec<u8>>, StorageError> {
        let mut found = None;
        self.visit_key(key, height.saturating_add(1), &mut |entry| {
            found = Some(entry.value.to_vec());
            false
        })?;
        Ok(found)
    }

    /// Visits a key's entries from a height on, until `visit` answers `false`.
    fn visit_key(
        &self,
        key: &[u8],
        from: Height,
        visit: &mut dyn FnMut(EntryRef<'_>) -> bool,
    ) -> Result<(), StorageError> {
        if !self.filter.may_hold(key) {
            return Ok(());
        }
        for index in self.block_of(key, from)..self.directory.len() {
            let block = self.block(index)?;
            let mut reader = Reader::new(&block);
            while reader.left() > 0 {
                let entry = block::take_entry(&mut reader).map_err(|error| self.damage(index, error))?;
                if (entry.key, entry.height) < (key, from) {
                    continue;
                }
                if entry.key != key || !visit(entry) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The last block that begins at or before an entry: where it has to be.
    fn block_of(&self, key: &[u8], height: Height) -> usize {
        self.directory.partition_point(|place| (&place.key[..], place.height) <= (key, height)).saturating_sub(1)
    }

    /// A block's entries.
    fn block(&self, index: usize) -> Result<Vec<u8>, StorageError> {
        let place = &self.directory[index];
        let damaged = |what: &str| StorageError::damaged(&self.path, place.offset, what);
        let mut bytes = vec![0; place.bytes];
        self.file.read_exact_at(&mut bytes, place.offset).map_err(|_| damaged("the file ends too early"))?;
        let length = block::open(&bytes).ok_or_else(|| damaged("a block does not match its checksum"))?.len();
        bytes.truncate(length);
        Ok(bytes)
    }

    fn damage(&self, index: usize, error: WireError) -> StorageError {
        StorageError::damaged(&self.path, self.directory[index].offset, error.to_string())
    }
}

/// Walks a run's entries in order.
#[derive(Debug)]
pub(super) struct Cursor {
    run: Arc<Run>,
    /// Index of the block that is loaded.
    index: usize,
    block: Vec<u8>,
    /// Where in the block the next entry begins.
    at: usize,
}

impl Cursor {
    /// A cursor before the first entry that is not below `(key, height)`.
    pub(super) fn new(run: Arc<Run>, key: &[u8], height: Height) -> Result<Self, StorageError> {
        let mut cursor = Self { index: usize::MAX, block: Vec::new(), at: 0, run };
        cursor.seek(key, height)?;
        Ok(cursor)
    }

    /// Goes on to the first entry that is not below `(key, height)`; never back.
    pub(super) fn seek(&mut self, key: &[u8], height: Height) -> Result<(), StorageError> {
        let index = self.run.block_of(key, height);
        if self.index == usize::MAX || index > self.index {
            self.load(index)?;
        }
        while let Some(entry) = self.peek()? {
            if (entry.key, entry.height) >= (key, height) {
                break;
            }
            self.step()?;
        }
        Ok(())
    }

    /// The entry at the cursor, and the cursor behind it.
    pub(super) fn next(&mut self) -> Result<Option<Entry>, StorageError> {
        let entry = self.peek()?.map(EntryRef::to_entry);
        if entry.is_some() {
            self.step()?;
        }
        Ok(entry)
    }

    fn peek(&self) -> Result<Option<EntryRef<'_>>, StorageError> {
        if self.at >= self.block.len() {
            return Ok(None);
        }
        let entry = block::take_entry(&mut Reader::new(&self.block[self.at..]));
        entry.map(Some).map_err(|error| self.run.damage(self.index, error))
    }

    fn step(&mut self) -> Result<(), StorageError> {
        let mut reader = Reader::new(&self.block[self.at..]);
        block::take_entry(&mut reader).map_err(|error| self.run.damage(self.index, error))?;
        self.at = self.block.len() - reader.left();
        if self.at >= self.block.len() { self.load(self.index + 1) } else { Ok(()) }
    }

    /// Loads a block; beyond the last one the cursor is at its end.
    fn load(&mut self, index: usize) -> Result<(), StorageError> {
        self.index = index;
        self.at = 0;
        self.block = if index < self.run.directory.len() { self.run.block(index)? } else { Vec::new() };
        Ok(())
    }
}

struct Footer {
    directory_at: u64,
    directory_bytes: usize,
    filter_bytes: usize,
    level: u64,
    checksum: u32,
}

impl Footer {
    fn read(bytes: &[u8]) -> Option<Self> {
        let (body, rest) = bytes.split_at_checked(56)?;
        let number = |index: usize| u64::from_le_bytes(body[index * 8..index * 8 + 8].try_into().expect("8 bytes"));
        if rest[4..] != FOOTER_MAGIC[..] || rest[..4] != crc32fast::hash(body).to_le_bytes() {
            return None;
        }
        Some(Self {
            directory_at: number(0),
            directory_bytes: usize::try_from(number(1)).ok()?,
            filter_bytes: usize::try_from(number(2)).ok()?,
            level: number(4),
            checksum: u32::from_le_bytes(body[40..44].try_into().expect("4 bytes")),
        })
    }

    /// Where the tables end, which is where the footer has to begin.
    fn end(&self) -> Option<u64> {
        self.directory_at.checked_add(self.directory_bytes as u64)?.checked_add(self.filter_bytes as u64)
    }
}

fn read_directory(bytes: &[u8]) -> Result<Vec<Place>, WireError> {
    let mut reader = Reader::new(bytes);
    let count = reader.count(4)?;
    let places = (0..count)
        .map(|_| {
            let (key, height) = (reader.bytes()?.to_vec(), reader.number()?);
            Ok(Place { key, height, offset: reader.number()?, bytes: reader.number_as("block length")? })
        })
        .collect::<Result<_, WireError>>()?;
    reader.end()?;
    Ok(places)
}
