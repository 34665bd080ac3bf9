//! Executing one block on the state of its parent: the steps between a verified block and a value that can be committed.

use std::sync::Arc;

use seiza_executor::{Cancel, Mode};
use seiza_modules::fees;
use seiza_state::Overlay;
use seiza_types::{AppHash, B256, Block};
use seiza_vm::evm::BlockContext;

use crate::end::Turn;
use crate::execute::{BlockInput, BlockOutput};
use crate::header::coinbase;
use crate::{Chain, ChainError, Executed, Hints, VerifiedBlock};

/// A block that was run, and whose state's root nobody has computed yet: [`Chain::hash`] does.
pub struct Unhashed(pub(crate) Executed);

impl Chain {
    /// Executes a block on `parent`: the head's state, or that of an executed block not yet committed. `hints` and `mode`
    /// decide how long it takes, never what comes out.
    ///
    /// # Errors
    /// [`ChainError::Run`] when cancelled; anything else is fatal.
    pub fn execute(
        &self,
        parent: &Overlay,
        block: &VerifiedBlock,
        hints: Hints<'_>,
        mode: Mode,
        cancel: &Cancel,
    ) -> Result<Executed, ChainError> {
        self.hash(self.run(parent, block, hints, mode, cancel)?)
    }

    /// The first half of [`Chain::execute`]: for whoever wants to know how long each takes.
    ///
    /// # Errors
    /// As [`Chain::execute`].
    pub fn run(
        &self,
        parent: &Overlay,
        block: &VerifiedBlock,
        hints: Hints<'_>,
        mode: Mode,
        cancel: &Cancel,
    ) -> Result<Unhashed, ChainError> {
        let (context, parent_hash) = (&self.context_of(parent, block)?, Some(self.parent_hash(block)));
        let updates = self.genesis().validator_updates(block.height());
        let turn = Some(Turn { height: block.height(), updates: &updates, evidence: &block.evidence });
        let input = BlockInput { context, parent_hash, txs: block.txs(), fees: &self.genesis().fees, hints, turn };
        let BlockOutput { changes, results, stats, .. } = input.run(parent, mode, cancel)?;
        let changes = Arc::new(changes);
        Ok(Unhashed(Executed {
            block: block.clone(),
            overlay: parent.with(changes.clone()),
            changes,
            results: Arc::new(results),
            stats: Arc::new(stats),
            app_hash: AppHash::ZERO,
            parent: block.height() - 1,
        }))
    }

    /// The second half of [`Chain::execute`]: the root of the state after the block.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn hash(&self, Unhashed(mut executed): Unhashed) -> Result<Executed, ChainError> {
        executed.app_hash = self.storage().root_after(executed.overlay.layers())?;
        Ok(executed)
    }

    /// Hash of the block before: what the header names, and for the first block the genesis document's.
    #[must_use]
    pub fn parent_hash(&self, block: &Block) -> B256 {
        let named = block.header.last_block_id.map(|id| B256::from_slice(id.hash.as_bytes()));
        named.unwrap_or_else(|| self.genesis().hash())
    }

    /// The EVM's view of a block that is executed on `parent`.
    pub(crate) fn context_of(&self, parent: &Overlay, block: &Block) -> Result<BlockContext, ChainError> {
        let (rules, timestamp) = (self.rules(), block.timestamp());
        Ok(BlockContext {
            base_fee: fees::base_fee(parent)?,
            gas_limit: rules.block_gas_max,
            coinbase: coinbase(&block.header),
            prevrandao: prevrandao(block),
            nanos: block.nanos(),
            ..BlockContext::new(rules.evm_chain_id, rules.fork, block.height(), timestamp)
        })
    }
}

/// What the EVM sees as PREVRANDAO: a hash over the parent's and the height. Known to the proposer in advance, so no
/// source of secrets; the same number is the block's `mixHash`.
#[must_use]
pub fn prevrandao(block: &Block) -> B256 {
    let mut seed = block.header.last_block_id.map_or_else(Vec::new, |id| id.hash.as_bytes().to_vec());
    seed.extend(block.height().to_be_bytes());
    alloy_primitives::keccak256(seed)
}
