//! Reading a log: one record by its location, or all from a height on. Readers share nothing with the writer.

use std::fs;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use seiza_types::Height;

use super::segment::{self, SEGMENT_HEADER_BYTES, Segment};
use super::{HEADER_BYTES, Location, LogConfig, Record, TRAILER_BYTES, record};
use crate::{StorageError, WireError};

/// Reads records. Cheap to clone, usable from many threads.
#[derive(Debug, Clone)]
pub(crate) struct LogReader {
    config: LogConfig,
}

impl LogReader {
    pub(super) fn new(config: LogConfig) -> Self {
        Self { config }
    }

    /// The payload at a location, checked; `None` where its segment was pruned.
    pub(crate) fn read(&self, location: Location, height: Height) -> Result<Option<Vec<u8>>, StorageError> {
        let path = segment::path(&self.config, location.segment);
        let (segment, file) = match Segment::open(path, location.segment) {
            Ok(found) => found,
            Err(StorageError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        record_at(&segment, &|out, offset| file.read_exact_at(out, offset), location, height).map(Some)
    }

    /// The name of the segment that a location lies in.
    pub(crate) fn segment_name(&self, location: Location) -> String {
        let path = segment::path(&self.config, location.segment);
        path.file_name().and_then(|name| name.to_str()).expect("segments have plain names").to_owned()
    }

    /// The payload at a location of a segment that lies elsewhere: `place` names it, `read` reads it.
    pub(crate) fn read_from(
        &self,
        place: &Path,
        read: ReadAt<'_>,
        location: Location,
        height: Height,
    ) -> Result<Vec<u8>, StorageError> {
        let mut header = [0; 20];
        read(&mut header, 0).map_err(StorageError::io("read", place))?;
        record_at(&Segment::parse(place.into(), location.segment, &header)?, read, location, height)
    }

    /// The error for a payload whose checksum holds but which does not decode.
    pub(crate) fn damage(&self, location: Location, error: WireError) -> StorageError {
        StorageError::damaged(&segment::path(&self.config, location.segment), location.offset, error.to_string())
    }

    /// Visits all records from height `from` on, in order.
    pub(crate) fn replay(
        &self,
        from: Height,
        visit: &mut dyn FnMut(Record<'_>, Location) -> Result<(), StorageError>,
    ) -> Result<(), StorageError> {
        let segments = segment::list(&self.config)?;
        let start = segments.iter().rposition(|(first, _)| *first <= from).unwrap_or(0);
        let mut next = segments.get(start).map_or(from, |(first, _)| *first);
        if next > from {
            return Err(StorageError::Pruned(from));
        }
        for (first, path) in &segments[start..] {
            if *first != next {
                return Err(StorageError::damaged(
                    path,
                    0,
                    format!("the file before should end with height {}", first - 1),
                ));
            }
            next = replay_segment(path, *first, from, visit)?;
        }
        Ok(())
    }
}

/// Fills a buffer from an offset on.
pub(crate) type ReadAt<'a> = &'a dyn Fn(&mut [u8], u64) -> std::io::Result<()>;

fn record_at(segment: &Segment, read: ReadAt<'_>, location: Location, height: Height) -> Result<Vec<u8>, StorageError> {
    let mut bytes = vec![0; HEADER_BYTES + location.payload_bytes as usize + TRAILER_BYTES];
    let damaged = |what: &str| StorageError::damaged(&segment.path, location.offset, what);
    read(&mut bytes, location.offset).map_err(|error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => damaged("a record ends too early"),
        _ => StorageError::io("read", &segment.path)(error),
    })?;
    let (record, _) = record::parse(&bytes, segment.salt).map_err(|fault| damaged(fault.text()))?;
    if record.height != height || record.payload.len() != location.payload_bytes as usize {
        return Err(damaged("another record lies where the index points"));
    }
    bytes.truncate(HEADER_BYTES + location.payload_bytes as usize);
    bytes.drain(..HEADER_BYTES);
    Ok(bytes)
}

/// Visits one segment's records from `from` on; answers the height after its last.
fn replay_segment(
    path: &Path,
    first: Height,
    from: Height,
    visit: &mut dyn FnMut(Record<'_>, Location) -> Result<(), StorageError>,
) -> Result<Height, StorageError> {
    let (segment, _) = Segment::open(path.into(), first)?;
    let bytes = fs::read(path).map_err(StorageError::io("read", path))?;
    let mut offset = usize::try_from(SEGMENT_HEADER_BYTES).expect("a small constant");
    let mut next = first;
    while offset < bytes.len() {
        let damaged = |what: &str| StorageError::damaged(path, offset as u64, what);
        let (record, whole) = record::parse(&bytes[offset..], segment.salt).map_err(|fault| damaged(fault.text()))?;
        if record.height != next {
            return Err(damaged(&format!("height {} where {next} belongs", record.height)));
        }
        let payload_bytes = u32::try_from(record.payload.len()).expect("a record is bounded");
        if next >= from {
            visit(record, Location { segment: first, offset: offset as u64, payload_bytes })?;
        }
        offset += whole;
        next += 1;
    }
    Ok(next)
}
