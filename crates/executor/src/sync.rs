//! The primitives under the parallel modes, named in one place: `tests/models.rs` compiles the same sources over shuttle's,
//! which try every schedule they can.

pub(crate) use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, AtomicUsize, Ordering};
pub(crate) use std::sync::{Mutex, MutexGuard, RwLock, RwLockReadGuard};
pub(crate) use std::thread::yield_now;

/// Locks. Jobs never run under a lock, so that a panic of theirs cannot poison one.
#[inline]
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no job runs under a lock")
}
