//! What the one who opens storage decides: durability, how much history stays, sizes, and who hears of progress.

use std::fmt;
use std::sync::Arc;

use crate::archive::ArchiveOptions;
use crate::limits;

/// Settings of one [`crate::Storage`].
#[derive(Clone)]
pub struct Options {
    /// Whether a write waits for the disk. Off only in tests: a power cut then may lose committed blocks.
    pub fsync: bool,
    /// Heights below the head whose blocks and state stay readable; `None` keeps all. Files go whole, so more may stay.
    pub keep_heights: Option<u64>,
    /// Where files go that hold nothing but heights below those: there they stay readable. `None` removes them.
    pub archive: Option<ArchiveOptions>,
    /// Bytes after which a log goes on in a new file.
    pub segment_bytes: u64,
    /// Heights after which the index of a range is written.
    pub run_heights: usize,
    /// Bytes of index entries after which the index of a range is written.
    pub run_bytes: usize,
    /// Bytes of change log after which an image of the trees is written: what a start replays at most, about.
    pub image_log_bytes: u64,
    /// Bytes of images written in a second at most, so that commits have the disk for themselves.
    pub image_bytes_per_second: u64,
    /// Percent of the image files that may be of no use any more: less takes more writing, more takes more disk.
    pub image_dead_percent: u64,
    /// Bytes of memory for what has changed since the last image, about; beyond it an image is written.
    pub changed_bytes_max: u64,
    /// Bytes of memory for the map that makes point reads fast; a state that needs more is read by way of the trees.
    pub index_memory_bytes_max: u64,
    /// Bytes that the folder may take; beyond it commits are refused, nothing that was committed is lost. `None`: no bound.
    pub disk_bytes_max: Option<u64>,
    /// Hears of start-up work that takes longer than two seconds.
    pub progress: Option<Arc<dyn Fn(Progress) + Send + Sync>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            fsync: true,
            keep_heights: None,
            archive: None,
            segment_bytes: limits::SEGMENT_BYTES,
            run_heights: limits::RUN_HEIGHTS,
            run_bytes: limits::RUN_BYTES,
            image_log_bytes: limits::IMAGE_LOG_BYTES,
            image_bytes_per_second: limits::IMAGE_BYTES_PER_SECOND,
            image_dead_percent: limits::IMAGE_DEAD_PERCENT,
            changed_bytes_max: limits::CHANGED_BYTES_MAX,
            index_memory_bytes_max: limits::INDEX_MEMORY_BYTES_MAX,
            disk_bytes_max: None,
            progress: None,
        }
    }
}

impl Options {
    /// Settings for tests: everything as in earnest, but nothing waits for the disk.
    #[must_use]
    pub fn without_fsync() -> Self {
        Self { fsync: false, ..Self::default() }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("fsync", &self.fsync)
            .field("keep_heights", &self.keep_heights)
            .field("archive", &self.archive)
            .field("segment_bytes", &self.segment_bytes)
            .finish_non_exhaustive()
    }
}

/// How far start-up has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done, for people.
    pub stage: &'static str,
    /// Units done.
    pub done: u64,
    /// Units in all; of the same kind as `done`.
    pub total: u64,
}
