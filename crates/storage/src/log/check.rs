//! Looking at a log without changing it: for checks, figures, and taking the last record back.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

use seiza_types::Height;

use super::recover::record_follows;
use super::segment::{self, SEGMENT_HEADER_BYTES, Segment};
use super::{LogConfig, record};
use crate::StorageError;

/// What a segment holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Checked {
    /// The height behind its last record.
    pub(crate) next: Height,
    /// Where the last record begins; `None` in a segment without any.
    pub(crate) last_at: Option<u64>,
    /// Bytes at its end of a write that a crash cut off; the next start cuts them away.
    pub(crate) torn_bytes: u64,
}

/// Looks at a height's payload, and may find fault with it.
pub(crate) type Look<'a> = &'a mut dyn FnMut(Height, &[u8]) -> Result<(), crate::WireError>;

/// The log's segments by first height.
pub(crate) fn segments(config: &LogConfig) -> Result<Vec<(Height, PathBuf)>, StorageError> {
    if config.dir.exists() { segment::list(config) } else { Ok(Vec::new()) }
}

/// Reads a segment and checks every record; `visit` gets heights and payloads, and may find fault with them. Only in the newest
/// segment may the last write be unfinished.
pub(crate) fn check_segment(
    path: &Path,
    first: Height,
    newest: bool,
    visit: Look<'_>,
) -> Result<Checked, StorageError> {
    let (segment, _) = Segment::open(path.into(), first)?;
    let bytes = fs::read(path).map_err(StorageError::io("read", path))?;
    let mut checked = Checked { next: first, last_at: None, torn_bytes: 0 };
    let mut offset = usize::try_from(SEGMENT_HEADER_BYTES).expect("a small constant");
    while offset < bytes.len() {
        let damaged = |what: String| StorageError::damaged(path, offset as u64, what);
        let rest = &bytes[offset..];
        match record::parse(rest, segment.salt) {
            Ok((record, _)) if record.height != checked.next => {
                return Err(damaged(format!("height {} where {} belongs", record.height, checked.next)));
            }
            Ok((record, whole)) => {
                visit(record.height, record.payload).map_err(|error| damaged(error.to_string()))?;
                checked = Checked { next: checked.next + 1, last_at: Some(offset as u64), torn_bytes: 0 };
                offset += whole;
            }
            Err(_) if newest && !record_follows(rest, segment.salt) => {
                checked.torn_bytes = rest.len() as u64;
                break;
            }
            Err(fault) => return Err(damaged(fault.text().into())),
        }
    }
    Ok(checked)
}

/// The height of the last whole record, 0 where there is none.
pub(crate) fn last_height(config: &LogConfig) -> Result<Height, StorageError> {
    let Some((first, path)) = segments(config)?.pop() else { return Ok(0) };
    Ok(check_segment(&path, first, true, &mut |_, _| Ok(()))?.next - 1)
}

/// Removes the record of the last height, which is `height`.
pub(crate) fn take_back(config: &LogConfig, height: Height) -> Result<(), StorageError> {
    let mut segments = segments(config)?;
    while let Some((first, path)) = segments.pop() {
        let checked = check_segment(&path, first, true, &mut |_, _| Ok(()))?;
        let Some(at) = checked.last_at else {
            // A segment that began and got no record: the one before has the last.
            crate::files::remove(&path)?;
            continue;
        };
        if checked.next - 1 != height {
            return Err(StorageError::Height { expected: checked.next - 1, given: height });
        }
        let file = OpenOptions::new().write(true).open(&path).map_err(StorageError::io("open", &path))?;
        file.set_len(at).map_err(StorageError::io("cut", &path))?;
        return if config.fsync { file.sync_all().map_err(StorageError::io("sync", &path)) } else { Ok(()) };
    }
    Err(StorageError::Pruned(height))
}
