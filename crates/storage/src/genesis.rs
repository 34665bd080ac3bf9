//! The genesis file: what the chain began with. It is never pruned, so that a node can always say which chain it is on.
//!
//! ```text
//! "SEIZAGEN" | format u32 = 1 | one record of height 0 (as in a log, salt 0)
//! payload = seconds since 1970 u64 | nanoseconds u32 (both little-endian) | meta as a byte string | changeset (to the end)
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use seiza_state::Changeset;
use tendermint::Time;

use crate::StorageError;
use crate::files::NewFile;
use crate::log::{frame, parse, seal};
use crate::payload::{changes, put_changes};
use crate::wire::{Reader, WireError, put_bytes};

const MAGIC: &[u8; 8] = b"SEIZAGEN";
const FORMAT: u32 = 1;
const HEADER_BYTES: usize = 12;

/// What a chain is told at its birth, besides its first state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenesisRecord {
    /// Genesis time: the time of height 0.
    pub time: Time,
    /// Whatever the chain wants back on every start: its parameters, in its own encoding.
    pub meta: Bytes,
}

/// Where the genesis lies in a folder.
pub(crate) fn path(dir: &Path) -> PathBuf {
    dir.join("genesis.bin")
}

/// Writes the genesis; it appears whole or not at all.
pub(crate) fn write(dir: &Path, fsync: bool, record: &GenesisRecord, set: &Changeset) -> Result<(), StorageError> {
    let mut out = frame(record.meta.len() + 64 + set.len() * 96);
    let seconds = u64::try_from(record.time.unix_timestamp()).unwrap_or(0);
    let nanos = u32::try_from(record.time.unix_timestamp_nanos().rem_euclid(1_000_000_000)).unwrap_or(0);
    out.extend_from_slice(&seconds.to_le_bytes());
    out.extend_from_slice(&nanos.to_le_bytes());
    put_bytes(&mut out, &record.meta);
    put_changes(&mut out, set);
    seal(&mut out, 0, 0);
    let mut new = NewFile::create(&path(dir), fsync)?;
    let header = [&MAGIC[..], &FORMAT.to_le_bytes()].concat();
    new.write(&header)?;
    new.write(&out)?;
    new.publish()
}

/// Reads the genesis; `None` where there is none yet.
pub(crate) fn read(dir: &Path) -> Result<Option<(GenesisRecord, Changeset)>, StorageError> {
    let path = path(dir);
    let bytes = match fs::read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        read => read.map_err(StorageError::io("read", &path))?,
    };
    let Some((header, rest)) = bytes.split_at_checked(HEADER_BYTES).filter(|(header, _)| &header[..8] == MAGIC) else {
        return Err(StorageError::damaged(&path, 0, "this is no genesis of seiza's"));
    };
    if header[8..] != FORMAT.to_le_bytes() {
        return Err(StorageError::Format { path, found: format!("{:?}", &header[8..]), expected: "1" });
    }
    let at = HEADER_BYTES as u64;
    let (record, whole) = parse(rest, 0).map_err(|fault| StorageError::damaged(&path, at, fault.text()))?;
    if whole != rest.len() {
        return Err(StorageError::damaged(&path, at + whole as u64, "bytes are left over"));
    }
    decode(record.payload).map(Some).map_err(|error| StorageError::damaged(&path, at, error.to_string()))
}

fn decode(payload: &[u8]) -> Result<(GenesisRecord, Changeset), WireError> {
    let mut reader = Reader::new(payload);
    let seconds = i64::from_le_bytes(reader.array()?);
    let nanos = u32::from_le_bytes(reader.array()?);
    let time = Time::from_unix_timestamp(seconds, nanos).map_err(|_| WireError::Field("time"))?;
    let meta = Bytes::copy_from_slice(reader.bytes()?);
    let set = changes(reader.take(reader.left())?)?;
    Ok((GenesisRecord { time, meta }, set))
}

#[cfg(test)]
mod tests {
    use seiza_state::{Key, StoreId, Value};

    use super::*;

    fn sample() -> (GenesisRecord, Changeset) {
        let time = Time::from_unix_timestamp(1_700_000_000, 123_456_789).unwrap();
        let set = [(Key::new(StoreId::Bank, &[b"a"]), Some(Value::from(&b"1"[..])))].into_iter().collect();
        (GenesisRecord { time, meta: Bytes::from_static(b"{chain}") }, set)
    }

    #[test]
    fn the_genesis_returns() {
        let dir = tempfile::tempdir().unwrap();
        assert!(read(dir.path()).unwrap().is_none());
        let (record, set) = sample();
        write(dir.path(), true, &record, &set).unwrap();
        assert_eq!(read(dir.path()).unwrap(), Some((record, set)));
    }

    #[test]
    fn every_flipped_byte_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let (record, set) = sample();
        write(dir.path(), false, &record, &set).unwrap();
        let whole = fs::read(path(dir.path())).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            fs::write(path(dir.path()), &bytes).unwrap();
            read(dir.path()).unwrap_err();
            fs::write(path(dir.path()), &whole[..at]).unwrap();
            read(dir.path()).unwrap_err();
        }
    }
}
