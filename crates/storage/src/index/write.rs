//! Writing a run: entries in, one file out that appears whole or not at all.
//!
//! ```text
//! name    FIRST-LAST.run             heights, 20 digits each
//! header  "SEIZARUN" | format u32 = 1
//! blocks  see block.rs
//! directory  count, then for each block: first key as a byte string | first height | offset | bytes
//! filter     bytes
//! footer  (64 bytes, little-endian) directory offset u64 | directory bytes u64 | filter bytes u64 | entries u64
//!         | level u64 | crc32(directory, filter) u32 | 12 zero bytes | crc32(the 56 bytes before) u32 | "SRUN"
//! ```

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use seiza_types::Height;

use super::block;
use super::filter::{self, Filter};
use super::run::{FOOTER_MAGIC, FORMAT, MAGIC, Run, path};
use crate::StorageError;
use crate::entry::Entry;
use crate::files::NewFile;
use crate::limits::RUN_BLOCK_BYTES;
use crate::wire::{put_bytes, put_number};

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
    let mut writer = Writer::new(file);
    let failed = || StorageError::io("write", new.temporary());
    writer.out(&[&MAGIC[..], &FORMAT.to_le_bytes()].concat()).map_err(failed())?;
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
    block: Vec<u8>,
    last: Option<(Vec<u8>, Height)>,
    directory: Vec<u8>,
    blocks: u64,
    entries: u64,
    hashes: Vec<u64>,
}

impl Writer {
    fn new(file: File) -> Self {
        Self {
            file: BufWriter::with_capacity(1 << 18, file),
            offset: 0,
            block: Vec::with_capacity(RUN_BLOCK_BYTES * 2),
            last: None,
            directory: Vec::new(),
            blocks: 0,
            entries: 0,
            hashes: Vec::new(),
        }
    }

    fn out(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.offset += bytes.len() as u64;
        self.file.write_all(bytes)
    }

    fn push(&mut self, entry: &Entry) -> std::io::Result<()> {
        let same_key = self.last.as_ref().is_some_and(|(key, height)| {
            assert!((key, height) < (&entry.key, &entry.height), "entries of a run ascend");
            *key == entry.key
        });
        if !same_key {
            self.hashes.push(filter::hash(&entry.key));
        }
        if self.block.is_empty() {
            put_bytes(&mut self.directory, &entry.key);
            put_number(&mut self.directory, entry.height);
            put_number(&mut self.directory, self.offset);
        }
        block::put_entry(&mut self.block, entry);
        self.last = Some((entry.key.clone(), entry.height));
        self.entries += 1;
        if self.block.len() >= RUN_BLOCK_BYTES { self.end_block() } else { Ok(()) }
    }

    fn end_block(&mut self) -> std::io::Result<()> {
        let mut block = std::mem::take(&mut self.block);
        block::seal(&mut block);
        put_number(&mut self.directory, block.len() as u64);
        self.blocks += 1;
        self.out(&block)?;
        block.clear();
        self.block = block;
        Ok(())
    }

    fn finish(mut self, level: u64) -> std::io::Result<()> {
        if !self.block.is_empty() {
            self.end_block()?;
        }
        let mut directory = Vec::with_capacity(self.directory.len() + 10);
        put_number(&mut directory, self.blocks);
        directory.append(&mut self.directory);
        let filter = Filter::build(&self.hashes);
        let mut footer = Vec::with_capacity(64);
        for number in [self.offset, directory.len() as u64, filter.as_bytes().len() as u64, self.entries, level] {
            footer.extend_from_slice(&number.to_le_bytes());
        }
        let mut checksum = crc32fast::Hasher::new();
        checksum.update(&directory);
        checksum.update(filter.as_bytes());
        footer.extend_from_slice(&checksum.finalize().to_le_bytes());
        footer.extend_from_slice(&[0; 12]);
        let checksum = crc32fast::hash(&footer);
        footer.extend_from_slice(&checksum.to_le_bytes());
        footer.extend_from_slice(FOOTER_MAGIC);
        self.out(&directory)?;
        self.out(filter.as_bytes())?;
        self.out(&footer)?;
        self.file.flush()
    }
}
