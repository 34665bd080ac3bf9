//! Requests and responses: transactions, a block's transactions, block parts, peers' addresses, parts of snapshots.

use seiza_types::{B256, Bytes, limits::TX_BYTES_MAX};

use super::{Entry, Item, Piece, Reader, WireError, framed, lane::put_hashes, put_blob, put_count, put_option};
use crate::{
    figures::Kind,
    limits::{EXCHANGE_MAX, PART_BYTES_MAX, REQUEST_HASHES_MAX, REQUEST_INDEXES_MAX},
};

/// What one peer asks of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Waiting transactions by hash.
    Txs(Vec<B256>),
    /// Transactions of a block, by their places in it.
    BlockTxs {
        /// The block's hash.
        block: B256,
        /// Places.
        indexes: Vec<u32>,
    },
    /// A part of an encoded block.
    Part {
        /// The block's hash.
        block: B256,
        /// The part's place.
        index: u32,
    },
    /// Addresses of other peers.
    Peers,
    /// A part of a snapshot's item.
    Snapshot {
        /// The item.
        item: Item,
        /// The part's place.
        part: u32,
    },
}

/// The answer to a [`Request`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Response {
    /// The first of the asked transactions, as many as fit; `None` for those that are not held.
    Txs(Vec<Option<Bytes>>),
    /// The first of the asked transactions, as many as fit; `None` if the block is not held.
    BlockTxs(Option<Vec<Bytes>>),
    /// The part, if it is held.
    Part(Option<Bytes>),
    /// Addresses of other peers.
    Peers(Vec<Entry>),
    /// Too many requests at a time: ask later, or others.
    Busy,
    /// The part of a snapshot's item, if it is held.
    Snapshot(Option<Piece>),
}

const TXS: u8 = 1;
const BLOCK_TXS: u8 = 2;
const PART: u8 = 3;
const PEERS: u8 = 4;
const BUSY: u8 = 5;
const SNAPSHOT: u8 = 6;

impl Request {
    /// The request as a frame. The caller keeps lists within their bounds.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Txs(hashes) => framed(TXS, |out| put_hashes(out, hashes)),
            Self::BlockTxs { block, indexes } => framed(BLOCK_TXS, |out| {
                out.extend_from_slice(block.as_slice());
                put_count(out, indexes.len());
                indexes.iter().for_each(|index| out.extend_from_slice(&index.to_be_bytes()));
            }),
            Self::Part { block, index } => framed(PART, |out| {
                out.extend_from_slice(block.as_slice());
                out.extend_from_slice(&index.to_be_bytes());
            }),
            Self::Peers => framed(PEERS, |_| {}),
            Self::Snapshot { item, part } => framed(SNAPSHOT, |out| {
                item.put(out);
                out.extend_from_slice(&part.to_be_bytes());
            }),
        }
    }

    /// Reads a frame's kind and body.
    ///
    /// # Errors
    /// [`WireError`] names the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(bytes);
        let request = match reader.u8("kind")? {
            TXS => Self::Txs(reader.list((REQUEST_HASHES_MAX, 32), "hashes", |r| r.hash("hash"))?),
            BLOCK_TXS => Self::BlockTxs {
                block: reader.hash("block")?,
                indexes: reader.list((REQUEST_INDEXES_MAX, 4), "indexes", |r| r.u32("index"))?,
            },
            PART => Self::Part { block: reader.hash("block")?, index: reader.u32("index")? },
            PEERS => Self::Peers,
            SNAPSHOT => Self::Snapshot { item: Item::read(&mut reader)?, part: reader.u32("part")? },
            value => return Err(WireError::Unknown { what: "kind", value: u64::from(value) }),
        };
        reader.end().map(|()| request)
    }
}

impl Response {
    /// The response as a frame. The caller keeps lists within their bounds.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Txs(txs) => framed(TXS, |out| {
                put_count(out, txs.len());
                txs.iter().for_each(|tx| put_option(out, tx.as_ref()));
            }),
            Self::BlockTxs(txs) => framed(BLOCK_TXS, |out| {
                out.push(u8::from(txs.is_some()));
                if let Some(txs) = txs {
                    put_count(out, txs.len());
                    txs.iter().for_each(|tx| put_blob(out, tx));
                }
            }),
            Self::Part(part) => framed(PART, |out| put_option(out, part.as_ref())),
            Self::Peers(entries) => framed(PEERS, |out| {
                put_count(out, entries.len());
                entries.iter().for_each(|entry| entry.put(out));
            }),
            Self::Busy => framed(BUSY, |_| {}),
            Self::Snapshot(piece) => framed(SNAPSHOT, |out| {
                out.push(u8::from(piece.is_some()));
                piece.iter().for_each(|piece| piece.put(out));
            }),
        }
    }

    /// Reads a frame's kind and body.
    ///
    /// # Errors
    /// [`WireError`] names the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(bytes);
        let response = match reader.u8("kind")? {
            TXS => Self::Txs(
                reader.list((REQUEST_HASHES_MAX, 1), "transactions", |r| r.option(TX_BYTES_MAX, "transaction"))?,
            ),
            BLOCK_TXS => Self::BlockTxs(read_block_txs(&mut reader)?),
            PART => Self::Part(reader.option(PART_BYTES_MAX, "part")?),
            PEERS => Self::Peers(reader.list((EXCHANGE_MAX, 9), "peers", Entry::read)?),
            BUSY => Self::Busy,
            SNAPSHOT => {
                let held = reader.flag("held")?;
                Self::Snapshot(held.then(|| Piece::read(&mut reader)).transpose()?)
            }
            value => return Err(WireError::Unknown { what: "kind", value: u64::from(value) }),
        };
        reader.end().map(|()| response)
    }
}

/// Under which kind a request's or response's bytes are counted, by the byte that names its kind.
pub(crate) const fn counted_as(kind: u8) -> Kind {
    match kind {
        TXS => Kind::Txs,
        BLOCK_TXS => Kind::BlockTxs,
        PART => Kind::Parts,
        SNAPSHOT => Kind::Snapshots,
        _ => Kind::Peers,
    }
}

fn read_block_txs(reader: &mut Reader<'_>) -> Result<Option<Vec<Bytes>>, WireError> {
    if !reader.flag("held")? {
        return Ok(None);
    }
    reader.list((REQUEST_INDEXES_MAX, 4), "transactions", |r| r.blob(TX_BYTES_MAX, "transaction")).map(Some)
}
