//! Fixture archives: zstd-compressed tar files in a folder that the environment names.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The archives were compressed with a window of 2^27 bytes.
const WINDOW_LOG_MAX: u32 = 27;

/// Where archives are looked for.
pub fn folder() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    std::env::var_os("SEIZA_FIXTURES").map_or_else(beside, PathBuf::from)
}

/// A file's path in its archive, and its bytes.
pub type Entry = (String, Vec<u8>);

/// The JSON files in an archive, or `None` where there is no such archive.
pub fn read(name: &str) -> Option<Vec<Entry>> {
    let file = File::open(folder().join(name)).ok()?;
    Some(unpack(file).expect("the archive is whole"))
}

fn unpack(file: File) -> io::Result<Vec<Entry>> {
    let mut decoder = zstd::Decoder::new(file)?;
    decoder.window_log_max(WINDOW_LOG_MAX)?;
    let mut files = Vec::new();
    for entry in tar::Archive::new(decoder).entries()? {
        let mut entry = entry?;
        let path = entry.path()?.to_string_lossy().into_owned();
        if path.ends_with(".json") {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            files.push((path, bytes));
        }
    }
    Ok(files)
}
