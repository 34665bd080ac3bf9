//! What rounds work on: a worker's memory, and the place of a batch in a round.

use super::batch::Batch;
use super::judge::Stale;
use super::touched::Changed;
use crate::sync::{Mutex, RwLock, RwLockReadGuard};

/// A worker's own memory, kept between blocks.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    pub(super) batch: Batch,
    pub(super) changed: Changed,
}

/// A batch and what is known of it.
pub(super) struct Slot<T> {
    pub(super) batch: RwLock<Batch>,
    pub(super) outputs: Mutex<Vec<Option<T>>>,
    pub(super) stale: Mutex<Vec<Stale>>,
}

impl<T> Slot<T> {
    pub(super) fn read(&self) -> RwLockReadGuard<'_, Batch> {
        self.batch.read().expect("no job's panic leaves its batch")
    }
}
