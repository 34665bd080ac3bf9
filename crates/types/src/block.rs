//! Tendermint blocks: header, transactions, the commit of the block before.

use alloy_primitives::{B256, Bytes};
use sha2::{Digest, Sha256};
use tendermint::block::Commit;
use tendermint::merkle;
use tendermint_proto::Protobuf;
use tendermint_proto::v0_38::types::{Block as RawBlock, Data};

use crate::{Evidence, EvidenceError, Height, evidence};

/// Tendermint's header. The app hash and results hash in it are those after the height before.
pub type Header = tendermint::block::Header;

/// Why bytes are no block.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    /// Malformed protobuf, or a field out of its bounds.
    #[error("block does not decode: {0}")]
    Malformed(String),
    /// Evidence in it does not decode.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// The header promises other transactions.
    #[error("header's data hash is {header}, the transactions hash to {actual}")]
    DataHash {
        /// What the header says.
        header: B256,
        /// What the transactions hash to.
        actual: B256,
    },
}

/// A block: what consensus agrees on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The header; its hash names the block.
    pub header: Header,
    /// Encoded transactions, in order.
    pub txs: Vec<Bytes>,
    /// Validators caught since.
    pub evidence: Vec<Evidence>,
    /// Commit of the height before; `None` in the first block.
    pub last_commit: Option<Commit>,
}

impl Block {
    /// The block's hash: Tendermint's header hash.
    #[must_use]
    pub fn hash(&self) -> B256 {
        B256::from_slice(self.header.hash().as_bytes())
    }

    /// The block's height.
    #[must_use]
    pub fn height(&self) -> Height {
        self.header.height.value()
    }

    /// Seconds since 1970, as the EVM sees the block's time.
    #[must_use]
    pub fn timestamp(&self) -> u64 {
        u64::try_from(self.header.time.unix_timestamp()).unwrap_or(0)
    }

    /// The nanoseconds that the block's time has beyond whole seconds.
    #[must_use]
    pub fn nanos(&self) -> u32 {
        u32::try_from(self.header.time.unix_timestamp_nanos().rem_euclid(1_000_000_000)).unwrap_or(0)
    }

    /// Encodes the block as Tendermint's protobuf `Block`.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let raw = RawBlock {
            header: Some(self.header.clone().into()),
            data: Some(Data { txs: self.txs.iter().map(|tx| tx.to_vec()).collect() }),
            evidence: Some(evidence::to_list(&self.evidence)),
            last_commit: self.last_commit.clone().map(Into::into),
        };
        prost::Message::encode_to_vec(&raw)
    }

    /// Decodes Tendermint's protobuf `Block` and checks that the header names these transactions.
    ///
    /// # Errors
    /// [`BlockError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, BlockError> {
        let malformed = |error: &dyn std::fmt::Display| BlockError::Malformed(error.to_string());
        let raw = <RawBlock as prost::Message>::decode(bytes).map_err(|error| malformed(&error))?;
        let header = raw.header.ok_or_else(|| malformed(&"header is missing"))?;
        let header = Header::try_from(header).map_err(|error| malformed(&error))?;
        let last_commit = raw.last_commit.map(Commit::try_from).transpose().map_err(|error| malformed(&error))?;
        let txs: Vec<Bytes> = raw.data.unwrap_or_default().txs.into_iter().map(Bytes::from).collect();
        let evidence = evidence::from_list(raw.evidence.unwrap_or_default())?;
        let actual = data_hash(&txs);
        let stated = header.data_hash.map_or(data_hash(&[]), |hash| B256::from_slice(hash.as_bytes()));
        if actual != stated {
            return Err(BlockError::DataHash { header: stated, actual });
        }
        Ok(Self { header, txs, evidence, last_commit })
    }

    /// Encodes the header alone (Tendermint's protobuf `Header`).
    #[must_use]
    pub fn encode_header(&self) -> Vec<u8> {
        <Header as Protobuf<tendermint_proto::v0_38::types::Header>>::encode_vec(self.header.clone())
    }
}

/// Tendermint's data hash: merkle root over the SHA-256 hashes of the transactions.
#[must_use]
pub fn data_hash(txs: &[Bytes]) -> B256 {
    let leaves: Vec<[u8; 32]> = txs.iter().map(|tx| Sha256::digest(tx).into()).collect();
    B256::new(merkle::simple_hash_from_byte_vectors::<tendermint::crypto::default::Sha256>(&leaves))
}
