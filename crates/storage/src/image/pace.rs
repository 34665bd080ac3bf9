//! How fast an image is written: slowly enough that commits, which wait for the same disk, hardly notice.

use std::time::{Duration, Instant};

use crate::StorageError;
use crate::files::NewFile;
use crate::limits::IMAGE_SYNC_BYTES;

/// Bounds a writer's rate, hands its bytes to the disk in small parts, and ends it when it is asked to.
pub(crate) struct Pace<'a> {
    bytes_per_second: u64,
    stopping: &'a dyn Fn() -> bool,
    begun: Instant,
    written: u64,
    unsynced: usize,
    /// Bytes after which they are synced.
    part: usize,
}

impl<'a> Pace<'a> {
    /// A pace of so many bytes a second; `stopping` is asked between parts.
    pub(crate) fn new(bytes_per_second: u64, stopping: &'a dyn Fn() -> bool) -> Self {
        let (bytes_per_second, begun) = (bytes_per_second.max(1), Instant::now());
        Self { bytes_per_second, stopping, begun, written: 0, unsynced: 0, part: IMAGE_SYNC_BYTES }
    }

    /// As fast as the disk takes it, where no commit waits for the same disk.
    pub(crate) fn unbounded() -> Self {
        Self { part: usize::MAX, ..Self::new(u64::MAX, &|| false) }
    }

    /// So many bytes were written to `file`: waits as long as they should have taken. Syncing them bit by bit keeps a commit,
    /// which syncs another file of the same disk, from waiting for all of them.
    pub(super) fn wrote(&mut self, bytes: usize, file: &mut NewFile) -> Result<(), StorageError> {
        self.written += bytes as u64;
        self.unsynced += bytes;
        if self.unsynced >= self.part {
            self.unsynced = 0;
            file.sync_content()?;
        }
        let due = Duration::from_secs_f64(self.written as f64 / self.bytes_per_second as f64);
        while !(self.stopping)() {
            let left = due.saturating_sub(self.begun.elapsed());
            if left.is_zero() {
                return Ok(());
            }
            std::thread::sleep(left.min(Duration::from_millis(20)));
        }
        Err(StorageError::Stopped("it is being closed".into()))
    }
}
