//! An append-only log of one record a height, in segment files: what makes blocks and commits durable.
//!
//! Promises: when [`Log::append`] returns, the record survives a power cut (with `fsync`); a write that a crash cut off is
//! found at opening and cut; any other difference from what was written is reported with its file and offset, never read.

mod check;
mod read;
mod record;
mod recover;
mod segment;

use std::fs::File;
use std::path::PathBuf;

use seiza_types::Height;

use crate::{StorageError, files, steps};
pub(crate) use check::{Look, check_segment, last_height, segments, take_back};
pub(crate) use read::{LogReader, ReadAt};
pub(crate) use record::{HEADER_BYTES, Record, TRAILER_BYTES, frame, parse, payload_bytes, seal};
pub(crate) use segment::random as random_salt;
use segment::{SEGMENT_HEADER_BYTES, Segment};

/// Which log, where, and how it is written.
#[derive(Debug, Clone)]
pub(crate) struct LogConfig {
    /// Folder.
    pub(crate) dir: PathBuf,
    /// First part of the segments' names.
    pub(crate) name: &'static str,
    /// Whether appending waits for the disk.
    pub(crate) fsync: bool,
    /// Bytes after which a new segment begins.
    pub(crate) segment_bytes: u64,
}

/// Where a record lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Location {
    /// First height of its segment, which names the file.
    pub(crate) segment: Height,
    /// Where its header begins, bytes from the start of the file.
    pub(crate) offset: u64,
    /// Bytes of its payload.
    pub(crate) payload_bytes: u32,
}

/// The writing end of a log. One exists.
#[derive(Debug)]
pub(crate) struct Log {
    config: LogConfig,
    /// The segment written to; its salt goes into every record's checksums.
    segment: Segment,
    file: File,
    /// Bytes of the segment that hold whole records.
    end: u64,
    next: Height,
    /// Set when a write failed and could not be undone: what the file holds is unknown then.
    failed: Option<String>,
}

impl Log {
    /// Opens the log, or begins it with height `first`; cuts a record that a crash left half-written.
    pub(crate) fn open(config: LogConfig, first: Height) -> Result<Self, StorageError> {
        files::make_dir(&config.dir)?;
        files::sweep(&config.dir)?;
        let found = match recover::last_segment(&config)? {
            Some(found) => found,
            None => {
                recover::Found { segment: Segment::create(&config, first)?, end: SEGMENT_HEADER_BYTES, next: first }
            }
        };
        let file = found.segment.open_for_append()?;
        Ok(Self { config, segment: found.segment, file, end: found.end, next: found.next, failed: None })
    }

    /// The height that the next record has to have.
    pub(crate) fn next(&self) -> Height {
        self.next
    }

    /// A reader of this log. It sees every record whose location it is given.
    pub(crate) fn reader(&self) -> LogReader {
        LogReader::new(self.config.clone())
    }

    /// Writes the record of the next height, durably. `record` is framed: [`frame`] made room for header and trailer.
    pub(crate) fn append(&mut self, height: Height, mut record: Vec<u8>) -> Result<Location, StorageError> {
        if let Some(failure) = &self.failed {
            return Err(StorageError::Stopped(failure.clone()));
        }
        if height != self.next {
            return Err(StorageError::Height { expected: self.next, given: height });
        }
        if self.end >= self.config.segment_bytes {
            self.begin_segment(height)?;
        }
        let payload_bytes = record::seal(&mut record, height, self.segment.salt);
        self.write(&record)?;
        let location = Location { segment: self.segment.first, offset: self.end, payload_bytes };
        self.end += record.len() as u64;
        self.next += 1;
        Ok(location)
    }

    fn begin_segment(&mut self, first: Height) -> Result<(), StorageError> {
        let segment = Segment::create(&self.config, first)?;
        self.file = segment.open_for_append()?;
        self.segment = segment;
        self.end = SEGMENT_HEADER_BYTES;
        Ok(())
    }

    /// A write that fails is taken back. After a failed sync nobody knows what the disk holds, so nothing more is written.
    fn write(&mut self, record: &[u8]) -> Result<(), StorageError> {
        if let Err(error) = steps::write(&mut self.file, &self.segment.path, record) {
            if let Err(second) = steps::cut(&self.file, &self.segment.path, self.end) {
                self.failed = Some(format!("a write failed ({error}) and could not be undone ({second})"));
            }
            return Err(StorageError::io("write", &self.segment.path)(error));
        }
        if self.config.fsync
            && let Err(error) = steps::sync(&self.file, &self.segment.path)
        {
            self.failed = Some(format!("{} could not be synced: {error}", self.segment.path.display()));
            return Err(StorageError::io("sync", &self.segment.path)(error));
        }
        Ok(())
    }
}

/// Segments that hold only heights below `height`, ascending. The newest segment never is one.
pub(crate) fn below(config: &LogConfig, height: Height) -> Result<Vec<PathBuf>, StorageError> {
    let segments = segment::list(config)?;
    let below = segments.windows(2).take_while(|pair| pair[1].0 <= height);
    Ok(below.map(|pair| pair[0].1.clone()).collect())
}

/// The first height that the log still holds; 1 for a log without segments.
pub(crate) fn first_height(config: &LogConfig) -> Result<Height, StorageError> {
    Ok(segment::list(config)?.first().map_or(1, |(first, _)| *first))
}

#[cfg(test)]
mod tests;
