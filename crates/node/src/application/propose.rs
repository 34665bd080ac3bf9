//! What the next block should hold, and the block itself.

use std::time::Instant;

use metrics::histogram;
use seiza_chain::modules::fees;
use seiza_chain::{ChainError, VerifiedBlock};
use seiza_mempool::SelectLimits;
use seiza_types::{Height, VerifiedTx};

use super::Application;
use crate::clock;
use crate::telemetry::figures;

impl Application {
    /// Whether a block made now would hold a transaction.
    ///
    /// # Errors
    /// Those of reading state.
    pub fn has_work(&self) -> Result<bool, ChainError> {
        let ready = self.shared.pool.lock().counts().pending > 0;
        Ok(ready && !self.select(1)?.is_empty())
    }

    /// The block for this height and round, of what waits now: the same again if it was asked for before. `deadline` is
    /// when the engine stops waiting; choosing is far faster than any sensible one, so it is only watched.
    ///
    /// # Errors
    /// Those of reading state.
    pub fn propose(&mut self, height: Height, round: u32, deadline: Instant) -> Result<VerifiedBlock, ChainError> {
        if let Some(block) = self.cache.proposed(height, round) {
            return Ok(block);
        }
        let start = Instant::now();
        let txs = self.select(usize::MAX)?;
        let block = self.shared.chain.build(txs, clock::now(), self.proposer, Vec::new());
        self.cache.propose(round, block.clone());
        histogram!(figures::BUILD_SECONDS).record(start.elapsed());
        if Instant::now() > deadline {
            tracing::warn!(height, round, "the proposal took longer than consensus waits for it");
        }
        Ok(block)
    }

    fn select(&self, count: usize) -> Result<Vec<VerifiedTx>, ChainError> {
        let chain = &self.shared.chain;
        let base_fee = fees::base_fee(&chain.head().state)?;
        let room = SelectLimits { gas: chain.rules().block_gas_max, ..SelectLimits::default() };
        let room = SelectLimits { count: room.count.min(count), ..room };
        Ok(self.shared.pool.lock().select(u128::from(base_fee), room))
    }
}
