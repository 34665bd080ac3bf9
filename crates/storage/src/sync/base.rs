//! The block of a snapshot's height: the next block is checked against it and its results.
//!
//! ```text
//! base  block as bytes (payload.rs: Tendermint's protobuf Block and Commit) | results (results.rs)
//! ```
//! Of the results the next header vouches for code, data and gas of each transaction. Logs and events nobody can vouch for are
//! left out, and the storage that is made of a snapshot does not show this height: its first whole height is the next.

use seiza_types::{B256, Block, Certificate, Header, commit_hash, data_hash, evidence_hash, results_hash};
use tendermint::Hash;

use super::SyncError;
use crate::limits::SYNC_BASE_BYTES_MAX;
use crate::log::HEADER_BYTES;
use crate::wire::{Reader, WireError, put_bytes};
use crate::{BlockResults, StoredBlock, payload};

/// The block of a snapshot's height with its certificate and results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// The block.
    pub block: Block,
    /// What decided it. Whoever takes a base verifies it against the validators of its height.
    pub certificate: Certificate,
    /// What executing it gave, without logs and events.
    pub results: BlockResults,
}

impl Base {
    /// The base that a stored block makes; `None` where it is not committed.
    #[must_use]
    pub fn of(stored: &StoredBlock) -> Option<Self> {
        let results = BlockResults::clone(stored.results.as_ref()?);
        let (block, certificate) = (stored.block.clone(), stored.certificate.clone());
        Some(Self { block, certificate, results: vouched(results) })
    }

    /// Encodes the base.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let record = payload::block_record(&self.block, &self.certificate);
        let mut out = Vec::with_capacity(record.len() + 1024);
        put_bytes(&mut out, &record[HEADER_BYTES..]);
        self.results.encode_into(&mut out);
        out
    }

    /// Decodes what [`Base::encode`] wrote. Proves nothing yet: [`Base::check`].
    ///
    /// # Errors
    /// [`SyncError`]: whoever sent it is at fault.
    pub fn decode(bytes: &[u8]) -> Result<Self, SyncError> {
        if bytes.len() > SYNC_BASE_BYTES_MAX {
            let (bytes, max) = (bytes.len() as u64, SYNC_BASE_BYTES_MAX as u64);
            return Err(SyncError::Large { what: "block", bytes, max });
        }
        let mut reader = Reader::new(bytes);
        let (block, certificate) = payload::block(reader.bytes()?)?;
        let results = vouched(BlockResults::decode(reader.take(reader.left())?)?);
        if results.receipts.len() != block.txs.len() || results.tx_hashes.len() != block.txs.len() {
            return Err(WireError::Field("receipts").into());
        }
        Ok(Self { block, certificate, results })
    }

    /// Whether block and results are those that `next`, the header after them, names.
    ///
    /// # Errors
    /// [`SyncError::Base`]: whoever sent it is at fault.
    pub fn check(&self, next: &Header) -> Result<(), SyncError> {
        let header = &self.block.header;
        let parent = next.last_block_id.map(|id| id.hash);
        let of_nothing =
            |hash: Option<Hash>, nothing: B256| hash.map_or(nothing, |hash| B256::from_slice(hash.as_bytes()));
        let evidence = of_nothing(header.evidence_hash, evidence_hash(&[]));
        let commit = of_nothing(header.last_commit_hash, commit_hash(None));
        let data = of_nothing(header.data_hash, data_hash(&[]));
        let results = of_nothing(next.last_results_hash, results_hash(&[]));
        let table = [
            ("the block", parent == Some(header.hash()) && next.height.value() == header.height.value() + 1),
            ("a transaction", data == data_hash(&self.block.txs)),
            ("evidence", evidence == evidence_hash(&self.block.evidence)),
            ("the last commit", commit == commit_hash(self.block.last_commit.as_ref())),
            ("a result", results == results_hash(&self.results.receipts)),
        ];
        match table.into_iter().find(|(_, holds)| !holds) {
            Some((what, _)) => Err(SyncError::Base(what)),
            None => Ok(()),
        }
    }
}

/// The results without what nobody can vouch for.
fn vouched(mut results: BlockResults) -> BlockResults {
    for receipt in &mut results.receipts {
        receipt.logs.clear();
        receipt.events.clear();
    }
    // What markets did and what call-backs told enters no header either.
    BlockResults { logs_bloom: Default::default(), outcomes: Vec::new(), calls: Vec::new(), ..results }
}
