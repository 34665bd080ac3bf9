//! What those ask who only read: past states, contexts for calls, replays for traces, the pending block.

use std::sync::Arc;

use seiza_executor::{Cancel, Mode, run};
use seiza_state::Overlay;
use seiza_types::{Block, Height, Time, VerifiedTx};
use seiza_vm::evm::BlockContext;

use crate::chunk::{self, Chunk};
use crate::execute::begin;
use crate::{Chain, ChainError, Executed, Hints, VerifiedBlock};

impl Chain {
    /// The state after `height`, where it is kept.
    #[must_use]
    pub fn state_at(&self, height: Height) -> Option<Overlay> {
        let head = self.head();
        let state = if height == head.height { head.state.clone() } else { self.storage().at(height)? };
        Some(Overlay::new(Arc::new(state)))
    }

    fn stored_block(&self, height: Height) -> Result<Block, ChainError> {
        let stored = self.storage().block(height)?.ok_or(ChainError::Height(height))?;
        Ok(stored.block.clone())
    }

    /// What the EVM saw in the block at `height` (from 1). For height 0, which has no block: the founding state's.
    ///
    /// # Errors
    /// [`ChainError::Height`] where the block, or the state before it, is not kept.
    pub fn block_context(&self, height: Height) -> Result<BlockContext, ChainError> {
        if height == 0 {
            let overlay = self.state_at(0).ok_or(ChainError::Height(0))?;
            let genesis = VerifiedBlock::of(self.build_empty_after_genesis(), Vec::new());
            return Ok(BlockContext { number: 0, ..self.context_of(&overlay, &genesis)? });
        }
        let block = self.stored_block(height)?;
        let parent = self.state_at(height - 1).ok_or(ChainError::Height(height - 1))?;
        self.context_of(&parent, &block)
    }

    fn build_empty_after_genesis(&self) -> Block {
        let proposer = self.validators().proposer(0).address;
        let mut block = self.build(Vec::new(), self.genesis().time, proposer, Vec::new()).block().as_ref().clone();
        block.header.time = self.genesis().time;
        block
    }

    /// What the EVM would see in the block after the head, were it built at `now`.
    ///
    /// # Errors
    /// Those of reading state.
    pub fn next_context(&self, now: Time) -> Result<BlockContext, ChainError> {
        let proposer = self.validators().proposer(0).address;
        let block = self.build(Vec::new(), now, proposer, Vec::new());
        self.context_of(&self.head_overlay(), &block)
    }

    /// The state just before transaction `index` of the block at `height`, and that block's context: what a trace runs on.
    /// An `index` beyond the last gives the state after all of them.
    ///
    /// # Errors
    /// [`ChainError::Height`] where the block, or the state before it, is not kept.
    pub fn replay(&self, height: Height, index: usize) -> Result<(Overlay, BlockContext), ChainError> {
        let block = self.stored_block(height)?;
        let parent = self.state_at(height.saturating_sub(1)).ok_or(ChainError::Height(height - 1))?;
        let context = self.context_of(&parent, &block)?;
        let mut changes = begin(&parent, &context, Some(self.parent_hash(&block)))?;
        let txs = self.verified_txs(block, index)?;
        let started = parent.with(Arc::new(changes.clone()));
        let jobs = Chunk::all(&txs, &context, Hints::None, chunk::txs_max(txs.len(), Mode::Sequential));
        changes.merge(run(&started, &jobs, Mode::Sequential, &Cancel::default())?.changes);
        Ok((parent.with(Arc::new(changes)), context))
    }

    /// The first `count` transactions of a block that was decided once, verified again.
    fn verified_txs(&self, mut block: Block, count: usize) -> Result<Vec<VerifiedTx>, ChainError> {
        let height = block.height();
        block.txs.truncate(count);
        let verified = VerifiedBlock::verify(block, self.rules(), |_, _| None)
            .map_err(|error| ChainError::Decided { height, error })?;
        Ok(verified.txs().to_vec())
    }

    /// The block after the head as it would be, were it built of `txs` at `now`: executed, never committed. Its app hash is
    /// zero, as nobody hashes what nobody decides. It runs sequentially: a read must not take the proposer's cores.
    ///
    /// # Errors
    /// Those of reading state.
    pub fn pending(&self, txs: Vec<VerifiedTx>, now: Time) -> Result<Executed, ChainError> {
        let proposer = self.validators().proposer(0).address;
        let block = self.build(txs, now, proposer, Vec::new());
        Ok(self.run(&self.head_overlay(), &block, Hints::None, Mode::Sequential, &Cancel::default())?.0)
    }
}
