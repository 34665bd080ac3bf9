//! What the Tendermint RPC asks of the chain: blocks as they are stored, validator sets, proofs, trial runs.

use std::ops::RangeInclusive;
use std::sync::Arc;

use ics23::CommitmentProof;
use seiza_chain::state::{Key, StoreId};
use seiza_chain::{Genesis, Simulated};
use seiza_mempool::Counts;
use seiza_storage::{StateProof, StorageError, StoredBlock, TxLocation};
use seiza_types::tx::{CosmosTx, Signer};
use seiza_types::{AppHash, Evidence, Height, Tx, Validator};
use tendermint::account;

use super::Backend;
use crate::methods::Answer;
use crate::tendermint::Row;
use crate::{Address, B256, Bytes, Failure};

impl Backend {
    /// The founding document.
    pub(crate) fn genesis(&self) -> &Genesis {
        self.parts.chain.genesis()
    }

    /// The block at a height from 1 up to the published head, with its results.
    pub(crate) fn stored(&self, height: Height) -> Answer<Option<Arc<StoredBlock>>> {
        Ok(self.committed(&self.head(), height)?.map(|(stored, _)| stored))
    }

    /// The block with that hash.
    pub(crate) fn stored_by_hash(&self, hash: &B256) -> Answer<Option<Arc<StoredBlock>>> {
        let stored = self.parts.chain.storage().block_by_hash(hash)?;
        stored.map_or(Ok(None), |stored| self.stored(stored.block.height()))
    }

    /// The app hash after a height.
    pub(crate) fn app_hash_at(&self, height: Height) -> Answer<B256> {
        self.app_hash_after(&self.head(), height)
    }

    /// Where the transaction with that hash, keccak's or SHA-256, is: height and place in the block.
    pub(crate) fn tx_location(&self, hash: &B256) -> Answer<Option<(Height, usize)>> {
        let location = self.parts.chain.storage().tx(hash)?;
        let head = self.head().height;
        Ok(location
            .filter(|location| location.height <= head)
            .map(|location| (location.height, location.index as usize)))
    }

    /// The validators that decide a height, in the order of their signatures.
    pub(crate) fn validators_at(&self, height: Height) -> Answer<Vec<Row>> {
        let set = self.parts.chain.validators_at(height)?;
        let row = |one: &Validator| Row { key: one.public_key, power: one.power, priority: one.priority };
        Ok(set.validators().iter().map(row).collect())
    }

    /// Who proposes the next height's round 0.
    pub(crate) fn next_proposer(&self) -> account::Id {
        self.parts.chain.validators().proposer(0).address
    }

    /// Whether the next block may hold this evidence.
    pub(crate) fn check_evidence(&self, evidence: &Evidence) -> Answer<()> {
        self.parts.chain.check_evidence(evidence).map_err(|error| Failure::Rejected(error.to_string()))
    }

    /// Proof of what a key holds after a height; `None` where its store is empty. The newest heights alone can prove.
    pub(crate) fn prove(&self, height: Height, key: &Key) -> Answer<Option<StateProof>> {
        match self.parts.chain.storage().prove(height, key) {
            Err(StorageError::Proof(_)) => Ok(None),
            proven => proven.map(Some).map_err(unproven),
        }
    }

    /// The app hash after a height, and the proof of a store's root under it; the newest heights alone can prove.
    pub(crate) fn prove_store(&self, height: Height, store: StoreId) -> Answer<(AppHash, CommitmentProof)> {
        self.parts.chain.storage().prove_store(height, store).map_err(unproven)
    }

    /// Visits the transactions that an address is a party of, ascending, until `visit` answers `false`.
    pub(crate) fn txs_of(
        &self,
        address: &Address,
        heights: RangeInclusive<Height>,
        visit: &mut dyn FnMut(Height, usize) -> bool,
    ) -> Answer<()> {
        let mut visit = |location: TxLocation| visit(location.height, location.index as usize);
        Ok(self.parts.chain.storage().txs_of(address, heights, &mut visit)?)
    }

    /// What a transaction of `size` bytes would do on the head, its signature aside.
    pub(crate) fn simulate(&self, tx: &CosmosTx, signer: &Signer, size: usize) -> Answer<Simulated> {
        Ok(self.parts.chain.simulate(tx, signer, size, self.now())?)
    }

    /// Whether the pool's door would let a transaction in; its gas limit.
    pub(crate) fn try_out(&self, raw: Bytes) -> Answer<u64> {
        let refused = |text: String| Failure::Rejected(text);
        let tx = Tx::decode(&raw).map_err(|error| refused(error.to_string()))?;
        let tx = tx.verify(self.rules()).map_err(|error| refused(error.to_string()))?;
        self.check(&tx)?;
        Ok(tx.gas_limit)
    }

    /// Up to `limit` executable transactions, by account; and how many wait in all.
    pub(crate) fn executable(&self, limit: usize) -> (Vec<Bytes>, Counts) {
        let pool = self.parts.pool.lock();
        let txs = pool.lanes().flat_map(|(_, lane)| lane.pending()).take(limit).map(|tx| tx.raw.clone());
        (txs.collect(), pool.counts())
    }
}

fn unproven(error: StorageError) -> Failure {
    match error {
        StorageError::Pruned(height) => {
            Failure::Rejected(format!("no proof for height {height} here: ask for one of the newest heights"))
        }
        other => other.into(),
    }
}
