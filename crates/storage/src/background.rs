//! Work beside the writer: indexing, tree images, merging, pruning. Nothing here is on a commit's way, except that a commit
//! waits where too much is left undone, and is refused once background work has failed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;

use parking_lot::{Condvar, Mutex};

use crate::limits::BATCH_HEIGHTS_MAX;
use crate::open::INDEX_DIR;
use crate::stats::disk_bytes;
use crate::store::Shared;
use crate::{StorageError, files, index};

/// How the writer and the threads tell each other that something happened.
#[derive(Debug, Default)]
pub(crate) struct Signal {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    stop: bool,
    failure: Option<String>,
}

impl Signal {
    /// Something happened: whoever waits looks again.
    pub(crate) fn notify(&self) {
        let _state = self.state.lock();
        self.changed.notify_all();
    }

    /// Background work failed: storage takes no more commits.
    pub(crate) fn fail(&self, error: &StorageError) {
        tracing::error!(%error, "background work of storage failed");
        self.state.lock().failure.get_or_insert_with(|| error.to_string());
        self.changed.notify_all();
    }

    /// Asks the threads to end.
    fn stop(&self) {
        self.state.lock().stop = true;
        self.changed.notify_all();
    }

    /// For the writer: waits while `busy`; says so where background work has failed.
    pub(crate) fn wait_while(&self, busy: impl Fn() -> bool) -> Result<(), StorageError> {
        let mut state = self.state.lock();
        loop {
            if let Some(failure) = &state.failure {
                return Err(StorageError::Stopped(failure.clone()));
            }
            if !busy() {
                return Ok(());
            }
            self.changed.wait(&mut state);
        }
    }

    /// For a thread: waits until `ready`; answers `false` where it is to end.
    pub(crate) fn wait_until(&self, ready: impl Fn() -> bool) -> bool {
        let mut state = self.state.lock();
        loop {
            if state.stop || state.failure.is_some() {
                return false;
            }
            if ready() {
                return true;
            }
            self.changed.wait(&mut state);
        }
    }

    /// Whether the threads were asked to end: long work looks here between its steps.
    pub(crate) fn stopping(&self) -> bool {
        self.state.lock().stop
    }
}

/// Owner of the threads: dropping it ends them.
pub(crate) struct Background {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Background {
    /// Starts the threads: one indexes, so that commits never wait behind longer work, which the others do.
    pub(crate) fn start(shared: Arc<Shared>) -> Result<Self, StorageError> {
        let mut background = Self { shared, threads: Vec::new() };
        background.spawn("seiza-index", Shared::index_pending)?;
        background.spawn("seiza-tidy", Shared::tidy)?;
        background.spawn("seiza-image", Shared::write_images)?;
        Ok(background)
    }

    /// What the threads and the handle share.
    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    fn spawn(&mut self, name: &str, work: fn(&Shared) -> Result<(), StorageError>) -> Result<(), StorageError> {
        let shared = self.shared.clone();
        let run = move || {
            let ended = catch_unwind(AssertUnwindSafe(|| work(&shared)));
            let panicked = || Err(StorageError::Stopped("background work of storage panicked".into()));
            match ended.unwrap_or_else(|_| panicked()) {
                Err(error) if !shared.signal.stopping() => shared.signal.fail(&error),
                _ => {}
            }
        };
        let thread = std::thread::Builder::new().name(name.into()).spawn(run);
        self.threads.push(thread.map_err(StorageError::io("start a thread for", &self.shared.dir))?);
        Ok(())
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.shared.signal.stop();
        if let Some(archive) = &self.shared.archive {
            archive.stop();
        }
        for thread in self.threads.drain(..) {
            // A thread that panicked has nothing left to end.
            let _ = thread.join();
        }
    }
}

impl Shared {
    /// Writes waiting heights to the index, whenever enough of them wait.
    fn index_pending(&self) -> Result<(), StorageError> {
        let enough = || {
            let recent = self.recent.read();
            recent.pending.len() >= self.options.run_heights || recent.pending_bytes >= self.options.run_bytes
        };
        while self.signal.wait_until(enough) {
            let batch = self.recent.read().batch(BATCH_HEIGHTS_MAX, self.options.run_bytes);
            let Some(batch) = batch else { continue };
            let run = batch.write(&self.dir, self.options.fsync)?;
            let released = {
                let mut recent = self.recent.write();
                recent.runs = recent.runs.with(run);
                recent.indexed(batch.range().1)
            };
            drop((released, batch));
            self.signal.notify();
        }
        Ok(())
    }

    /// What may take its time: merges runs, prunes.
    fn tidy(&self) -> Result<(), StorageError> {
        let mut done = 0;
        // Every run that is added is a reason to look whether anything is due.
        while self.signal.wait_until(|| self.recent.read().runs.last() > done) {
            done = self.recent.read().runs.last();
            self.check_disk()?;
            let _tidying = self.tidying.lock();
            self.merge_runs()?;
            self.prune()?;
        }
        Ok(())
    }

    /// Where the folder takes more than it may, no more commits are taken: as on a full disk, and nothing is lost.
    fn check_disk(&self) -> Result<(), StorageError> {
        let over = self.options.disk_bytes_max.filter(|max| disk_bytes(&self.dir) > *max);
        over.map_or(Ok(()), |max| Err(StorageError::OverBudget { path: self.dir.clone(), max }))
    }

    fn merge_runs(&self) -> Result<(), StorageError> {
        loop {
            let runs = self.recent.read().runs.clone();
            let Some(group) = index::due(runs.runs(), self.run_heights_max()) else { return Ok(()) };
            self.merge_group(group)?;
        }
    }

    /// Makes one run of neighbours.
    pub(crate) fn merge_group(&self, group: &[Arc<index::Run>]) -> Result<(), StorageError> {
        let dir = self.dir.join(INDEX_DIR);
        let merged = index::merge(group, &dir, self.options.fsync, &|| self.signal.stopping())?;
        {
            let mut recent = self.recent.write();
            recent.runs = recent.runs.replaced(merged);
        }
        group.iter().try_for_each(|run| files::remove(run.path()))
    }
}
