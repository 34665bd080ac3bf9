//! Writing a run: entries in, one file out that appears whole or not at all.
//!
//! ```text
//! name    FIRST-LAST.run             heights, 20 digits each
//! header  "SEIZARUN" | format u32 = 2
//! blocks  see block.rs: those of entries, and among them index blocks, whose entries are (first key, first height) of a
//!         block -> offset | bytes
//! filter  pages, see filter.rs
//! top     count, then for each index block: first key as a byte string | first height | offset | bytes
//! footer  (64 bytes, little-endian) filter offset u64 | filter pages u64 | top offset u64 | top bytes u64 | entries u64
//!         | level u64 | crc32(top) u32 | format u32 | crc32(the 56 bytes before) u32 | "SRUN"
//! ```

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use seiza_types::Height;

use super::block::BlockWriter;
use super::filter;
use super::names::path;
use super::run::Run;
use super::tables::{Footer, Place, header, put_top};
use crate::StorageError;
use crate::entry::Entry;
use crate::files::NewFile;
use crate::limits::{RUN_BLOCK_BYTES, RUN_INDEX_BYTES};
use crate::wire::put_number;

/// Which run to write.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RunSpec<'a> {
    /// Folder.
    pub(crate) dir: &'a Path,
    /// First and last height.
    pub(crate) range: (Height, Height),
    /// How often its entries were merged.
    pub(crate) level: u64,
    /// Whether it has to be durable when it appears.
    pub(crate) fsync: bool,
}

/// Writes a run of entries that ascend by key and height, and opens it.
pub(crate) fn write(
    spec: RunSpec<'_>,
    entries: impl Iterator<Item = Result<Entry, StorageError>>,
) -> Result<Run, StorageError> {
    let path = path(spec.dir, spec.range);
    let new = NewFile::create(&path, spec.fsync)?;
    let file = new.file.try_clone().map_err(StorageError::io("open", new.temporary()))?;
    let mut writer = Writer::new(file, spec.range.0);
    let failed = || StorageError::io("write", new.temporary());
    writer.out(&header()).map_err(failed())?;
    for entry in entries {
        writer.push(&entry?).map_err(failed())?;
    }
    writer.finish(spec.level).map_err(failed())?;
    new.publish()?;
    Run::open(path)
}

struct Writer {
    file: BufWriter<File>,
    offset: u64,
    /// The block that is being filled, and its first entry.
    block: BlockWriter,
    block_first: Option<(Vec<u8>, Height)>,
    /// The index block that is being filled, and its first entry.
    index: BlockWriter,
    index_first: Option<(Vec<u8>, Height)>,
    last: Option<(Vec<u8>, Height)>,
    tops: Vec<u8>,
    top_count: u64,
    entries: u64,
    hashes: Vec<u64>,
}

impl Writer {
    fn new(file: File, base: Height) -> Self {
        Self {
            file: BufWriter::with_capacity(1 << 18, file),
            offset: 0,
            block: BlockWriter::new(base),
            block_first: None,
            index: BlockWriter::new(base),
            index_first: None,
            last: None,
            tops: Vec::new(),
            top_count: 0,
            entries: 0,
            hashes: Vec::new(),
        }
    }

    fn out(&mut self, bytes: &[u8]) -> std::io::Result<Place> {
        let place = Place { offset: self.offset, bytes: bytes.len() };
        self.offset += bytes.len() as u64;
        self.file.write_all(bytes).map(|()| place)
    }

    fn push(&mut self, entry: &Entry) -> std::io::Result<()> {
        let same_key = self.last.as_ref().is_some_and(|(key, height)| {
            assert!((key, height) < (&entry.key, &entry.height), "entries of a run ascend");
            *key == entry.key
        });
        if !same_key {
            self.hashes.push(filter::hash(&entry.key));
        }
        if self.block_first.is_none() {
            self.block_first = Some((entry.key.clone(), entry.height));
        }
        self.block.push(&entry.key, entry.height, &entry.value);
        self.last = Some((entry.key.clone(), entry.height));
        self.entries += 1;
        if self.block.bytes() >= RUN_BLOCK_BYTES { self.end_block() } else { Ok(()) }
    }

    fn end_block(&mut self) -> std::io::Result<()> {
        let Some((key, height)) = self.block_first.take() else { return Ok(()) };
        let block = self.block.seal();
        let place = self.out(&block)?;
        self.index.push(&key, height, &place.encode());
        self.index_first.get_or_insert((key, height));
        if self.index.bytes() >= RUN_INDEX_BYTES { self.end_index() } else { Ok(()) }
    }

    fn end_index(&mut self) -> std::io::Result<()> {
        let Some((key, height)) = self.index_first.take() else { return Ok(()) };
        let block = self.index.seal();
        let place = self.out(&block)?;
        put_top(&mut self.tops, &key, height, place);
        self.top_count += 1;
        Ok(())
    }

    fn finish(mut self, level: u64) -> std::io::Result<()> {
        self.end_block()?;
        self.end_index()?;
        let filter = filter::build(&self.hashes);
        let mut top = Vec::with_capacity(self.tops.len() + 10);
        put_number(&mut top, self.top_count);
        top.append(&mut self.tops);
        let filter_at = self.out(&filter)?.offset;
        let top_at = self.out(&top)?.offset;
        let footer = Footer {
            filter_at,
            filter_pages: (filter.len() / filter::PAGE_BYTES) as u64,
            top_at,
            top_bytes: top.len() as u64,
            entries: self.entries,
            level,
            checksum: crc32fast::hash(&top),
        };
        self.out(&footer.encode())?;
        self.file.flush()
    }
}
