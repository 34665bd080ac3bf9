//! The consensus log's file, around the engine's use of it.
//!
//! What a crash leaves: an unfinished last record, which the log cuts off when it opens (nothing was sent on its strength, for
//! the log is flushed before anything is sent); or an unfinished header, which [`mend`] removes. A complete record with a wrong
//! checksum is no crash's doing: the engine stands still ([`crate::Failure::Safety`]).

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::Duration;

use crate::limits::STOP_TIMEOUT;

/// Version and height: shorter files never held a record.
const HEADER_BYTES: u64 = 12;
/// Between two looks at the lock.
const LOOK: Duration = Duration::from_millis(10);

/// Removes a log whose header was never finished.
///
/// # Errors
/// Of the file system, except that the file is missing.
pub(crate) fn mend(file: &Path) -> io::Result<()> {
    match fs::metadata(file) {
        Ok(found) if found.len() < HEADER_BYTES => fs::remove_file(file),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Waits until nobody holds the log's lock: the log's thread ends after its actor.
pub(crate) async fn released(file: &Path) {
    let free = || File::open(file).map_or(true, |file| file.try_lock().is_ok());
    for _ in 0..STOP_TIMEOUT.as_millis() / LOOK.as_millis() {
        if free() {
            return;
        }
        tokio::time::sleep(LOOK).await;
    }
}
