//! One run: a file that never changes. A directory of its index blocks is in memory; all else is read as it is asked for,
//! through a cache that all runs share.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use seiza_types::Height;

use super::block;
use super::names::range_of;
use super::source::Source;
use super::tables::{FORMAT, HEADER_BYTES, MAGIC, Place, Tables};
use super::{cache, filter};
use crate::archive::ArchivedFile;
use crate::{StorageError, WireError};

/// Names runs for the cache; a path may be taken by another run later.
static NEXT_ID: AtomicU64 = AtomicU64::new(0);

/// A run, open.
#[derive(Debug)]
pub(crate) struct Run {
    /// Where it lies, for errors: a local path, or one in the archive.
    path: PathBuf,
    source: Source,
    id: u64,
    first: Height,
    last: Height,
    bytes: u64,
    /// Read at opening of a local file, when first needed of an archived one.
    tables: OnceLock<Tables>,
}

impl Run {
    /// Opens a run and checks its header and directory; blocks and filter are checked when they are read.
    pub(crate) fn open(path: PathBuf) -> Result<Self, StorageError> {
        let file = File::open(&path).map_err(StorageError::io("open", &path))?;
        let bytes = file.metadata().map_err(StorageError::io("open", &path))?.len();
        let run = Self::over(path, bytes, Source::Local(file));
        run.check_header()?;
        run.tables()?;
        Ok(run)
    }

    fn check_header(&self) -> Result<(), StorageError> {
        let found = self.read(Place { offset: 0, bytes: HEADER_BYTES })?;
        match found.strip_prefix(MAGIC) {
            Some(format) if format == FORMAT.to_le_bytes() => Ok(()),
            Some([format, 0, 0, 0]) => {
                Err(StorageError::Format { path: self.path.clone(), found: format.to_string(), expected: "3" })
            }
            _ => Err(StorageError::damaged(&self.path, 0, "the file's header is wrong")),
        }
    }

    /// A run of the archive; nothing of it is read yet.
    pub(crate) fn archived(file: ArchivedFile) -> Self {
        Self::over(file.place(), file.bytes(), Source::Archived(file))
    }

    fn over(path: PathBuf, bytes: u64, source: Source) -> Self {
        let (first, last) = range_of(&path).expect("only runs are opened");
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        Self { path, source, id, first, last, bytes, tables: OnceLock::new() }
    }

    /// The first height covered.
    pub(crate) fn first(&self) -> Height {
        self.first
    }

    /// The last height covered.
    pub(crate) fn last(&self) -> Height {
        self.last
    }

    /// How often the entries were merged; 0 of an archived run, which is merged no more.
    pub(crate) fn level(&self) -> u64 {
        self.tables.get().map_or(0, |tables| tables.footer.level)
    }

    /// Size of the file.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Where the file lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is on this machine's disk.
    pub(crate) fn is_local(&self) -> bool {
        self.source.is_local()
    }

    /// Where the filter begins: from there to the end lies what every look needs.
    pub(crate) fn tail_at(&self) -> Result<u64, StorageError> {
        Ok(self.tables()?.footer.filter_at)
    }

    /// How many entries it has.
    pub(crate) fn entries(&self) -> Result<u64, StorageError> {
        Ok(self.tables()?.footer.entries)
    }

    pub(super) fn tables(&self) -> Result<&Tables, StorageError> {
        if let Some(tables) = self.tables.get() {
            return Ok(tables);
        }
        let damaged = |offset, what: &str| StorageError::damaged(&self.path, offset, what);
        let read = |offset, count| self.read(Place { offset, bytes: count });
        let tables = match Tables::read(self.bytes, read, damaged) {
            Err(StorageError::Damaged { .. }) if self.source.drop_tail() => Tables::read(self.bytes, read, damaged)?,
            read => read?,
        };
        self.source.keep_tail(tables.footer.filter_at);
        Ok(self.tables.get_or_init(|| tables))
    }

    /// Whether the run may have entries of a key: `false` is certain.
    pub(super) fn may_hold(&self, key: &[u8]) -> Result<bool, StorageError> {
        let footer = &self.tables()?.footer;
        let hash = filter::hash(key);
        let page = filter::page_of(hash, footer.filter_pages);
        let place = Place { offset: footer.filter_at + (page * filter::PAGE_BYTES) as u64, bytes: filter::PAGE_BYTES };
        let page = match cache::get((self.id, place.offset)) {
            Some(page) => page,
            None => self.filter_page(place)?,
        };
        Ok(filter::may_hold(&page, hash))
    }

    pub(super) fn filter_page(&self, place: Place) -> Result<Arc<[u8]>, StorageError> {
        let page: Arc<[u8]> = self.read(place)?.into();
        if !filter::page_holds(&page) {
            let what = "a page of the filter does not match its checksum";
            let damaged = Err(StorageError::damaged(&self.path, place.offset, what));
            return if self.source.drop_tail() { self.filter_page(place) } else { damaged };
        }
        cache::put((self.id, place.offset), page.clone());
        Ok(page)
    }

    /// A block's entries; `keep` says whether others will want them soon.
    pub(super) fn block(&self, place: Place, keep: bool) -> Result<Arc<[u8]>, StorageError> {
        if let Some(block) = cache::get((self.id, place.offset)) {
            return Ok(block);
        }
        let stored = self.read(place)?;
        let damaged = || StorageError::damaged(&self.path, place.offset, "a block does not match its checksum");
        let block: Arc<[u8]> = block::open(&stored).ok_or_else(damaged)?.into();
        if keep {
            cache::put((self.id, place.offset), block.clone());
        }
        Ok(block)
    }

    fn read(&self, place: Place) -> Result<Vec<u8>, StorageError> {
        let within = place.offset.checked_add(place.bytes as u64).is_some_and(|end| end <= self.bytes);
        let damaged = || StorageError::damaged(&self.path, place.offset, "the file ends too early");
        if !within {
            return Err(damaged());
        }
        let mut out = vec![0; place.bytes];
        match self.source.read_exact_at(&mut out, place.offset) {
            Ok(()) => Ok(out),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Err(damaged()),
            Err(error) => Err(StorageError::io("read", &self.path)(error)),
        }
    }

    /// The error for a block whose checksum holds but which does not decode.
    pub(super) fn damage(&self, place: Place, error: WireError) -> StorageError {
        StorageError::damaged(&self.path, place.offset, error.to_string())
    }
}
