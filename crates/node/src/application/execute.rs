//! How this node executes a block: in the mode it was told, with what was learned of the transactions, measured.

use std::time::Instant;

use metrics::histogram;
use seiza_chain::{Cancel, ChainError, Executed, Hints, VerifiedBlock};
use seiza_rpc::Execution;
use seiza_types::B256;

use super::Application;
use crate::telemetry::{execution, figures};

/// An executed block, and how it was run.
pub struct Run {
    /// What came out.
    pub executed: Executed,
    /// How it went.
    pub how: Execution,
}

impl Application {
    /// Executes a block on the head.
    ///
    /// # Errors
    /// Cancelled, or fatal.
    pub(super) fn execute(&self, block: &VerifiedBlock, cancel: &Cancel) -> Result<Run, ChainError> {
        let (chain, mode) = (&self.shared.chain, self.mode);
        let hashes = block.txs().iter().map(|tx| tx.hash);
        let footprints = self.shared.footprints.as_ref().map(|footprints| footprints.of(hashes));
        let hints = footprints.as_deref().map_or(Hints::None, Hints::Learned);
        let start = Instant::now();
        let unhashed = chain.run(&chain.head_overlay(), block, hints, mode, cancel)?;
        let (took, start) = (start.elapsed(), Instant::now());
        let executed = chain.hash(unhashed)?;
        histogram!(figures::HASH_SECONDS).record(start.elapsed());
        let how = Execution {
            height: block.height(),
            mode,
            txs: block.txs().len(),
            learned: footprints.iter().flatten().flatten().count(),
            took,
            stats: executed.stats.clone(),
        };
        execution::executed(&how);
        Ok(Run { executed, how })
    }

    /// These transactions have left the pool: what was learned of them goes too.
    pub(super) fn forget(&self, left: &[B256]) {
        if let Some(footprints) = &self.shared.footprints {
            footprints.forget(left);
        }
    }
}
