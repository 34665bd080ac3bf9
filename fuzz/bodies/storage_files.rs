//! What must hold of any bytes in storage's files: opening ends with the chain that was promised, or with an error that names
//! a file; it never panics.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use seiza_storage::{Options, Storage, StorageError};

/// Files that end wherever a crash cut them.
const LOGS: [&str; 3] =
    ["blocks/blocks-00000000000000000001.log", "changes/changes-00000000000000000001.log", "undecided.log"];
/// More nodes than fit this could name each other so often that a walk takes too long for a test.
const NODE_BYTES_MAX: usize = 120;

fn with_checksum(bytes: &[u8]) -> Vec<u8> {
    [bytes, &crc32fast::hash(bytes).to_le_bytes()].concat()
}

/// LEB128.
fn number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

/// Opens the folder: there is a chain of no blocks, or a typed error.
fn open(dir: &Path) {
    match Storage::open(dir, Options::without_fsync()) {
        Ok(storage) => assert_eq!((storage.head().height, storage.decided_tip()), (0, 0)),
        Err(StorageError::Damaged { .. } | StorageError::Format { .. }) => {}
        Err(other) => panic!("{other}"),
    }
}

/// Arbitrary bytes behind each log.
pub fn log_tail(bytes: &[u8]) {
    let dir = tempfile::tempdir().expect("a folder");
    open(dir.path());
    for log in LOGS {
        let file = OpenOptions::new().append(true).open(dir.path().join(log));
        file.and_then(|mut file| file.write_all(bytes)).expect("it is there and takes bytes");
        open(dir.path());
    }
}

/// Arbitrary bytes as an image.
pub fn image_file(bytes: &[u8]) {
    let dir = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(dir.path().join("images")).expect("a folder");
    fs::write(dir.path().join("images/00000000000000000000.image"), bytes).expect("a file");
    open(dir.path());
}

/// Arbitrary bytes as nodes, under checksums that are right, with every byte a root in its turn.
pub fn node_file(bytes: &[u8]) {
    let bytes = &bytes[..bytes.len().min(NODE_BYTES_MAX)];
    let dir = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(dir.path().join("images")).expect("a folder");
    let header = [&b"SEIZANOD"[..], &1u32.to_le_bytes(), &1u64.to_le_bytes(), &1u64.to_le_bytes()].concat();
    let content = [&with_checksum(&header)[..], bytes].concat();
    let sums = crc32fast::hash(&content).to_le_bytes();
    fs::write(dir.path().join("images/00000000000000000001.nodes"), [&content[..], &sums].concat()).expect("a file");
    let root = 1 + bytes.first().map_or(0, |first| usize::from(*first) % bytes.len());
    let mut payload = vec![7; 32];
    for field in [100, 1, 1, 1, bytes.len() as u64, u64::from(crc32fast::hash(&sums)), root as u64] {
        number(&mut payload, field);
    }
    payload.resize(payload.len() + seiza_state::STORES.len() - 1, 0);
    let length = u32::try_from(payload.len()).expect("it is short").to_le_bytes();
    let record = [&with_checksum(&[&length[..], &0u64.to_le_bytes()].concat())[..], &with_checksum(&payload)].concat();
    let image = [&b"SEIZAIMG"[..], &2u32.to_le_bytes(), &record].concat();
    fs::write(dir.path().join("images/00000000000000000000.image"), image).expect("a file");
    open(dir.path());
}
