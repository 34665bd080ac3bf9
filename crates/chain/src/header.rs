//! The header that follows from a chain's position: what a proposer writes and what everybody else compares.

use seiza_modules::validators::Sets;
use seiza_storage::Head;
use seiza_types::{
    Address, B256, Block, ChainId, Evidence, Header, Height, Time, block_id, commit_hash, data_hash, evidence_hash,
    results_hash,
};
use sha2::{Digest, Sha256};
use tendermint::block::header::Version;
use tendermint::block::{self, Commit};
use tendermint::{AppHash, Hash, account};
use tendermint_proto::v0_38::types::HashedParams;

use crate::{Genesis, InvalidBlock};

/// CometBFT's block protocol.
const BLOCK_VERSION: u64 = 11;
/// This application's protocol.
const APP_VERSION: u64 = 1;

/// All that the next header says besides its transactions, proposer and time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// Height of the next block.
    pub height: Height,
    /// Its chain.
    pub chain_id: ChainId,
    /// Hash of the block before; `None` for the first.
    pub parent: Option<B256>,
    /// Time of the block before.
    pub parent_time: Time,
    /// App hash after the block before.
    pub app_hash: B256,
    /// Results hash of the block before; `None` for the first.
    pub results_hash: Option<B256>,
    /// Hash of the validator set that decides it.
    pub validators_hash: Hash,
    /// Hash of the set that decides the one after it.
    pub next_validators_hash: Hash,
    /// Hash of the consensus parameters.
    pub consensus_hash: B256,
}

impl Position {
    /// The position after `head`.
    pub(crate) fn after(head: &Head, genesis: &Genesis, sets: &Sets) -> Self {
        let results = head.block.as_ref().and_then(|stored| stored.results.as_ref());
        Self {
            height: head.height + 1,
            chain_id: genesis.chain_id.parse().expect("genesis was checked to hold a chain id"),
            parent: head.block.as_ref().map(|stored| stored.hash),
            parent_time: head.block.as_ref().map_or(genesis.time, |stored| stored.block.header.time),
            app_hash: head.app_hash,
            results_hash: results.map(|results| results_hash(&results.receipts)),
            validators_hash: sets.current.hash(),
            next_validators_hash: sets.next.hash(),
            consensus_hash: consensus_hash(genesis.block_gas_max),
        }
    }

    /// The header of a block of these transactions. Time is raised to just after the parent's where it is not.
    #[must_use]
    pub fn header(
        &self,
        txs: &[seiza_types::Bytes],
        time: Time,
        proposer: account::Id,
        last_commit: Option<&Commit>,
        evidence: &[Evidence],
    ) -> Header {
        Header {
            version: Version { block: BLOCK_VERSION, app: APP_VERSION },
            chain_id: self.chain_id.clone(),
            height: block::Height::try_from(self.height).expect("heights fit 63 bits"),
            time: self.raise(time),
            last_block_id: self.parent.map(block_id),
            last_commit_hash: Some(hash(commit_hash(last_commit))),
            data_hash: Some(hash(data_hash(txs))),
            validators_hash: self.validators_hash,
            next_validators_hash: self.next_validators_hash,
            consensus_hash: hash(self.consensus_hash),
            app_hash: AppHash::try_from(self.app_hash.to_vec()).expect("any bytes are an app hash"),
            last_results_hash: self.results_hash.map(hash),
            evidence_hash: Some(hash(evidence_hash(evidence))),
            proposer_address: proposer,
        }
    }

    fn raise(&self, time: Time) -> Time {
        let least =
            (self.parent_time + std::time::Duration::from_nanos(1)).expect("block times stay far from year 9999");
        time.max(least)
    }

    /// Checks that the block's header is the one this position demands.
    ///
    /// # Errors
    /// [`InvalidBlock::Header`] naming the first field that differs.
    pub fn check(&self, block: &Block) -> Result<(), InvalidBlock> {
        let data = Some(hash(data_hash(&block.txs)));
        self.check_header(&block.header, data, block.last_commit.as_ref(), &block.evidence)
    }

    /// As [`Position::check`], before the transactions are here: `data` is what they must hash to.
    ///
    /// # Errors
    /// [`InvalidBlock::Header`] naming the first field that differs.
    pub fn check_header(
        &self,
        found: &Header,
        data: Option<Hash>,
        last_commit: Option<&Commit>,
        evidence: &[Evidence],
    ) -> Result<(), InvalidBlock> {
        let expected = self.header(&[], found.time, found.proposer_address, last_commit, evidence);
        let expected = Header { data_hash: data, ..expected };
        let differs = |field, found: &dyn std::fmt::Debug, expected: &dyn std::fmt::Debug| {
            Err(InvalidBlock::Header { field, found: format!("{found:?}"), expected: format!("{expected:?}") })
        };
        macro_rules! same {
            ($($field:ident),*) => {
                $(if found.$field != expected.$field {
                    return differs(stringify!($field), &found.$field, &expected.$field);
                })*
            };
        }
        same!(
            height,
            chain_id,
            version,
            time,
            last_block_id,
            app_hash,
            last_results_hash,
            data_hash,
            last_commit_hash,
            validators_hash,
            next_validators_hash,
            consensus_hash,
            evidence_hash
        );
        Ok(())
    }
}

fn hash(bytes: B256) -> Hash {
    Hash::Sha256(bytes.0)
}

fn consensus_hash(block_gas_max: u64) -> B256 {
    let params = HashedParams {
        block_max_bytes: i64::try_from(seiza_types::limits::BLOCK_BYTES_MAX).unwrap_or(i64::MAX),
        block_max_gas: i64::try_from(block_gas_max).unwrap_or(i64::MAX),
    };
    B256::new(Sha256::digest(prost::Message::encode_to_vec(&params)).into())
}

/// The proposer as the EVM's COINBASE and a block's `miner`.
pub(crate) fn coinbase(header: &Header) -> Address {
    Address::from_slice(header.proposer_address.as_bytes())
}
