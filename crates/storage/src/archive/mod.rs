//! The archive: a folder or an object store that takes the files which pruning would drop, and from which they are read as if
//! they were still here.
//!
//! ```text
//! PLACE/chain                          SHA-256 of genesis.bin, hex: whose archive it is
//! PLACE/runs/FIRST-LAST.run
//! PLACE/blocks/blocks-HEIGHT.log
//! PLACE/changes/changes-HEIGHT.log     as they were on the disk
//! ```
//!
//! Promises: a file is removed here only once the archive has all of it; an archive that cannot be reached delays pruning and
//! fails reads below the horizon, nothing else; what is read is checked by the checksums inside the files. Of every run the
//! filter is kept on the disk (1.3 bytes a key), so that looking for a hash that nobody has asks nobody; of an object store
//! pages are, within a bound.

mod file;
mod objects;
mod pages;

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use sha2::{Digest as _, Sha256};

use crate::index::{self, Run};
use crate::limits::ARCHIVE_PAGE_BYTES;
use crate::{StorageError, files};
pub(crate) use file::ArchivedFile;
use objects::Objects;
use pages::PageCache;

/// Folder of what is kept of the archive, inside the storage folder.
pub(crate) const CACHE_DIR: &str = "archive-cache";
/// Folders of the archive.
pub(crate) const RUNS: &str = "runs";
pub(crate) const BLOCKS: &str = "blocks";
pub(crate) const CHANGES: &str = "changes";
const CHAIN: &str = "chain";

/// Where what pruning would drop is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveOptions {
    /// A folder, or `s3://BUCKET/PREFIX`. One node's alone. Keys, region and endpoint of an object store come from the
    /// environment, by the names that AWS gave them: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`,
    /// `AWS_ENDPOINT_URL`, `AWS_ALLOW_HTTP`.
    pub place: String,
    /// Bytes of an object store's pages that are kept on the disk.
    pub cache_bytes: u64,
}

/// An archive; see the module.
#[derive(Debug)]
pub(crate) struct Archive {
    objects: Objects,
    pages: PageCache,
    tails: PathBuf,
    fsync: bool,
    /// Sizes of the archived files by name: what there is.
    sizes: Mutex<HashMap<String, u64>>,
    attached: AtomicBool,
}

impl Archive {
    /// The archive of a storage folder. Asks nobody yet.
    pub(crate) fn open(options: &ArchiveOptions, dir: &Path, fsync: bool) -> Result<Arc<Self>, StorageError> {
        let cache = dir.join(CACHE_DIR);
        let tails = cache.join("tails");
        files::make_dir(&tails)?;
        files::sweep(&tails)?;
        Ok(Arc::new(Self {
            objects: Objects::open(&options.place, fsync)?,
            pages: PageCache::open(cache.join("pages"), options.cache_bytes)?,
            tails,
            fsync,
            sizes: Mutex::default(),
            attached: AtomicBool::new(false),
        }))
    }

    /// Whether [`Archive::attach`] has succeeded.
    pub(crate) fn is_attached(&self) -> bool {
        self.attached.load(Ordering::Acquire)
    }

    /// Looks what the archive has, and answers its runs, ascending, without overlap. A new one is given to the chain whose
    /// genesis file this is.
    ///
    /// # Errors
    /// [`StorageError::Archive`] where it is another chain's, [`StorageError::Unreachable`] where nobody answers.
    pub(crate) fn attach(self: &Arc<Self>, genesis: &Path) -> Result<Vec<Run>, StorageError> {
        let failed = |error: io::Error| StorageError::Unreachable(format!("{}: {error}", self.objects.place()));
        let bytes = std::fs::read(genesis).map_err(StorageError::io("read", genesis))?;
        let chain: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        match self.objects.get(CHAIN) {
            Ok(stored) if stored == chain.as_bytes() => {}
            Ok(_) => return Err(StorageError::Archive(format!("{} belongs to another chain", self.objects.place()))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.objects.put(CHAIN, chain.into_bytes()).map_err(failed)?;
            }
            Err(error) => return Err(failed(error)),
        }
        let mut sizes = HashMap::new();
        for folder in [RUNS, BLOCKS, CHANGES] {
            sizes.extend(self.objects.list(folder).map_err(failed)?);
        }
        let runs = sizes.keys().filter(|name| name.starts_with(RUNS)).map(PathBuf::from).collect();
        *self.sizes.lock() = sizes;
        self.attached.store(true, Ordering::Release);
        let (kept, _) = index::kept(runs);
        Ok(kept.iter().filter_map(|(_, path)| self.file(path.to_str()?)).map(Run::archived).collect())
    }

    /// Ends whatever waits for the archive: the storage is being closed.
    pub(crate) fn stop(&self) {
        self.objects.stop();
    }

    /// A file of the archive; `None` where it has none of that name.
    pub(crate) fn file(self: &Arc<Self>, name: &str) -> Option<ArchivedFile> {
        let bytes = *self.sizes.lock().get(name)?;
        Some(ArchivedFile::new(self.clone(), name.to_owned(), bytes))
    }

    /// Puts a whole file into a folder of the archive; one that is there already with the same size stays. When this
    /// returns, the local one may go.
    pub(crate) fn keep(self: &Arc<Self>, folder: &str, path: &Path) -> io::Result<ArchivedFile> {
        let local = path.file_name().and_then(|name| name.to_str()).expect("files of ours have plain names");
        let name = format!("{folder}/{local}");
        let bytes = std::fs::metadata(path)?.len();
        let known = self.sizes.lock().get(&name).copied();
        if known != Some(bytes) {
            self.objects.upload(&name, path)?;
            let stored = self.objects.size(&name)?;
            if stored != bytes {
                return Err(io::Error::other(format!("{name} has {stored} bytes there, {bytes} here")));
            }
            self.sizes.lock().insert(name.clone(), bytes);
        }
        Ok(ArchivedFile::new(self.clone(), name, bytes))
    }

    /// A page of an archived file: from the disk where it is there.
    fn page(&self, name: &str, bytes: u64, page: u64) -> io::Result<Vec<u8>> {
        let key = format!("{}.{page}", name.replace('/', "-"));
        if let Some(found) = self.pages.get(&key) {
            return Ok(found);
        }
        let start = page * ARCHIVE_PAGE_BYTES;
        let found = self.objects.read(name, start..bytes.min(start + ARCHIVE_PAGE_BYTES))?;
        self.pages.put(&key, &found);
        Ok(found)
    }
}
