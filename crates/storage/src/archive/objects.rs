//! The object store, asked synchronously. A small runtime of its own does the waiting, so that whoever reads may be a thread
//! of any kind. A folder is an object store like others, but is read directly.

use std::future::Future;
use std::io::{self, Read as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use futures::TryStreamExt as _;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;
use object_store::{ObjectStore, ObjectStoreExt as _, RetryConfig};
use tokio::runtime::{Builder, Runtime};

use crate::limits::{ARCHIVE_PART_BYTES, ARCHIVE_RETRIES, ARCHIVE_RETRY_S};
use crate::{StorageError, files};

/// How often one who waits looks whether it is to end.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// An object store below one prefix.
#[derive(Debug)]
pub(super) struct Objects {
    store: Arc<dyn ObjectStore>,
    prefix: ObjectPath,
    place: String,
    folder: Option<PathBuf>,
    /// Taken at the end only.
    runtime: Option<Runtime>,
    /// Whoever waits waits no longer.
    stopped: AtomicBool,
}

impl Objects {
    /// The store at a place: a folder, or `s3://BUCKET/PREFIX`.
    pub(super) fn open(place: &str, fsync: bool) -> Result<Self, StorageError> {
        let failed = |error: &dyn std::fmt::Display| StorageError::Archive(format!("{place}: {error}"));
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("seiza-archive").enable_all().build();
        let runtime = Some(runtime.map_err(|error| failed(&error))?);
        let (store, prefix, folder): (Arc<dyn ObjectStore>, _, _) = match place.split_once("://") {
            Some(("s3", rest)) => {
                let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
                let store = s3(bucket).map_err(|error| failed(&error))?;
                (Arc::new(store), ObjectPath::parse(prefix).map_err(|error| failed(&error))?, None)
            }
            Some(("file", _)) | None => {
                let folder = PathBuf::from(place.strip_prefix("file://").unwrap_or(place));
                files::make_dir(&folder)?;
                let store = LocalFileSystem::new_with_prefix(&folder).map_err(|error| failed(&error))?;
                (Arc::new(store.with_fsync(fsync)), ObjectPath::default(), Some(folder))
            }
            Some((scheme, _)) => {
                return Err(failed(&format!("`{scheme}` is unknown; a folder or s3://BUCKET/PREFIX is wanted")));
            }
        };
        Ok(Self {
            store,
            prefix,
            place: place.trim_end_matches('/').to_owned(),
            folder,
            runtime,
            stopped: AtomicBool::new(false),
        })
    }

    /// The place, as it was named.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// The folder, where it is one.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    fn path(&self, name: &str) -> ObjectPath {
        name.split('/').fold(self.prefix.clone(), |path, part| path.join(part))
    }

    /// Waits for a request, on whatever thread. Requests end by themselves: the client's time is bounded.
    fn wait<T: Send + 'static>(
        &self,
        request: impl Future<Output = object_store::Result<T>> + Send + 'static,
    ) -> io::Result<T> {
        let (sender, receiver) = mpsc::sync_channel(1);
        let runtime = self.runtime.as_ref().expect("taken at the end only");
        runtime.spawn(async move {
            // Whoever asked waits until it is answered.
            let _ = sender.send(request.await);
        });
        let answer = loop {
            match receiver.recv_timeout(LOOK_EVERY) {
                Ok(answer) => break answer,
                Err(RecvTimeoutError::Timeout) if !self.stopped.load(Ordering::Relaxed) => {}
                Err(error) => return Err(io::Error::new(io::ErrorKind::Interrupted, error)),
            }
        };
        answer.map_err(|error| match error {
            object_store::Error::NotFound { .. } => io::Error::new(io::ErrorKind::NotFound, error),
            other => io::Error::other(other),
        })
    }

    /// Ends all waiting: the storage is being closed.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Names, below the prefix, and sizes of a folder's objects.
    pub(super) fn list(&self, folder: &str) -> io::Result<Vec<(String, u64)>> {
        let (store, path) = (self.store.clone(), self.path(folder));
        let found = self.wait(async move { store.list(Some(&path)).try_collect::<Vec<_>>().await })?;
        let name = |path: &ObjectPath| Some(format!("{folder}/{}", path.filename()?));
        Ok(found.into_iter().filter_map(|object| Some((name(&object.location)?, object.size))).collect())
    }

    /// An object's size.
    pub(super) fn size(&self, name: &str) -> io::Result<u64> {
        let (store, path) = (self.store.clone(), self.path(name));
        self.wait(async move { store.head(&path).await }).map(|object| object.size)
    }

    /// A small object, whole.
    pub(super) fn get(&self, name: &str) -> io::Result<Vec<u8>> {
        let (store, path) = (self.store.clone(), self.path(name));
        self.wait(async move { store.get(&path).await?.bytes().await }).map(|bytes| bytes.to_vec())
    }

    /// Writes a small object.
    pub(super) fn put(&self, name: &str, bytes: Vec<u8>) -> io::Result<()> {
        let (store, path) = (self.store.clone(), self.path(name));
        self.wait(async move { store.put(&path, bytes.into()).await }).map(|_| ())
    }

    /// A part of an object.
    pub(super) fn read(&self, name: &str, range: Range<u64>) -> io::Result<Vec<u8>> {
        let (store, path) = (self.store.clone(), self.path(name));
        let expected = range.end - range.start;
        let bytes = self.wait(async move { store.get_range(&path, range).await })?;
        if bytes.len() as u64 == expected { Ok(bytes.to_vec()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// Writes a file as an object: whole where it is small, else in parts, so that memory is bounded.
    pub(super) fn upload(&self, name: &str, local: &Path) -> io::Result<()> {
        let mut file = std::fs::File::open(local)?;
        let first = part(&mut file)?;
        if first.len() < ARCHIVE_PART_BYTES {
            return self.put(name, first);
        }
        let (store, path) = (self.store.clone(), self.path(name));
        let mut upload = self.wait(async move { store.put_multipart(&path).await })?;
        let mut next = first;
        while !next.is_empty() {
            let sent = self.wait(upload.put_part(next.into()));
            if let Err(error) = sent {
                // Parts that stay behind cost money until the store's own rule removes them; nothing else.
                let _ = self.wait(async move { upload.abort().await });
                return Err(error);
            }
            next = part(&mut file)?;
        }
        self.wait(async move { upload.complete().await }).map(|_| ())
    }
}

/// The next part of a file; empty at its end.
fn part(file: &mut std::fs::File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(ARCHIVE_PART_BYTES as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn s3(bucket: &str) -> object_store::Result<object_store::aws::AmazonS3> {
    // Another part of the program may have chosen a provider already; any serves.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let retry = RetryConfig {
        max_retries: ARCHIVE_RETRIES,
        retry_timeout: Duration::from_secs(ARCHIVE_RETRY_S),
        ..RetryConfig::default()
    };
    AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(retry).build()
}

impl Drop for Objects {
    fn drop(&mut self) {
        // Not waiting: this may be a thread of another runtime, which must not block.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
