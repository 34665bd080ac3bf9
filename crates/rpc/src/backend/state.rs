//! State at a moment, and what the EVM is told of that moment.

use std::sync::Arc;

use alloy_eips::{BlockId, BlockNumberOrTag};
use parking_lot::Mutex;
use seiza_chain::evm::BlockContext;
use seiza_chain::modules::fees;
use seiza_chain::state::Overlay;
use seiza_storage::limits::RECENT_STATES;
use seiza_types::Height;

use super::{Backend, View};
use crate::Failure;
use crate::methods::Answer;

/// A moment whose state can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// After the block at that height.
    After(Height),
    /// After the pending block.
    Pending,
}

/// State at a moment, and the block that calls run in.
#[derive(Clone)]
pub(crate) struct State {
    /// What is read.
    pub(crate) overlay: Overlay,
    /// The block's numbers.
    pub(crate) context: BlockContext,
}

/// The context of the newest height asked for: most calls are for the head.
#[derive(Default)]
pub(super) struct ContextCache(Mutex<Option<(Height, BlockContext)>>);

impl Backend {
    /// The moment that a client names; the head where it names none.
    ///
    /// # Errors
    /// [`Failure::HeaderNotFound`] where there is no such block.
    pub(crate) fn moment(&self, id: Option<BlockId>) -> Answer<Moment> {
        let head = self.head().height;
        let height = match id {
            None => head,
            Some(BlockId::Hash(hash)) => self.height_by_hash(hash.block_hash)?.ok_or(Failure::HeaderNotFound)?,
            Some(BlockId::Number(BlockNumberOrTag::Pending)) => return Ok(Moment::Pending),
            Some(BlockId::Number(tag)) => self.height_of(tag).unwrap_or(head),
        };
        if height > head { Err(Failure::HeaderNotFound) } else { Ok(Moment::After(height)) }
    }

    /// Whether the state of a moment is in memory for certain, so that reading it waits for no disk.
    pub(crate) fn is_in_memory(&self, moment: Moment) -> bool {
        match moment {
            Moment::After(height) => height + RECENT_STATES > self.head().height,
            Moment::Pending => true,
        }
    }

    /// The state alone: enough to read accounts.
    ///
    /// # Errors
    /// [`Failure::Pruned`] where it is no longer kept.
    pub(crate) fn overlay(&self, moment: Moment) -> Answer<Overlay> {
        match moment {
            Moment::After(height) => {
                let pruned = || Failure::Pruned { height, earliest: self.parts.chain.storage().earliest() };
                self.parts.chain.state_at(height).ok_or_else(pruned)
            }
            Moment::Pending => Ok(self.pending_block()?.overlay.clone()),
        }
    }

    /// The state and the block's numbers: what a call needs. A call at a block sees that block's own numbers, as in geth.
    ///
    /// # Errors
    /// [`Failure::Pruned`] where it is no longer kept.
    pub(crate) fn state(&self, moment: Moment) -> Answer<State> {
        let overlay = self.overlay(moment)?;
        let context = match moment {
            Moment::After(height) => self.context(height)?,
            Moment::Pending => self.parts.chain.next_context(self.now())?,
        };
        Ok(State { overlay, context })
    }

    fn context(&self, height: Height) -> Answer<BlockContext> {
        if let Some((cached, context)) = &*self.context.0.lock()
            && *cached == height
        {
            return Ok(context.clone());
        }
        let context = self.parts.chain.block_context(height)?;
        let mut cached = self.context.0.lock();
        if cached.as_ref().is_none_or(|(newest, _)| *newest < height) {
            *cached = Some((height, context.clone()));
        }
        Ok(context)
    }

    /// The state just before a transaction of a block, and the block's numbers.
    ///
    /// # Errors
    /// [`Failure::Pruned`] where the state before the block is no longer kept.
    pub(crate) fn before(&self, height: Height, place: usize) -> Answer<State> {
        let parent = height.saturating_sub(1);
        self.overlay(Moment::After(parent))?;
        let (overlay, context) = self.parts.chain.replay(height, place)?;
        Ok(State { overlay, context })
    }

    /// Wei per gas that a block after `parent` demands.
    pub(crate) fn base_fee_after(&self, parent: &View) -> Answer<u64> {
        if parent.number == self.head().height {
            return self.next_base_fee();
        }
        let (results, params) = (&parent.results, &self.parts.chain.genesis().fees);
        Ok(fees::next_base_fee(params, results.base_fee_per_gas, results.gas_used, results.gas_limit))
    }

    /// Wei per gas that the next block demands.
    pub(crate) fn next_base_fee(&self) -> Answer<u64> {
        Ok(fees::base_fee(&self.head().state)?)
    }
}

impl State {
    /// The same moment with other state.
    pub(crate) fn with(&self, changes: seiza_chain::state::Changeset) -> Self {
        Self { overlay: self.overlay.with(Arc::new(changes)), context: self.context.clone() }
    }
}
