//! One file of the archive, read by its parts.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;

use super::Archive;
use crate::files::NewFile;
use crate::limits::ARCHIVE_PAGE_BYTES;
use crate::log::ReadAt;
use crate::{StorageError, files};

/// See the module.
#[derive(Debug)]
pub(crate) struct ArchivedFile {
    archive: Arc<Archive>,
    name: String,
    bytes: u64,
    tail: Mutex<Tail>,
}

/// The end of the file, kept on the disk: bytes from `at` on.
#[derive(Debug, Clone, Default)]
enum Tail {
    /// Nobody has looked yet.
    #[default]
    Unknown,
    None,
    Kept {
        at: u64,
        file: Arc<File>,
    },
}

impl ArchivedFile {
    pub(super) fn new(archive: Arc<Archive>, name: String, bytes: u64) -> Self {
        Self { archive, name, bytes, tail: Mutex::default() }
    }

    /// Where it lies, for people.
    pub(crate) fn place(&self) -> PathBuf {
        PathBuf::from(self.archive.objects.place()).join(&self.name)
    }

    /// Its size.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Fills `out` from `offset` on.
    pub(crate) fn read_exact_at(&self, out: &mut [u8], offset: u64) -> io::Result<()> {
        if offset.checked_add(out.len() as u64).is_none_or(|end| end > self.bytes) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match self.tail() {
            Tail::Kept { at, file } if offset >= at => file.read_exact_at(out, offset - at),
            _ => self.read_away(out, offset),
        }
    }

    /// Reads from the archive itself, or what is kept of its pages.
    fn read_away(&self, out: &mut [u8], offset: u64) -> io::Result<()> {
        match self.archive.objects.folder() {
            Some(folder) => File::open(folder.join(&self.name))?.read_exact_at(out, offset),
            None => self.read_pages(out, offset),
        }
    }

    fn read_pages(&self, mut out: &mut [u8], mut offset: u64) -> io::Result<()> {
        while !out.is_empty() {
            let page = self.archive.page(&self.name, self.bytes, offset / ARCHIVE_PAGE_BYTES)?;
            let from = usize::try_from(offset % ARCHIVE_PAGE_BYTES).expect("below a page");
            let part = page.get(from..).filter(|part| !part.is_empty()).ok_or(io::ErrorKind::UnexpectedEof)?;
            let count = part.len().min(out.len());
            let (filled, rest) = out.split_at_mut(count);
            filled.copy_from_slice(&part[..count]);
            (out, offset) = (rest, offset + count as u64);
        }
        Ok(())
    }

    fn tail_path(&self) -> PathBuf {
        self.archive.tails.join(format!("{}.tail", self.name.replace('/', "-")))
    }

    /// The tail, where it was kept.
    fn tail(&self) -> Tail {
        let mut tail = self.tail.lock();
        if matches!(*tail, Tail::Unknown) {
            let kept = File::open(self.tail_path()).and_then(|file| Ok((file.metadata()?.len(), file)));
            *tail = match kept {
                Ok((bytes, file)) if bytes <= self.bytes => Tail::Kept { at: self.bytes - bytes, file: Arc::new(file) },
                _ => Tail::None,
            };
        }
        tail.clone()
    }

    /// Keeps all from `at` on, on the disk. Not having it costs only time.
    pub(crate) fn keep_tail(&self, at: u64) {
        self.keep_tail_by(at, &|out, offset| self.read_away(out, offset));
    }

    /// Keeps all from `at` on, on the disk, of the file that this was made from.
    pub(crate) fn copy_tail(&self, local: &Path, at: u64) {
        if let Ok(file) = File::open(local) {
            self.keep_tail_by(at, &|out, offset| file.read_exact_at(out, offset));
        }
    }

    fn keep_tail_by(&self, at: u64, read: ReadAt<'_>) {
        if matches!(self.tail(), Tail::Kept { .. }) {
            return;
        }
        match self.write_tail(at, read) {
            Ok(()) => *self.tail.lock() = Tail::Unknown,
            Err(error) => tracing::debug!(%error, file = self.name, "its filter could not be kept"),
        }
    }

    fn write_tail(&self, mut at: u64, read: ReadAt<'_>) -> Result<(), StorageError> {
        let path = self.tail_path();
        let mut new = NewFile::create(&path, self.archive.fsync)?;
        while at < self.bytes {
            let mut part = vec![0; usize::try_from(ARCHIVE_PAGE_BYTES.min(self.bytes - at)).expect("a page at most")];
            read(&mut part, at).map_err(StorageError::io("read", &self.place()))?;
            new.file.write_all(&part).map_err(StorageError::io("write", new.temporary()))?;
            at += part.len() as u64;
        }
        new.publish()
    }

    /// Lets a tail go that does not hold what it should; answers whether there was one, so that asking again may help.
    pub(crate) fn drop_tail(&self) -> bool {
        let kept = matches!(std::mem::replace(&mut *self.tail.lock(), Tail::None), Tail::Kept { .. });
        kept && files::remove(&self.tail_path()).is_ok()
    }
}
