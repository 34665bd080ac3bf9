//! How the head moves onto a new image: the same state in another place, put there between two commits.

use std::sync::Arc;

use parking_lot::MutexGuard;

use crate::limits::{MOVE_PATIENCE, MOVE_TRIES_MAX};
use crate::log::Log;
use crate::store::Shared;
use crate::version::Version;
use crate::{Head, Snapshot, StorageError, image};

impl Shared {
    /// Applies to the image's state what was committed meanwhile, and puts it in the head's place as soon as it has caught up
    /// and no computed state would be lost by it; after many tries at any cost.
    pub(crate) fn move_head(&self, mut moved: Version) -> Result<(), StorageError> {
        for _ in 0..MOVE_TRIES_MAX {
            moved = self.catch_up(moved);
            let tried = moved.height;
            if let Some(commits) = self.change_log.try_lock_for(MOVE_PATIENCE)
                && self.speculation.lock().is_idle()
                && self.head.read().height == moved.height
            {
                return self.put_head(&commits, moved);
            }
            if !self.signal.wait_until(|| self.head.read().height > tried || self.speculation.lock().is_idle()) {
                return Err(StorageError::Stopped("it is being closed".into()));
            }
        }
        let commits = self.change_log.lock();
        let moved = self.catch_up(moved);
        self.put_head(&commits, moved)
    }

    /// Applies the blocks that wait now; those that come meanwhile have to wait for the next time.
    fn catch_up(&self, mut moved: Version) -> Version {
        for (height, changes) in self.imaging.blocks() {
            debug_assert_eq!(height, moved.height + 1, "blocks are fed without a gap");
            moved = moved.advance(height, &changes);
        }
        moved.app_hash();
        moved
    }

    /// Replaces the head by the same state on other files. No commit runs meanwhile.
    fn put_head(&self, _commits: &MutexGuard<'_, Log>, moved: Version) -> Result<(), StorageError> {
        let moved = Arc::new(moved);
        let mut speculation = self.speculation.lock();
        let head = self.head.read().clone();
        if (head.height, head.app_hash) != (moved.height, moved.app_hash()) {
            let what = format!("the state of height {} on the new image has another root", head.height);
            return Err(StorageError::damaged(&self.dir.join(image::IMAGE_DIR), 0, what));
        }
        speculation.replace_head(moved.clone());
        self.imaging.moved_onto(moved.files().clone());
        let replaced = self.recent.write().versions.insert(moved.height, moved.clone());
        *self.head.write() = Arc::new(Head { state: Snapshot::recent(moved), ..(*head).clone() });
        drop(speculation);
        drop(replaced);
        Ok(())
    }
}
