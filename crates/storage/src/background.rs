//! Work beside the writer: indexing, tree images, merging, pruning. Nothing here is on a commit's way, except that a commit
//! waits where too much is left undone, and is refused once background work has failed.

use std::sync::Arc;
use std::thread::JoinHandle;

use parking_lot::{Condvar, Mutex};

use crate::StorageError;
use crate::store::Shared;

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
    /// Starts the threads.
    pub(crate) fn start(shared: Arc<Shared>) -> Self {
        Self { shared, threads: Vec::new() }
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.shared.signal.stop();
        for thread in self.threads.drain(..) {
            // A thread that panicked has nothing left to end.
            let _ = thread.join();
        }
    }
}
