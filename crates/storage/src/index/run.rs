//! One run: a file that never changes. A directory of its index blocks is in memory; all else is read as it is asked for,
//! through a cache that all runs share.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use seiza_types::Height;

use super::block::{self, Entries};
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

/// A block's place in the run: which index block, and which of its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At {
    pub(super) top: usize,
    pub(super) slot: usize,
}

impl Run {
    /// Opens a run and checks its header and directory; blocks and filter are checked when they are read.
    pub(crate) fn open(path: PathBuf) -> Result<Self, StorageError> {
        let file = File::open(&path).map_err(StorageError::io("open", &path))?;
        let bytes = file.metadata().map_err(StorageError::io("open", &path))?.len();
        let run = Self::over(path, bytes, Source::Local(file));
        let found = run.read(Place { offset: 0, bytes: HEADER_BYTES })?;
        match found.strip_prefix(MAGIC) {
            Some(format) if format == FORMAT.to_le_bytes() => {}
            Some([format, 0, 0, 0]) => {
                return Err(StorageError::Format { path: run.path, found: format.to_string(), expected: "3" });
            }
            _ => return Err(StorageError::damaged(&run.path, 0, "the file's header is wrong")),
        }
        run.tables()?;
        Ok(run)
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

    /// All entries of a key, ascending in height.
    pub(crate) fn all(&self, key: &[u8]) -> Result<Vec<(Height, Vec<u8>)>, StorageError> {
        let mut all = Vec::new();
        self.visit_key(key, 0, &mut |height, value| {
            all.push((height, value.to_vec()));
            ControlFlow::Continue(())
        })?;
        Ok(all)
    }

    /// The first entry of a key above a height.
    pub(crate) fn first_above(&self, key: &[u8], height: Height) -> Result<Option<Vec<u8>>, StorageError> {
        let mut found = None;
        self.visit_key(key, height.saturating_add(1), &mut |_, value| {
            found = Some(value.to_vec());
            ControlFlow::Break(())
        })?;
        Ok(found)
    }

    /// Visits a key's entries from a height on.
    pub(crate) fn visit_key(
        &self,
        key: &[u8],
        from: Height,
        visit: &mut dyn FnMut(Height, &[u8]) -> ControlFlow<()>,
    ) -> Result<(), StorageError> {
        if !self.may_hold(key)? {
            return Ok(());
        }
        let mut at = self.find(key, from)?;
        while let Some((place, next)) = at {
            let block = self.block(place, true)?;
            let mut entries = Entries::new(&block, self.first);
            while let Some((height, value)) = entries.next().map_err(|error| self.damage(place, error))? {
                if (entries.key(), height) < (key, from) {
                    continue;
                }
                if entries.key() != key || visit(height, value).is_break() {
                    return Ok(());
                }
            }
            at = self.place(next)?;
        }
        Ok(())
    }

    fn may_hold(&self, key: &[u8]) -> Result<bool, StorageError> {
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

    /// The last block that begins at or before an entry, where it has to be, and what comes behind it. `None` in a run
    /// without entries.
    pub(super) fn find(&self, key: &[u8], height: Height) -> Result<Option<(Place, At)>, StorageError> {
        let tables = self.tables()?;
        let top = tables.top_of(key, height);
        let Some(index) = tables.tops.get(top) else { return Ok(None) };
        let block = self.block(index.place, true)?;
        let mut entries = Entries::new(&block, self.first);
        let mut found = None;
        let mut slot = 0;
        while let Some((first, value)) = entries.next().map_err(|error| self.damage(index.place, error))? {
            if found.is_some() && (entries.key(), first) > (key, height) {
                break;
            }
            let place = Place::decode(value).map_err(|error| self.damage(index.place, error))?;
            slot += 1;
            found = Some((place, At { top, slot }));
        }
        Ok(found)
    }

    /// The block at a place, and what comes behind it; `None` at the end.
    pub(super) fn place(&self, at: At) -> Result<Option<(Place, At)>, StorageError> {
        let Some(index) = self.tables()?.tops.get(at.top) else { return Ok(None) };
        let block = self.block(index.place, true)?;
        let mut entries = Entries::new(&block, self.first);
        for slot in 0.. {
            match entries.next().map_err(|error| self.damage(index.place, error))? {
                Some((_, value)) if slot == at.slot => {
                    let place = Place::decode(value).map_err(|error| self.damage(index.place, error))?;
                    return Ok(Some((place, At { top: at.top, slot: slot + 1 })));
                }
                Some(_) => {}
                None => break,
            }
        }
        self.place(At { top: at.top + 1, slot: 0 })
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
