//! The small file that is an image: which node files belong to it, and where each store's root lies.
//!
//! ```text
//! name    HEIGHT.image               20 digits
//! header  "SEIZAIMG" | format u32 = 2
//! record of that height, salt 0 (log/record.rs):
//!         app hash (32) | live bytes a key, in hundredths
//!         count of node files, by address; of each: number, first address, bytes, checksum
//!         for each store: address of the root, 0 where it is empty
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use seiza_state::STORES;
use seiza_types::{AppHash, Height};

use super::node_file::Place;
use super::{Address, IMAGE_DIR};
use crate::StorageError;
use crate::files::NewFile;
use crate::log::{frame, parse, seal};
use crate::wire::{Reader, WireError, put_number};

const MAGIC: &[u8; 8] = b"SEIZAIMG";
const FORMAT: u32 = 2;
const START_BYTES: usize = 12;

/// What an image says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Manifest {
    pub(super) height: Height,
    pub(super) app_hash: AppHash,
    /// Hundredths of bytes that a key takes with its nodes, as the last whole image had it.
    pub(super) key_cost: u64,
    /// By address.
    pub(super) files: Vec<Place>,
    pub(super) roots: [Option<Address>; STORES.len()],
}

/// Where the image of a height lies.
fn path(dir: &Path, height: Height) -> PathBuf {
    dir.join(IMAGE_DIR).join(format!("{height:020}.image"))
}

/// Writes an image; it appears whole or not at all. Its node files have to be durable.
pub(super) fn write(dir: &Path, fsync: bool, manifest: &Manifest) -> Result<(), StorageError> {
    let mut record = frame(64 + manifest.files.len() * 24 + STORES.len() * 6);
    encode(&mut record, manifest);
    seal(&mut record, manifest.height, 0);
    let mut new = NewFile::create(&path(dir, manifest.height), fsync)?;
    new.write(&[&MAGIC[..], &FORMAT.to_le_bytes(), &record].concat())?;
    new.publish()
}

/// Reads the image of a height.
pub(super) fn read(path: &Path, height: Height) -> Result<Manifest, StorageError> {
    let bytes = fs::read(path).map_err(StorageError::io("read", path))?;
    let Some((start, rest)) = bytes.split_at_checked(START_BYTES).filter(|(start, _)| &start[..8] == MAGIC) else {
        return Err(StorageError::damaged(path, 0, "this is no image of seiza's"));
    };
    if start[8..] != FORMAT.to_le_bytes() {
        return Err(StorageError::Format { path: path.into(), found: format!("{:?}", &start[8..]), expected: "2" });
    }
    let damaged = |what: &str| StorageError::damaged(path, START_BYTES as u64, what);
    let (record, whole) = parse(rest, 0).map_err(|fault| damaged(fault.text()))?;
    if whole != rest.len() || record.height != height {
        return Err(damaged("it is not the image of its height alone"));
    }
    decode(record.payload, height).map_err(|error| damaged(&error.to_string()))
}

fn encode(out: &mut Vec<u8>, manifest: &Manifest) {
    out.extend_from_slice(manifest.app_hash.as_slice());
    put_number(out, manifest.key_cost);
    put_number(out, manifest.files.len() as u64);
    for file in &manifest.files {
        [file.number, file.base, file.bytes, u64::from(file.checksum)]
            .iter()
            .for_each(|number| put_number(out, *number));
    }
    for root in manifest.roots {
        put_number(out, root.map_or(0, Address::number));
    }
}

fn decode(payload: &[u8], height: Height) -> Result<Manifest, WireError> {
    let mut reader = Reader::new(payload);
    let app_hash = AppHash::new(reader.array()?);
    let key_cost = reader.number()?;
    let mut files: Vec<Place> = Vec::new();
    for _ in 0..reader.count(4)? {
        let (number, base, bytes) = (reader.number()?, reader.number()?, reader.number()?);
        let file = Place { number, base, bytes, checksum: reader.number_as("checksum")? };
        let ends = base.checked_add(bytes).is_some_and(|end| end < 1 << 48);
        if !ends || files.last().is_some_and(|last| last.base + last.bytes > base || last.number >= number) {
            return Err(WireError::Field("node file"));
        }
        files.push(file);
    }
    let mut roots = [None; STORES.len()];
    for root in &mut roots {
        *root = Some(reader.number()?).filter(|number| *number != 0).map(Address::of);
    }
    reader.end()?;
    if files.is_empty() {
        return Err(WireError::Field("node files"));
    }
    Ok(Manifest { height, app_hash, key_cost, files, roots })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn images_return(app_hash: [u8; 32], key_cost: u64, sizes in prop::collection::vec((0u64..1 << 20, any::<u32>()), 1..5), roots: [Option<u16>; STORES.len()]) {
            let mut base = 1;
            let files = sizes.iter().zip(1..).map(|((bytes, checksum), number)| {
                base += bytes;
                Place { number, base: base - bytes, bytes: *bytes, checksum: *checksum }
            }).collect();
            let roots = roots.map(|root| root.map(|number| Address::of(u64::from(number) + 1)));
            let manifest = Manifest { height: 9, app_hash: AppHash::new(app_hash), key_cost, files, roots };
            let mut out = Vec::new();
            encode(&mut out, &manifest);
            prop_assert_eq!(decode(&out, 9), Ok(manifest));
        }

        #[test]
        fn what_is_accepted_has_one_encoding(bytes: Vec<u8>) {
            let bytes = [&[7; 32][..], &bytes].concat();
            if let Ok(manifest) = decode(&bytes, 9) {
                let mut out = Vec::new();
                encode(&mut out, &manifest);
                prop_assert_eq!(out, bytes);
            }
        }
    }
}
