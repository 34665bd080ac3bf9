//! A proposal's body: from hashes to a block that is checked and durable.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use metrics::histogram;
use seiza_chain::Chain;
use seiza_consensus::compact::CompactProposal;
use seiza_consensus::rebuild::Rebuild;
use seiza_engine::Proposed;
use seiza_network::Network;
use seiza_types::{B256, Tx, VerifiedTx};

use super::Unfit;
use crate::host::Shared;
use crate::host::fetching::{Fetching, Whole};
use crate::host::height::Candidate;
use crate::telemetry::figures;

/// A proposal whose body is still to come.
pub(super) struct Job {
    pub(super) compact: Arc<CompactProposal>,
    pub(super) bytes: Bytes,
    pub(super) proposed: Proposed,
    pub(super) shared: Shared,
    /// Whether it is rebuilt from the pool; otherwise it is fetched whole.
    pub(super) smart: bool,
    pub(super) patience: Duration,
}

impl Job {
    /// From hashes to a block that is checked and durable.
    pub(super) async fn complete(self, network: &Network) -> Result<Candidate, Unfit> {
        let start = Instant::now();
        let rebuild = self.rebuild()?;
        #[expect(clippy::cast_precision_loss, reason = "a gauge of Prometheus is a float")]
        metrics::gauge!(figures::MISSING_TXS).set(rebuild.missing_count() as f64);
        let fetching = Fetching::new(network, self.compact.clone(), rebuild, !self.smart, self.patience);
        let whole = fetching.map_err(Unfit::Incomplete)?.finish().await.map_err(Unfit::Incomplete)?;
        histogram!(figures::FETCH_SECONDS).record(start.elapsed());
        let Self { shared, proposed, bytes, .. } = self;
        let checked = tokio::task::spawn_blocking(move || check(&shared, whole, proposed, bytes)).await;
        checked.unwrap_or_else(|error| Err(Unfit::Incomplete(error.to_string())))
    }

    /// Looks the ids up in the pool; without smart propagation in none.
    fn rebuild(&self) -> Result<Rebuild, Unfit> {
        let pool = self.shared.pool.lock();
        let all = pool.all().filter(|_| self.smart).map(|(hash, tx)| (hash, &tx.raw));
        Rebuild::new(self.compact.clone(), all).map_err(|error| Unfit::Incomplete(error.to_string()))
    }
}

/// All that is left to check; what waits in the pool was verified when it came in. What came with the proposal, or was
/// fetched, may have come into the pool meanwhile.
fn check(shared: &Shared, (block, pooled): Whole, proposed: Proposed, compact: Bytes) -> Result<Candidate, Unfit> {
    let hashes = block.txs.iter().zip(pooled).map(|(raw, pooled)| pooled.or_else(|| Tx::hash_of(raw)));
    let known = pooled_now(shared, hashes.collect());
    let chain: &Chain = &shared.chain;
    let known = |index: usize, _: &[u8]| known.get(index).cloned().flatten();
    let block = chain.validate(block, known).map_err(|error| Unfit::Invalid(proposed, Box::new(error)))?;
    let kept = chain.storage().keep_undecided(proposed.height, proposed.round, false, &block);
    kept.map_err(|error| Unfit::Fatal(error.into()))?;
    Ok(Candidate { block, compact: Some(compact), proposed })
}

/// What of these transactions the pool holds now.
fn pooled_now(shared: &Shared, hashes: Vec<Option<B256>>) -> Vec<Option<VerifiedTx>> {
    let pool = shared.pool.lock();
    hashes.iter().map(|hash| pool.get(hash.as_ref()?).cloned()).collect()
}
