//! The log: what comes back after writing, cutting, flipping, pruning.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;

fn config(dir: &Path, segment_bytes: u64) -> LogConfig {
    LogConfig { dir: dir.into(), name: "test", fsync: false, segment_bytes }
}

fn payload(height: Height) -> Vec<u8> {
    (0..height * 7 % 50).map(|byte| u8::try_from(byte).unwrap()).collect()
}

fn append(log: &mut Log, height: Height) -> Result<Location, StorageError> {
    let mut record = frame(0);
    record.extend(payload(height));
    log.append(height, record)
}

fn heights(log: &Log, from: Height) -> Result<Vec<Height>, StorageError> {
    let mut heights = Vec::new();
    log.reader().replay(from, &mut |record, location| {
        assert_eq!(record.payload, payload(record.height));
        assert_eq!(log.reader().read(location, record.height)?.unwrap(), record.payload);
        heights.push(record.height);
        Ok(())
    })?;
    Ok(heights)
}

fn segments(dir: &Path) -> Vec<PathBuf> {
    files::list(dir).unwrap()
}

fn filled(dir: &Path, segment_bytes: u64, last: Height) -> Log {
    let mut log = Log::open(config(dir, segment_bytes), 1).unwrap();
    for height in 1..=last {
        append(&mut log, height).unwrap();
    }
    log
}

#[test]
fn records_return_across_segments_and_starts() {
    let dir = tempfile::tempdir().unwrap();
    drop(filled(dir.path(), 200, 40));
    assert!(segments(dir.path()).len() > 5);
    let mut log = Log::open(config(dir.path(), 200), 1).unwrap();
    assert_eq!(log.next(), 41);
    assert_eq!(heights(&log, 1).unwrap(), (1..=40).collect::<Vec<_>>());
    assert_eq!(heights(&log, 23).unwrap(), (23..=40).collect::<Vec<_>>());
    assert_eq!(heights(&log, 41).unwrap(), Vec::<Height>::new());
    assert!(matches!(append(&mut log, 43), Err(StorageError::Height { expected: 41, given: 43 })));
    append(&mut log, 41).unwrap();
    assert_eq!(heights(&log, 40).unwrap(), [40, 41]);
}

#[test]
fn a_write_cut_off_anywhere_is_cut_and_written_again() {
    let dir = tempfile::tempdir().unwrap();
    drop(filled(dir.path(), 1 << 20, 8));
    let path = segments(dir.path()).remove(0);
    let whole = fs::read(&path).unwrap();
    let mut last_start = 0;
    Log::open(config(dir.path(), 1 << 20), 1)
        .unwrap()
        .reader()
        .replay(8, &mut |_, at| {
            last_start = usize::try_from(at.offset).unwrap();
            Ok(())
        })
        .unwrap();
    for end in last_start..whole.len() {
        // A torn write leaves a beginning, or a beginning and nulls, or a beginning and rubbish.
        for tail in [vec![], vec![0; 40], vec![0xa5; 100]] {
            // By chance what is missing may be what the tail begins with: then nothing is torn.
            if !tail.is_empty() && tail.starts_with(&whole[end..]) {
                continue;
            }
            fs::write(&path, [&whole[..end], &tail[..]].concat()).unwrap();
            let mut log = Log::open(config(dir.path(), 1 << 20), 1).unwrap();
            assert_eq!(log.next(), 8, "cut at {end} of {}", whole.len());
            append(&mut log, 8).unwrap();
            assert_eq!(heights(&log, 1).unwrap(), (1..=8).collect::<Vec<_>>());
            assert_eq!(fs::read(&path).unwrap().len(), whole.len());
        }
    }
}

#[test]
fn a_flipped_bit_before_the_last_record_is_named() {
    let dir = tempfile::tempdir().unwrap();
    drop(filled(dir.path(), 1 << 20, 6));
    let path = segments(dir.path()).remove(0);
    let whole = fs::read(&path).unwrap();
    let mut starts = Vec::new();
    Log::open(config(dir.path(), 1 << 20), 1)
        .unwrap()
        .reader()
        .replay(1, &mut |_, at| {
            starts.push(usize::try_from(at.offset).unwrap());
            Ok(())
        })
        .unwrap();
    for at in 0..starts[5] {
        for bit in [0, 7] {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << bit;
            fs::write(&path, &bytes).unwrap();
            let error = Log::open(config(dir.path(), 1 << 20), 1).unwrap_err().to_string();
            let start = starts.iter().rfind(|start| **start <= at).copied().unwrap_or(0);
            let expected = [format!("at byte {start}:"), "has format".into()];
            assert!(error.contains("test-00000000000000000001.log"), "{error}");
            assert!(expected.iter().any(|text| error.contains(text)), "byte {at}, record at {start}: {error}");
        }
    }
    assert_eq!(fs::read(&path).unwrap().len(), whole.len(), "nothing was cut");
}

