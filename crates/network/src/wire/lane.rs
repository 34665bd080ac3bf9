//! What travels on the lane, the one stream that each side keeps open: hello, announcements, evidence.

use seiza_types::{B256, Bytes};

use super::{Hello, Reader, Refusal, WireError, framed, put_blob, put_count};
use crate::{
    figures::Kind,
    limits::{ANNOUNCE_HASHES_MAX, EVIDENCE_BYTES_MAX, PUSH_TX_BYTES_MAX, PUSH_TXS_MAX},
};

/// A message on the lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LaneMessage {
    /// What the sender is; the first message on every lane.
    Hello(Box<Hello>),
    /// The receiver's hello was good: from now on it may ask and announce.
    Welcome,
    /// The receiver's hello was not good; the sender closes the connection.
    Refuse(Refusal),
    /// Hashes of transactions that the sender holds.
    Announce(Vec<B256>),
    /// Small transactions that the sender holds, whole, each with its hash.
    Push(Vec<(B256, Bytes)>),
    /// One piece of evidence, encoded.
    Evidence(Bytes),
}

const HELLO: u8 = 1;
const WELCOME: u8 = 2;
const REFUSE: u8 = 3;
const ANNOUNCE: u8 = 4;
const PUSH: u8 = 5;
const EVIDENCE: u8 = 6;

impl LaneMessage {
    /// The message as a frame. The caller keeps lists within their bounds.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Hello(hello) => framed(HELLO, |out| hello.put(out)),
            Self::Welcome => framed(WELCOME, |_| {}),
            Self::Refuse(refusal) => framed(REFUSE, |out| refusal.put(out)),
            Self::Announce(hashes) => framed(ANNOUNCE, |out| put_hashes(out, hashes)),
            Self::Push(txs) => framed(PUSH, |out| put_txs(out, txs)),
            Self::Evidence(bytes) => framed(EVIDENCE, |out| put_blob(out, bytes)),
        }
    }

    /// Reads a frame's kind and body.
    ///
    /// # Errors
    /// [`WireError`] names the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(bytes);
        let message = match reader.u8("kind")? {
            HELLO => Self::Hello(Box::new(Hello::read(&mut reader)?)),
            WELCOME => Self::Welcome,
            REFUSE => Self::Refuse(Refusal::read(&mut reader)?),
            ANNOUNCE => Self::Announce(reader.list((ANNOUNCE_HASHES_MAX, 32), "hashes", |r| r.hash("hash"))?),
            PUSH => Self::Push(reader.list((PUSH_TXS_MAX, 36), "transactions", read_tx)?),
            EVIDENCE => Self::Evidence(reader.blob(EVIDENCE_BYTES_MAX, "evidence")?),
            value => return Err(WireError::Unknown { what: "kind", value: u64::from(value) }),
        };
        reader.end().map(|()| message)
    }

    /// Under which kind a frame's bytes are counted, by the byte that names its kind.
    pub(crate) const fn counted_as(kind: u8) -> Kind {
        match kind {
            ANNOUNCE => Kind::Announce,
            PUSH => Kind::Push,
            EVIDENCE => Kind::Evidence,
            _ => Kind::Hello,
        }
    }
}

pub(super) fn put_hashes(out: &mut Vec<u8>, hashes: &[B256]) {
    out.reserve(hashes.len() * 32 + 4);
    put_count(out, hashes.len());
    for hash in hashes {
        out.extend_from_slice(hash.as_slice());
    }
}

fn put_txs(out: &mut Vec<u8>, txs: &[(B256, Bytes)]) {
    out.reserve(txs.iter().map(|(_, bytes)| bytes.len() + 36).sum::<usize>() + 4);
    put_count(out, txs.len());
    for (hash, bytes) in txs {
        out.extend_from_slice(hash.as_slice());
        put_blob(out, bytes);
    }
}

fn read_tx(reader: &mut Reader<'_>) -> Result<(B256, Bytes), WireError> {
    Ok((reader.hash("hash")?, reader.blob(PUSH_TX_BYTES_MAX, "transaction")?))
}
