//! The compact proposal's encoding. `docs/spec/twin-turbo.md` shows it as a table.
//!
//! Numbers are big-endian. Lengths are checked against their bounds before anything is allocated. After decoding, the value
//! is encoded again and compared: so there is one encoding, also of the protobuf in it.

use prost::Message as _;
use seiza_types::limits::TX_BYTES_MAX;
use seiza_types::{B256, Bytes, Evidence, Header, Signature};
use tendermint::block::Commit;
use tendermint_proto::Protobuf;
use tendermint_proto::v0_38::types::{Commit as RawCommit, Header as RawHeader};

use super::reader::Reader;
use super::{CompactError, CompactProposal, TxIds};
use crate::limits::{
    COMMIT_BYTES_MAX, COMPACT_BYTES_MAX, COMPACT_TXS_MAX, EVIDENCE_BYTES_MAX, EVIDENCE_MAX, FULL_IDS_BELOW,
    HEADER_BYTES_MAX, PARTS_MAX, PREFILLED_BYTES_MAX, ROUND_MAX,
};
use crate::parts::PartSetHeader;

const VERSION: u8 = 1;
/// Bytes of a short id.
const SHORT: usize = 8;
/// Bytes of a whole hash.
const FULL: usize = 32;

/// Everything but the signature.
pub(super) fn encode_unsigned(proposal: &CompactProposal) -> Vec<u8> {
    let mut out = vec![VERSION];
    put_number(&mut out, proposal.round as usize);
    put_blob(&mut out, &Protobuf::<RawHeader>::encode_vec(proposal.header.clone()));
    let commit = proposal.last_commit.clone().map(|commit| RawCommit::from(commit).encode_to_vec());
    put_blob(&mut out, commit.as_deref().unwrap_or_default());
    put_number(&mut out, proposal.evidence.len());
    proposal.evidence.iter().for_each(|evidence| put_blob(&mut out, &evidence.encode()));
    put_ids(&mut out, &proposal.txs);
    put_number(&mut out, proposal.prefilled.len());
    for (index, tx) in &proposal.prefilled {
        put_number(&mut out, *index as usize);
        put_blob(&mut out, tx);
    }
    put_number(&mut out, proposal.parts.total as usize);
    out.extend(proposal.parts.root.0);
    out
}

fn put_ids(out: &mut Vec<u8>, ids: &TxIds) {
    put_number(out, ids.len());
    match ids {
        TxIds::Full(ids) => {
            out.push(FULL as u8);
            ids.iter().for_each(|id| out.extend(id.0));
        }
        TxIds::Short(ids) => {
            out.push(SHORT as u8);
            ids.iter().for_each(|id| out.extend(id.to_be_bytes()));
        }
    }
}

fn put_number(out: &mut Vec<u8>, number: usize) {
    out.extend(u32::try_from(number).expect("bounded far below 2^32").to_be_bytes());
}

fn put_blob(out: &mut Vec<u8>, blob: &[u8]) {
    put_number(out, blob.len());
    out.extend_from_slice(blob);
}

/// Reads a proposal; nothing is checked of what it says.
pub(super) fn decode(bytes: &[u8]) -> Result<CompactProposal, CompactError> {
    if bytes.len() > COMPACT_BYTES_MAX {
        return Err(CompactError::TooLong { bytes: bytes.len(), max: COMPACT_BYTES_MAX });
    }
    let proposal = read(&mut Reader(bytes))?;
    if proposal.encode() == bytes { Ok(proposal) } else { Err(CompactError::NotCanonical) }
}

fn read(reader: &mut Reader<'_>) -> Result<CompactProposal, CompactError> {
    let version = reader.byte("version")?;
    if version != VERSION {
        return Err(CompactError::Version(version));
    }
    let round = reader.number("round", ROUND_MAX as usize)? as u32;
    let header = read_header(reader)?;
    let last_commit = read_commit(reader)?;
    let evidence = read_evidence(reader)?;
    let txs = read_ids(reader)?;
    let prefilled = read_prefilled(reader, txs.len())?;
    let total = reader.number("parts.total", PARTS_MAX as usize)? as u32;
    let root = B256::new(reader.array("parts.root")?);
    let signature = Signature(reader.array("signature")?);
    let parts = PartSetHeader { total, root };
    Ok(CompactProposal { round, header, last_commit, evidence, txs, prefilled, parts, signature })
}

fn malformed(field: &'static str, reason: impl std::fmt::Display) -> CompactError {
    CompactError::Malformed { field, reason: reason.to_string() }
}

fn read_header(reader: &mut Reader<'_>) -> Result<Header, CompactError> {
    let bytes = reader.blob("header", HEADER_BYTES_MAX)?;
    <Header as Protobuf<RawHeader>>::decode_vec(bytes).map_err(|error| malformed("header", error))
}

fn read_commit(reader: &mut Reader<'_>) -> Result<Option<Commit>, CompactError> {
    let bytes = reader.blob("last_commit", COMMIT_BYTES_MAX)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    let raw = RawCommit::decode(bytes).map_err(|error| malformed("last_commit", error))?;
    Commit::try_from(raw).map(Some).map_err(|error| malformed("last_commit", error))
}

fn read_evidence(reader: &mut Reader<'_>) -> Result<Vec<Evidence>, CompactError> {
    let count = reader.number("evidence", EVIDENCE_MAX)?;
    let one = |_| {
        let bytes = reader.blob("evidence", EVIDENCE_BYTES_MAX)?;
        Evidence::decode(bytes).map_err(|error| malformed("evidence", error))
    };
    (0..count).map(one).collect()
}

fn read_ids(reader: &mut Reader<'_>) -> Result<TxIds, CompactError> {
    let count = reader.number("txs", COMPACT_TXS_MAX)?;
    let width = usize::from(reader.byte("txs")?);
    let ids = match width {
        FULL | SHORT => reader.take("txs", count * width)?.chunks_exact(width),
        other => return Err(malformed("txs", format!("ids of {other} bytes, 8 or 32 are known"))),
    };
    if width == FULL {
        return Ok(TxIds::Full(ids.map(B256::from_slice).collect()));
    }
    if count < FULL_IDS_BELOW {
        return Err(malformed("txs", format!("short ids for {count} transactions, from {FULL_IDS_BELOW} on")));
    }
    Ok(TxIds::Short(ids.map(|id| u64::from_be_bytes(id.try_into().expect("chunks of 8"))).collect()))
}

fn read_prefilled(reader: &mut Reader<'_>, txs: usize) -> Result<Vec<(u32, Bytes)>, CompactError> {
    let count = reader.number("prefilled", txs)?;
    let (mut prefilled, mut next, mut room) = (Vec::new(), 0, PREFILLED_BYTES_MAX);
    for _ in 0..count {
        // `next` is at most `txs` here: the last index read was below it.
        let index = reader.number("prefilled index", txs.saturating_sub(1))?;
        if index < next {
            return Err(malformed("prefilled index", format!("{index} comes after {}", next - 1)));
        }
        let tx = reader.blob("prefilled", room.min(TX_BYTES_MAX))?;
        (next, room) = (index + 1, room - tx.len());
        prefilled.push((index as u32, Bytes::copy_from_slice(tx)));
    }
    Ok(prefilled)
}