#[test]
fn bytes_inside_a_payload_never_pass_for_a_record() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = filled(dir.path(), 1 << 20, 1);
    let mut forged = frame(0);
    forged.extend(b"a transaction that holds a record");
    record::seal(&mut forged, 3, 0);
    let mut record = frame(0);
    record.extend(&forged);
    log.append(2, record).unwrap();
    drop(log);
    let path = segments(dir.path()).remove(0);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    assert_eq!(Log::open(config(dir.path(), 1 << 20), 1).unwrap().next(), 2, "cut, not taken for damage");
}

#[test]
fn a_missing_or_damaged_older_segment_is_named_when_read() {
    let dir = tempfile::tempdir().unwrap();
    drop(filled(dir.path(), 200, 40));
    let third = segments(dir.path()).remove(2);
    let whole = fs::read(&third).unwrap();
    let mut bytes = whole.clone();
    bytes[70] ^= 1;
    fs::write(&third, &bytes).unwrap();
    let log = Log::open(config(dir.path(), 200), 1).unwrap();
    let error = heights(&log, 1).unwrap_err().to_string();
    assert!(error.contains(third.file_name().unwrap().to_str().unwrap()), "{error}");
    fs::write(&third, &whole[..whole.len() - 3]).unwrap();
    assert!(matches!(heights(&log, 1), Err(StorageError::Damaged { .. })));
    fs::remove_file(&third).unwrap();
    assert!(matches!(heights(&log, 1), Err(StorageError::Damaged { .. })));
}

#[test]
fn a_crash_while_a_segment_begins_leaves_the_log_whole() {
    let dir = tempfile::tempdir().unwrap();
    drop(filled(dir.path(), 200, 12));
    fs::write(dir.path().join("test-00000000000000000013.tmp"), b"SEIZ").unwrap();
    let mut log = Log::open(config(dir.path(), 200), 1).unwrap();
    append(&mut log, 13).unwrap();
    drop(log);
    // The new file has its name, but the first record did not come through.
    let log = filled_further(dir.path(), 14);
    assert_eq!(heights(&log, 1).unwrap(), (1..=14).collect::<Vec<_>>());
}

fn filled_further(dir: &Path, last: Height) -> Log {
    let newest = segments(dir).pop().unwrap();
    let bytes = fs::read(&newest).unwrap();
    fs::write(&newest, &bytes[..usize::try_from(SEGMENT_HEADER_BYTES).unwrap()]).unwrap();
    let mut log = Log::open(config(dir, 200), 1).unwrap();
    while log.next() <= last {
        let next = log.next();
        append(&mut log, next).unwrap();
    }
    log
}

#[test]
fn pruning_drops_whole_segments_and_never_the_newest() {
    let dir = tempfile::tempdir().unwrap();
    let log = filled(dir.path(), 200, 40);
    let before = segments(dir.path()).len();
    let location = log.reader().read(Location { segment: 1, offset: 20, payload_bytes: 7 }, 1).unwrap();
    assert_eq!(location.unwrap(), payload(1));
    let prune = |height| below(&log.config, height).unwrap().iter().for_each(|path| fs::remove_file(path).unwrap());
    prune(20);
    assert!(segments(dir.path()).len() < before);
    let first = first_height(&log.config).unwrap();
    assert!((2..=20).contains(&first), "{first}");
    assert_eq!(heights(&log, first).unwrap(), (first..=40).collect::<Vec<_>>());
    assert!(matches!(heights(&log, first - 1), Err(StorageError::Pruned(_))));
    assert!(log.reader().read(Location { segment: 1, offset: 20, payload_bytes: 7 }, 1).unwrap().is_none());
    prune(1_000);
    assert_eq!(segments(dir.path()).len(), 1);
}

#[test]
fn another_format_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    drop(filled(dir.path(), 200, 1));
    let path = segments(dir.path()).remove(0);
    let mut bytes = fs::read(&path).unwrap();
    bytes[8] = 2;
    fs::write(&path, bytes).unwrap();
    let error = Log::open(config(dir.path(), 200), 1).unwrap_err().to_string();
    assert!(error.contains("has format 2, this version of seiza reads 1"), "{error}");
}
