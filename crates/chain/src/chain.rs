//! The chain itself: one durable state, one published head, and the way from one block to the next.

use std::sync::Arc;

use parking_lot::Mutex;
use seiza_executor::{Cancel, Mode};
use seiza_modules::validators::{self, Sets};
use seiza_state::Overlay;
use seiza_storage::{Commit, Head, Storage};
use seiza_types::{Admission, Block, Certificate, Evidence, Rules, Time, VerifiedTx};
use tendermint::account;

use crate::validators::check_proposer;
use crate::{ChainError, CheckError, Executed, Genesis, Hints, InvalidBlock, Position, VerifiedBlock, check};

/// The state machine over its storage. All methods take `&self`; one caller at a time commits.
pub struct Chain {
    storage: Storage,
    genesis: Genesis,
    rules: Rules,
    /// The sets around the head, as read last.
    pub(crate) sets: Mutex<Option<Arc<Sets>>>,
}

impl Chain {
    /// Opens the chain that `genesis` founds: writes height 0 into an empty storage, and executes again what was decided but
    /// not committed when the process last ended.
    ///
    /// # Errors
    /// [`ChainError::OtherChain`] where the storage holds another chain, and any failure of storage or execution.
    pub fn open(storage: Storage, genesis: Genesis) -> Result<Self, ChainError> {
        match storage.genesis() {
            None => {
                let (record, state) = genesis.stored()?;
                storage.init_genesis(record, &state)?;
            }
            Some(found) if found.meta == genesis.to_bytes() => {}
            Some(found) => {
                let (found, expected) = (Genesis::hash_bytes(&found.meta), genesis.hash());
                return Err(ChainError::OtherChain { found, expected });
            }
        }
        let rules = genesis.rules();
        let chain = Self { storage, genesis, rules, sets: Mutex::default() };
        let head = chain.head();
        // Whoever asks for validators later must find them.
        validators::sets(&head.state, head.height)?;
        chain.catch_up()?;
        Ok(chain)
    }

    /// Executes and commits the blocks that are decided but not yet in the state.
    fn catch_up(&self) -> Result<(), ChainError> {
        while self.head().height < self.storage.decided_tip() {
            let height = self.head().height + 1;
            let stored = self.storage.block(height)?.ok_or(ChainError::Height(height))?;
            let verified = self
                .validate(stored.block.clone(), |_, _| None)
                .map_err(|error| ChainError::Decided { height, error })?;
            // A block or two at most: by the specification itself, whatever mode the node runs in.
            let (parent, mode) = (self.head_overlay(), Mode::Sequential);
            self.commit(self.execute(&parent, &verified, Hints::None, mode, &Cancel::default())?)?;
        }
        Ok(())
    }

    /// The stateless rules.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The founding document.
    #[must_use]
    pub fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// The storage below: for reading blocks, receipts and indexes.
    #[must_use]
    pub fn storage(&self) -> &Storage {
        &self.storage
    }

    /// The published head: block, receipts and state of one height, together.
    #[must_use]
    pub fn head(&self) -> Arc<Head> {
        self.storage.head()
    }

    /// The state after the head, as a parent to execute on.
    #[must_use]
    pub fn head_overlay(&self) -> Overlay {
        Overlay::new(Arc::new(self.head().state.clone()))
    }

    /// The position of the block after the head.
    #[must_use]
    pub fn position(&self) -> Position {
        let head = self.head();
        Position::after(&head, &self.genesis, &self.sets(&head))
    }

    /// May the transaction wait in the mempool? Asked of the published head.
    ///
    /// # Errors
    /// [`CheckError`], whose texts are those that Ethereum clients match on.
    pub fn check(&self, tx: &VerifiedTx) -> Result<Admission, CheckError> {
        let head = self.head();
        check::check(&head.state, head.height + 1, self.genesis.fees.base_fee_min, tx)
    }

    /// Builds the block after the head from verified transactions, in the order given, and of evidence those that may stand
    /// in it. They must fit the block's bounds, which is what the mempool's selection sees to.
    #[must_use]
    pub fn build(
        &self,
        txs: Vec<VerifiedTx>,
        time: Time,
        proposer: account::Id,
        evidence: Vec<Evidence>,
    ) -> VerifiedBlock {
        let head = self.head();
        let raw: Vec<_> = txs.iter().map(|tx| tx.raw.clone()).collect();
        let last_commit = head.block.as_ref().map(|stored| stored.certificate.0.clone());
        let position = Position::after(&head, &self.genesis, &self.sets(&head));
        let evidence = self.fit(&head, evidence);
        let header = position.header(&raw, time, proposer, last_commit.as_ref(), &evidence);
        VerifiedBlock::of(Block { header, txs: raw, evidence, last_commit }, txs)
    }

    /// Checks a block that somebody else built on the head: header, last commit, evidence, bounds, and every transaction
    /// that `known` (asked with a transaction's place and bytes) has not verified already.
    ///
    /// # Errors
    /// [`InvalidBlock`]: its proposer's fault.
    pub fn validate(
        &self,
        block: Block,
        known: impl Fn(usize, &[u8]) -> Option<VerifiedTx>,
    ) -> Result<VerifiedBlock, InvalidBlock> {
        let head = self.head();
        let sets = self.sets(&head);
        Position::after(&head, &self.genesis, &sets).check(&block)?;
        check_proposer(&block.header, &sets)?;
        self.check_last_commit(&head, &block, &sets)?;
        self.check_all_evidence(&head, &block.evidence)?;
        VerifiedBlock::verify(block, &self.rules, known)
    }

    fn check_last_commit(&self, head: &Head, block: &Block, sets: &Sets) -> Result<(), InvalidBlock> {
        match (&head.block, &block.last_commit) {
            (None, None) => Ok(()),
            (Some(parent), Some(commit)) => {
                let chain_id = &block.header.chain_id;
                Ok(Certificate(commit.clone()).verify(&parent.block, chain_id, &sets.last)?)
            }
            (parent, commit) => Err(InvalidBlock::Header {
                field: "last_commit",
                found: if commit.is_some() { "present" } else { "absent" }.into(),
                expected: if parent.is_some() { "present" } else { "absent" }.into(),
            }),
        }
    }

    /// Makes a decided block and its certificate durable: from here on the block cannot be lost.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn decide(&self, block: &Block, certificate: &Certificate) -> Result<(), ChainError> {
        Ok(self.storage.append_block(block, certificate)?)
    }

    /// Writes an executed block's changes and publishes the new head. The block must have been decided.
    ///
    /// # Errors
    /// [`ChainError::Stale`] where the head has moved since; otherwise those of the disk.
    pub fn commit(&self, executed: Executed) -> Result<Arc<Head>, ChainError> {
        let (block, head) = (executed.block.height(), self.head().height);
        if executed.parent != head {
            return Err(ChainError::Stale { block, parent: executed.parent, head });
        }
        let Executed { changes, results, app_hash, .. } = executed;
        let results = Arc::unwrap_or_clone(results);
        Ok(self.storage.commit(Commit { height: block, changes, results, app_hash })?)
    }
}
