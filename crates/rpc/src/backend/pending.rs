//! The pending block: what the next block would be, were it built now. Executed for real, never committed.
//!
//! It is kept while nothing changes. Under load something always changes, so it may then be reused for a few times as long
//! as it took to build: pending reads never take more than a fixed share of a core.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use seiza_chain::Executed;
use seiza_mempool::SelectLimits;

use super::Backend;
use super::view::{Frame, View};
use crate::limits::PENDING_REUSE_FACTOR;
use crate::methods::Answer;
use crate::workers::aside;

/// The last pending block built.
#[derive(Default)]
pub(super) struct PendingCache(Mutex<Option<Cached>>);

struct Cached {
    revision: u64,
    built: Instant,
    took: Duration,
    executed: Arc<Executed>,
}

impl Backend {
    /// The pending block.
    pub(crate) fn pending_block(&self) -> Answer<Arc<Executed>> {
        aside(|| self.build_pending())
    }

    fn build_pending(&self) -> Answer<Arc<Executed>> {
        let mut cached = self.pending.0.lock();
        let revision = self.parts.notifier.revision();
        if let Some(cached) = &*cached {
            let fresh = cached.built.elapsed() < cached.took * PENDING_REUSE_FACTOR;
            let on_head = cached.executed.block.height() == self.head().height + 1;
            if on_head && (cached.revision == revision || fresh) {
                return Ok(cached.executed.clone());
            }
        }
        let built = Instant::now();
        let limits = SelectLimits { gas: self.rules().block_gas_max, ..SelectLimits::default() };
        let txs = self.parts.pool.lock().select(u128::from(self.next_base_fee()?), limits);
        let executed = Arc::new(self.parts.chain.pending(txs, self.now())?);
        *cached = Some(Cached { revision, built, took: built.elapsed(), executed: executed.clone() });
        Ok(executed)
    }

    /// The pending block as Ethereum sees it.
    pub(super) fn pending_view(&self) -> Answer<View> {
        let executed = self.pending_block()?;
        let frame = Frame {
            parent_hash: executed
                .block
                .header
                .last_block_id
                .map_or(self.genesis_hash, |id| crate::B256::from_slice(id.hash.as_bytes())),
            prevrandao: seiza_chain::prevrandao(&executed.block),
            state_root: executed.app_hash,
        };
        Ok(View::pending(executed.block.clone(), executed.results.clone(), &frame))
    }
}
