//! What storage takes and does, in figures.

use std::fs;
use std::path::Path;
use std::time::Duration;

use seiza_types::Height;

use crate::Storage;

/// An image that was written, for people and benchmarks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageReport {
    /// The height whose state it holds.
    pub height: Height,
    /// Whether all nodes were written, not only those that had changed.
    pub whole: bool,
    /// Bytes of nodes that were written.
    pub bytes: u64,
    /// How long writing took, at the bounded rate.
    pub time: Duration,
    /// How long it took then until the head lay on the new files.
    pub moving: Duration,
}

/// Figures of one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stats {
    /// Keys in the state at the head.
    pub keys: u64,
    /// Bytes of the node files on which the head's state lies.
    pub image_bytes: u64,
    /// Nodes of the head's trees that lie in memory: those that have changed since the last image.
    pub nodes_in_memory: u64,
    /// Images written since opening.
    pub images_written: u64,
    /// Whether an image is being written, or the head is being moved onto it.
    pub image_running: bool,
    /// The last image written since opening.
    pub last_image: Option<ImageReport>,
    /// Bytes of all files in the folder.
    pub disk_bytes: u64,
}

impl Storage {
    /// What storage takes and does now. Walks what has changed since the last image, and lists the folder's files.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let shared = self.shared();
        let (images_written, last_image) = shared.imaging.written();
        let head = self.head();
        let version = head.state.version();
        Stats {
            keys: version.map_or(0, |version| version.size()),
            image_bytes: version.map_or(0, |version| version.files().node_bytes()),
            nodes_in_memory: version.map_or(0, |version| version.nodes_in_memory()),
            images_written,
            image_running: self.image_running(),
            last_image,
            disk_bytes: disk_bytes(&shared.dir),
        }
    }

    /// Whether an image is being written, or the head is being moved onto it. Costs next to nothing.
    #[must_use]
    pub fn image_running(&self) -> bool {
        self.shared().imaging.running()
    }
}

/// Bytes of all files below a folder; what cannot be read counts nothing.
pub(crate) fn disk_bytes(dir: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(dir) else { return 0 };
    let size = |entry: fs::DirEntry| match entry.metadata() {
        Ok(meta) if meta.is_dir() => disk_bytes(&entry.path()),
        Ok(meta) => meta.len(),
        Err(_) => 0,
    };
    entries.flatten().map(size).sum()
}
