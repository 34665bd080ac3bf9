//! What waits in the pool.

use std::collections::BTreeMap;

use seiza_chain::modules::auth;
use seiza_mempool::Counts;
use seiza_types::VerifiedTx;

use super::Backend;
use crate::methods::Answer;
use crate::{Address, B256};

/// One account's waiting transactions: executable ones, then queued ones.
pub(crate) type Waiting = (Vec<VerifiedTx>, Vec<VerifiedTx>);

impl Backend {
    /// The waiting transaction with that hash.
    pub(crate) fn waiting(&self, hash: &B256) -> Option<VerifiedTx> {
        self.parts.pool.lock().get(hash).cloned()
    }

    /// The nonce that the account's next transaction should take.
    pub(crate) fn pending_nonce(&self, address: &Address) -> Answer<u64> {
        let waiting = self.parts.pool.lock().pending_nonce(address);
        let state = auth::nonce(&self.head().state, address)?;
        Ok(waiting.unwrap_or(0).max(state))
    }

    /// How many wait.
    pub(crate) fn counts(&self) -> Counts {
        self.parts.pool.lock().counts()
    }

    /// One account's waiting transactions.
    pub(crate) fn lane(&self, address: &Address) -> Waiting {
        let pool = self.parts.pool.lock();
        pool.lane(address)
            .map_or_else(Default::default, |lane| (lane.pending().cloned().collect(), lane.queued().cloned().collect()))
    }

    /// All waiting transactions, by account.
    pub(crate) fn lanes(&self) -> BTreeMap<Address, Waiting> {
        let pool = self.parts.pool.lock();
        let both = |(address, lane): (&Address, seiza_mempool::LaneView<'_>)| {
            (*address, (lane.pending().cloned().collect(), lane.queued().cloned().collect()))
        };
        pool.lanes().map(both).collect()
    }
}
