//! What consensus asks of this node, and nothing of how consensus works. The methods are those that a Tendermint engine
//! calls its host for (`docs/` and ENGINE: GetValue, received parts, Decided, GetDecidedValues), so that whoever decides,
//! the single [`local`] proposer or an engine, drives the same code.
//!
//! | engine's message | method |
//! |---|---|
//! | ConsensusReady, Finalized | [`Application::next_height`], [`Application::validators`] |
//! | GetValue | [`Application::propose`] |
//! | ReceivedProposalPart (complete), ProcessSyncedValue | [`Application::received`] |
//! | - (beside voting) | [`Application::speculate`] |
//! | RestreamProposal, StartedRound | [`Application::known`] |
//! | Decided | [`Application::decided`] |
//! | GetDecidedValues, GetHistoryMinHeight | [`Application::decided_block`], [`Application::history_min_height`] |
//!
//! Promises: a height and round is proposed once, asking again gives the same block; a block is executed at most once,
//! whether before it is decided or after; nothing is published before it is durable.

mod cache;
mod execute;
pub mod local;
mod propose;
mod settle;
#[cfg(test)]
mod tests;
mod wake;

use std::sync::Arc;
use std::time::Instant;

use metrics::histogram;
use parking_lot::Mutex;
use seiza_chain::{Cancel, Chain, ChainError, InvalidBlock, Mode, VerifiedBlock};
use seiza_mempool::Pool;
use seiza_rpc::{Executions, Footprints, Notifier};
use seiza_storage::Head;
use seiza_types::{B256, Block, Certificate, Height, Time, ValidatorSet};
use tendermint::account;

use crate::telemetry::figures;
use cache::Cache;
use execute::Run;
pub use wake::Wake;

/// What is thought of a block that somebody else proposed.
#[derive(Debug)]
#[cfg_attr(not(test), expect(dead_code, reason = "the local proposer decides alone; an engine asks this"))]
pub enum Validity {
    /// May be voted for.
    Valid(B256),
    /// Its proposer's fault.
    Invalid(InvalidBlock),
}

/// What an application is made of; rpc shares all of it.
#[derive(Clone)]
pub struct Shared {
    /// The chain.
    pub chain: Arc<Chain>,
    /// Waiting transactions.
    pub pool: Arc<Mutex<Pool>>,
    /// Who is told of news.
    pub notifier: Notifier,
    /// How the last blocks were executed.
    pub executions: Executions,
    /// What was learned of waiting transactions; `None` where nothing is to be learned.
    pub footprints: Option<Footprints>,
}

/// The node's side of consensus. One thread at a time drives it.
pub struct Application {
    shared: Shared,
    /// The consensus address that proposes here.
    proposer: account::Id,
    /// How blocks are executed.
    mode: Mode,
    cache: Cache,
}

impl Application {
    /// An application that proposes as `proposer` and executes in `mode`.
    pub fn new(shared: Shared, proposer: account::Id, mode: Mode) -> Self {
        Self { shared, proposer, mode, cache: Cache::default() }
    }

    /// The height to decide next.
    pub fn next_height(&self) -> Height {
        self.shared.chain.head().height + 1
    }

    /// Who decides the next height.
    #[cfg_attr(not(test), expect(dead_code, reason = "the local proposer decides alone; an engine asks this"))]
    pub fn validators(&self) -> ValidatorSet {
        self.shared.chain.validators()
    }

    /// A complete block from somebody else, proposed or synced: may it be voted for? Its transactions that wait in the pool
    /// are not verified again. What is valid stays known until its height is decided.
    #[cfg_attr(not(test), expect(dead_code, reason = "the local proposer decides alone; an engine asks this"))]
    pub fn received(&mut self, block: Block) -> Validity {
        let verified = self.shared.chain.validate(block, |_, raw| {
            let hash = if raw.first() == Some(&0x0a) { sha256(raw) } else { alloy_primitives::keccak256(raw) };
            self.shared.pool.lock().get(&hash).cloned()
        });
        match verified {
            Ok(block) => {
                let hash = block.hash();
                self.cache.know(block);
                Validity::Valid(hash)
            }
            Err(error) => Validity::Invalid(error),
        }
    }

