//! What the records of the logs hold: changesets, commits, blocks. Each begins with a version byte.
//!
//! ```text
//! changeset = count, then for each key in order: key bytes, 0 for a removal or 1 + length and the value
//! commit    = 1 | app hash (32) | changeset as a byte string | results (to the end)
//! block     = 1 | Tendermint's protobuf Block as a byte string | Tendermint's protobuf Commit (to the end)
//! ```

use prost::Message as _;
use seiza_state::{Changeset, Key, Value};
use seiza_types::{AppHash, Block, Certificate};
use tendermint::block::Commit as TendermintCommit;
use tendermint_proto::v0_38::types::Commit as RawCommit;

use crate::log::frame;
use crate::results::BlockResults;
use crate::wire::{Reader, WireError, put_bytes, put_number};

const VERSION: u8 = 1;
/// A change's least encoding: key length, store byte, value tag.
const CHANGE_BYTES_MIN: usize = 3;

/// Appends a changeset.
pub(crate) fn put_changes(out: &mut Vec<u8>, changes: &Changeset) {
    put_number(out, changes.len() as u64);
    for (key, value) in changes.iter() {
        put_bytes(out, key.as_bytes());
        match value {
            None => out.push(0),
            Some(value) => {
                put_number(out, value.len() as u64 + 1);
                out.extend_from_slice(value);
            }
        }
    }
}

/// Reads a changeset; keys have to ascend.
pub(crate) fn changes(bytes: &[u8]) -> Result<Changeset, WireError> {
    let mut reader = Reader::new(bytes);
    let count = reader.count(CHANGE_BYTES_MIN)?;
    let mut pairs: Vec<(Key, Option<Value>)> = Vec::with_capacity(count);
    for _ in 0..count {
        let key = Key::decode(reader.bytes()?).ok_or(WireError::Field("key"))?;
        if pairs.last().is_some_and(|(last, _)| *last >= key) {
            return Err(WireError::Field("order of keys"));
        }
        let value = match reader.number_as::<usize>("value length")? {
            0 => None,
            length => Some(Value::from(reader.take(length - 1)?)),
        };
        pairs.push((key, value));
    }
    reader.end()?;
    Ok(Changeset::from_unordered(pairs))
}

/// A framed record of a commit.
pub(crate) fn commit_record(app_hash: AppHash, changes: &Changeset, results: &BlockResults) -> Vec<u8> {
    let mut changes_bytes = Vec::with_capacity(16 + changes.len() * 96);
    put_changes(&mut changes_bytes, changes);
    let mut out = frame(changes_bytes.len() + 512 + results.receipts.len() * 160);
    out.push(VERSION);
    out.extend_from_slice(app_hash.as_slice());
    put_bytes(&mut out, &changes_bytes);
    results.encode_into(&mut out);
    out
}

/// A commit's parts, each still encoded: who replays needs the changes, who reads a block the results.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CommitPayload<'a> {
    pub(crate) app_hash: AppHash,
    pub(crate) changes: &'a [u8],
    pub(crate) results: &'a [u8],
}

/// Splits a commit's payload.
pub(crate) fn commit(payload: &[u8]) -> Result<CommitPayload<'_>, WireError> {
    let mut reader = Reader::new(payload);
    version(&mut reader)?;
    let app_hash = AppHash::new(reader.array()?);
    let changes = reader.bytes()?;
    let results = reader.take(reader.left())?;
    Ok(CommitPayload { app_hash, changes, results })
}

/// A framed record of a decided block.
pub(crate) fn block_record(block: &Block, certificate: &Certificate) -> Vec<u8> {
    let block = block.encode();
    let certificate = RawCommit::from(certificate.0.clone()).encode_to_vec();
    let mut out = frame(block.len() + certificate.len() + 8);
    out.push(VERSION);
    put_bytes(&mut out, &block);
    out.extend_from_slice(&certificate);
    out
}

/// Reads a decided block.
pub(crate) fn block(payload: &[u8]) -> Result<(Block, Certificate), WireError> {
    let mut reader = Reader::new(payload);
    version(&mut reader)?;
    let block = Block::decode(reader.bytes()?).map_err(|_| WireError::Field("block"))?;
    let raw = RawCommit::decode(reader.take(reader.left())?).map_err(|_| WireError::Field("certificate"))?;
    let commit = TendermintCommit::try_from(raw).map_err(|_| WireError::Field("certificate"))?;
    Ok((block, Certificate(commit)))
}

fn version(reader: &mut Reader<'_>) -> Result<(), WireError> {
    match reader.byte()? {
        VERSION => Ok(()),
        other => Err(WireError::Version(other)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_map, vec};
    use proptest::option;
    use proptest::prelude::*;
    use seiza_state::STORES;

    use super::*;

    fn any_changes() -> impl Strategy<Value = Changeset> {
        let key = (0..STORES.len(), vec(any::<u8>(), 0..70));
        btree_map(key, option::of(vec(any::<u8>(), 0..300)), 0..40).prop_map(|changes| {
            changes
                .into_iter()
                .map(|((store, path), value)| (Key::new(STORES[store], &[&path]), value.map(Value::from)))
                .collect()
        })
    }

    fn encoded(set: &Changeset) -> Vec<u8> {
        let mut out = Vec::new();
        put_changes(&mut out, set);
        out
    }

    proptest! {
        #[test]
        fn changes_return(set in any_changes()) {
            prop_assert_eq!(changes(&encoded(&set)), Ok(set));
        }

        #[test]
        fn accepted_changes_have_one_encoding(set in any_changes(), at: prop::sample::Index, bit in 0u8..8) {
            let mut bytes = encoded(&set);
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            if let Ok(decoded) = changes(&bytes) {
                prop_assert_eq!(encoded(&decoded), bytes);
            }
        }

        #[test]
        fn random_payloads_never_panic(mut bytes in vec(any::<u8>(), 1..200)) {
            let _ = changes(&bytes);
            bytes[0] = VERSION;
            let _ = (commit(&bytes).map(|_| ()), block(&bytes).map(|_| ()));
        }
    }
}
