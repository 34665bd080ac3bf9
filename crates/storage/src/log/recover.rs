//! Opening a log after whatever happened: finds its end, and tells a write that a crash cut off from damage.
//!
//! Appends are synced one by one, so a crash can spoil only the last record. A spoiled place with a whole record somewhere
//! behind it is therefore damage, and an error; one with nothing behind it is cut. The cut record may have been whole once,
//! if a bit flipped in exactly the last one: the block log and the change log check each other for that.

use std::fs::{self, OpenOptions};
use std::path::Path;

use seiza_types::Height;

use super::segment::{self, SEGMENT_HEADER_BYTES, Segment};
use super::{LogConfig, record};
use crate::{StorageError, steps};

/// The end of a log.
pub(super) struct Found {
    /// The newest segment.
    pub(super) segment: Segment,
    /// Bytes of it that hold whole records.
    pub(super) end: u64,
    /// The height that comes next.
    pub(super) next: Height,
}

/// Finds the log's end; `None` where there is no log yet.
pub(super) fn last_segment(config: &LogConfig) -> Result<Option<Found>, StorageError> {
    let Some((first, path)) = segment::list(config)?.pop() else { return Ok(None) };
    let (segment, _) = Segment::open(path, first)?;
    let bytes = fs::read(&segment.path).map_err(StorageError::io("read", &segment.path))?;
    let mut offset = usize::try_from(SEGMENT_HEADER_BYTES).expect("a small constant");
    let mut next = first;
    while offset < bytes.len() {
        match record::parse(&bytes[offset..], segment.salt) {
            Ok((record, whole)) if record.height == next => {
                offset += whole;
                next += 1;
            }
            Ok((record, _)) => {
                let what = format!("height {} where {next} belongs", record.height);
                return Err(StorageError::damaged(&segment.path, offset as u64, what));
            }
            Err(fault) => {
                if record_follows(&bytes[offset..], segment.salt) {
                    return Err(StorageError::damaged(&segment.path, offset as u64, fault.text()));
                }
                cut(config, &segment.path, offset as u64, bytes.len() as u64, next)?;
                break;
            }
        }
    }
    Ok(Some(Found { segment, end: offset as u64, next }))
}

/// Whether a whole record begins anywhere behind the first byte.
pub(super) fn record_follows(bytes: &[u8], salt: u32) -> bool {
    (1..bytes.len()).any(|offset| record::parse(&bytes[offset..], salt).is_ok())
}

fn cut(config: &LogConfig, path: &Path, end: u64, was: u64, height: Height) -> Result<(), StorageError> {
    tracing::warn!(file = %path.display(), offset = end, bytes = was - end, height, "cuts a write that a crash left unfinished");
    let file = OpenOptions::new().write(true).open(path).map_err(StorageError::io("open", path))?;
    steps::cut(&file, path, end).map_err(StorageError::io("cut", path))?;
    if config.fsync { steps::sync_all(&file, path).map_err(StorageError::io("sync", path)) } else { Ok(()) }
}