    /// A block that was proposed or received at this height.
    #[cfg_attr(not(test), expect(dead_code, reason = "the local proposer decides alone; an engine asks this"))]
    pub fn known(&self, hash: &B256) -> Option<VerifiedBlock> {
        self.cache.block(hash)
    }

    /// Executes a known block before it is decided; the result waits in memory to be adopted or dropped.
    ///
    /// # Errors
    /// Cancelled, or fatal.
    pub fn speculate(&mut self, hash: &B256, cancel: &Cancel) -> Result<(), ChainError> {
        let Some(block) = self.cache.block(hash) else { return Ok(()) };
        if self.cache.executed(hash).is_none() {
            let run = self.execute(&block, cancel)?;
            self.cache.adopt(run);
        }
        Ok(())
    }

    /// The certificate's block is decided: makes it durable, executes it if that has not happened, commits, publishes the
    /// head, and tells pool and clients.
    ///
    /// # Errors
    /// Fatal ones: the disk, or a block that nobody showed us.
    pub fn decided(&mut self, certificate: &Certificate) -> Result<Arc<Head>, ChainError> {
        let hash = B256::from_slice(certificate.0.block_id.hash.as_bytes());
        let block = self.cache.block(&hash).ok_or(ChainError::Height(certificate.0.height.value()))?;
        let start = Instant::now();
        self.shared.chain.decide(&block, certificate)?;
        histogram!(figures::DECIDE_SECONDS).record(start.elapsed());
        let run = match self.cache.take_executed(&hash) {
            Some(run) => run,
            None => self.execute(&block, &Cancel::default())?,
        };
        self.commit(run)
    }

    fn commit(&mut self, Run { executed, how }: Run) -> Result<Arc<Head>, ChainError> {
        let start = Instant::now();
        let (block, changes) = (executed.block.clone(), executed.changes.clone());
        // Before the head is published: whoever sees the block finds how it was executed.
        self.shared.executions.record(how);
        let head = self.shared.chain.commit(executed)?;
        histogram!(figures::COMMIT_SECONDS).record(start.elapsed());
        self.cache.clear();
        let left = settle::settle(&self.shared.pool, &block, &changes, &head)?;
        self.forget(&left);
        self.shared.notifier.committed(head.height);
        figures::committed(&head, self.shared.pool.lock().counts());
        Ok(head)
    }

    /// A decided block with its certificate, for those who fetch it.
    ///
    /// # Errors
    /// Those of the disk.
    #[cfg_attr(not(test), expect(dead_code, reason = "the local proposer decides alone; an engine asks this"))]
    pub fn decided_block(&self, height: Height) -> Result<Option<(Block, Certificate)>, ChainError> {
        let stored = self.shared.chain.storage().block(height)?;
        Ok(stored.map(|stored| (stored.block.clone(), stored.certificate.clone())))
    }

    /// The lowest height whose block can be fetched here.
    #[cfg_attr(not(test), expect(dead_code, reason = "the local proposer decides alone; an engine asks this"))]
    pub fn history_min_height(&self) -> Height {
        // Height 0 has a state but no block.
        self.shared.chain.storage().earliest().max(1)
    }

    /// Drops what has waited too long in the pool.
    pub fn expire(&self, now: Time) {
        let now_ms = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
        let expired = self.shared.pool.lock().expire(now_ms);
        self.forget(&expired);
        let expired = expired.len();
        if expired > 0 {
            tracing::info!(expired, "transactions that waited too long were dropped");
        }
    }
}

fn sha256(bytes: &[u8]) -> B256 {
    use sha2::Digest as _;
    B256::new(sha2::Sha256::digest(bytes).into())
}
