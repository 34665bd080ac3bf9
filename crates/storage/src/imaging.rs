//! Images beside the writer: when one is due, how it is written, and how the head moves onto it.
//!
//! ```text
//! due      enough change log or enough changed keys since the last image, and the height is indexed
//! write    from the immutable state of that height; commits go on
//! catch up blocks committed meanwhile are applied again to the state as the image has it, until it is the head's
//! move     between two commits the head is replaced by the same state on the new files; memory of the old one is let go
//! ```

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use parking_lot::Mutex;
use seiza_state::Changeset;
use seiza_types::Height;

use crate::image::{self, Files, Kind, Pace, Written};
use crate::limits::{CHANGED_KEY_BYTES, IMAGES_KEPT};
use crate::recent::Recent;
use crate::store::Shared;
use crate::version::Version;
use crate::{ImageReport, StorageError};

/// Blocks that were committed while an image is written, oldest first.
type Feed = VecDeque<(Height, Arc<Changeset>)>;

/// What is known about the images, and the work on them.
#[derive(Debug)]
pub(crate) struct Imaging {
    /// Bytes of change log since the last image began.
    log_bytes: AtomicU64,
    /// Keys changed since the last image began, those that changed twice counted twice.
    changed_keys: AtomicU64,
    /// Blocks committed since the image that is being written; `None` while none is.
    feed: Mutex<Option<Feed>>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The files on which the head's state lies.
    files: Arc<Files>,
    /// The height of the newest image; `None` where there is none.
    height: Option<Height>,
    /// The number of the next node file.
    number: u64,
    written: u64,
    last: Option<ImageReport>,
}

impl Imaging {
    /// After opening: the state lies on `files` and is that of the image at `height`, if one was read, with so many keys and
    /// bytes of change log applied since.
    pub(crate) fn new(
        files: Arc<Files>,
        height: Option<Height>,
        number: u64,
        log_bytes: u64,
        changed_keys: u64,
    ) -> Self {
        Self {
            log_bytes: log_bytes.into(),
            changed_keys: changed_keys.into(),
            feed: Mutex::default(),
            state: Mutex::new(State { files, height, number, written: 0, last: None }),
        }
    }

    /// A height is durable.
    pub(crate) fn committed(&self, height: Height, changes: &Arc<Changeset>, log_bytes: usize) {
        self.log_bytes.fetch_add(log_bytes as u64, Ordering::Relaxed);
        self.changed(changes.len());
        if let Some(feed) = self.feed.lock().as_mut() {
            feed.push_back((height, changes.clone()));
        }
    }

    /// So many keys lie in memory that no image has.
    pub(crate) fn changed(&self, keys: usize) {
        self.changed_keys.fetch_add(keys as u64, Ordering::Relaxed);
    }

    /// Whether an image is being written, or the head is being moved onto it.
    pub(crate) fn running(&self) -> bool {
        self.feed.lock().is_some()
    }

    /// How many images were written since opening, and the last one.
    pub(crate) fn written(&self) -> (u64, Option<ImageReport>) {
        let state = self.state.lock();
        (state.written, state.last)
    }

    /// Takes the blocks that wait.
    pub(crate) fn blocks(&self) -> VecDeque<(Height, Arc<Changeset>)> {
        self.feed.lock().as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// The head lies on these files now.
    pub(crate) fn moved_onto(&self, files: Arc<Files>) {
        self.state.lock().files = files;
    }

    /// What has gathered since the last image: bytes of log, changed keys.
    fn gathered(&self) -> (u64, u64) {
        (self.log_bytes.load(Ordering::Relaxed), self.changed_keys.load(Ordering::Relaxed))
    }
}

impl Shared {
    /// The thread that writes images whenever one is due.
    pub(crate) fn write_images(&self) -> Result<(), StorageError> {
        while self.signal.wait_until(|| self.due_state(&self.recent.read()).is_some()) {
            let begun = self.begin_image();
            let done = begun.map_or(Ok(()), |version| self.write_image(&version));
            *self.imaging.feed.lock() = None;
            done?;
        }
        Ok(())
    }

    /// The state of which an image is due: that of the last indexed height, where it lies on the newest files.
    fn due_state(&self, recent: &Recent) -> Option<Arc<Version>> {
        let (log_bytes, changed_keys) = self.imaging.gathered();
        let much_log = log_bytes >= self.options.image_log_bytes;
        let much_memory = changed_keys.saturating_mul(CHANGED_KEY_BYTES) >= self.options.changed_bytes_max;
        if !much_log && !much_memory {
            return None;
        }
        let version = recent.versions.get(&recent.runs.last())?;
        let state = self.imaging.state.lock();
        let new = state.height.is_none_or(|height| height < version.height);
        (new && Arc::ptr_eq(version.files(), &state.files)).then(|| version.clone())
    }

    /// From now on committed blocks are remembered; those above the image's height to begin with.
    fn begin_image(&self) -> Option<Arc<Version>> {
        let _no_commit = self.change_log.lock();
        // Both under one lock: between two the indexer could take blocks out of what waits.
        let recent = self.recent.read();
        let version = self.due_state(&recent)?;
        let above = recent.pending.range(version.height + 1..);
        *self.imaging.feed.lock() = Some(above.map(|(height, pending)| (*height, pending.changes().clone())).collect());
        Some(version)
    }

    fn write_image(&self, version: &Arc<Version>) -> Result<(), StorageError> {
        let gathered = self.imaging.gathered();
        let kind = self.kind_of(version);
        let number = self.imaging.state.lock().number;
        let begun = Instant::now();
        let stopping = || self.signal.stopping();
        let pace = Pace::new(self.options.image_bytes_per_second, &stopping);
        let Written { image, leaves, bytes } =
            image::write(&self.dir, self.options.fsync, version, kind, number, pace)?;
        let time = begun.elapsed();
        image::prune(&self.dir, self.options.fsync, IMAGES_KEPT)?;
        {
            let mut state = self.imaging.state.lock();
            state.number += 1;
            state.height = Some(version.height);
        }
        self.imaging.log_bytes.fetch_sub(gathered.0, Ordering::Relaxed);
        self.imaging.changed_keys.fetch_sub(gathered.1, Ordering::Relaxed);
        let moved = version.moved(&image, leaves, kind == Kind::Whole);
        self.move_head(moved)?;
        let moving = begun.elapsed() - time;
        let whole = kind == Kind::Whole;
        let report = ImageReport { height: version.height, whole, bytes, time, moving };
        tracing::debug!(?report, "image written");
        let mut state = self.imaging.state.lock();
        state.written += 1;
        state.last = Some(report);
        Ok(())
    }

    /// Whole, where the files would otherwise hold too much that is of no use any more.
    fn kind_of(&self, version: &Version) -> Kind {
        let live = version.size().saturating_mul(version.key_cost) / 100;
        // Keys have about two nodes each.
        let new = version.nodes_in_memory().saturating_mul(version.key_cost) / 200;
        let kept = 100 - self.options.image_dead_percent.min(99);
        let files = version.files().node_bytes();
        if files == 0 || (files + new).saturating_mul(kept) > live.saturating_mul(100) {
            Kind::Whole
        } else {
            Kind::Incremental
        }
    }
}
