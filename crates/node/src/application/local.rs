//! The single local proposer: decides every block alone, with its own validator key. It only calls [`Application`], as an
//! engine will; replacing it replaces nothing else.
//!
//! When: at once while transactions wait (the first one after a pause waits a little for company), and after the block time
//! otherwise. Under load blocks follow each other without sleeping, and what arrives during one fills the next.

use std::sync::Arc;
use std::time::{Duration, Instant};

use seiza_chain::{Cancel, ChainError};
use seiza_storage::Head;
use seiza_types::{ValidatorKey, sign_commit};

use super::{Application, Wake};
use crate::clock;

/// How long an engine would wait for a proposal.
const PROPOSE_MAX: Duration = Duration::from_secs(1);
/// Between two looks for transactions that waited too long.
const EXPIRE_EVERY: Duration = Duration::from_secs(10);

/// When blocks are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Time after which an empty block is made.
    pub block_time: Duration,
    /// Time to wait after the first transaction that comes in a pause.
    pub gather: Duration,
}

/// The proposer.
pub struct LocalProposer {
    application: Application,
    key: ValidatorKey,
    pace: Pace,
    wake: Arc<Wake>,
}

impl LocalProposer {
    /// A proposer that decides with `key`.
    pub fn new(application: Application, key: ValidatorKey, pace: Pace, wake: Arc<Wake>) -> Self {
        Self { application, key, pace, wake }
    }

    /// Makes blocks until told to stop; the block at hand is finished.
    ///
    /// # Errors
    /// Fatal ones: nothing of the block at hand is half-written.
    pub fn run(mut self) -> Result<(), ChainError> {
        let (mut last, mut expired) = (Instant::now(), Instant::now());
        while self.wait(last)? {
            last = Instant::now();
            let head = self.decide_next()?;
            report(&head, last.elapsed());
            if expired.elapsed() > EXPIRE_EVERY {
                expired = Instant::now();
                self.application.expire(clock::now());
            }
        }
        Ok(())
    }

    /// Waits until a block should be made; `false` to stop.
    fn wait(&self, last: Instant) -> Result<bool, ChainError> {
        let due = last + self.pace.block_time;
        let mut paused = false;
        while !self.wake.stopped() {
            if self.application.has_work()? {
                if paused {
                    self.wake.rest_until(Instant::now() + self.pace.gather);
                }
                return Ok(!self.wake.stopped());
            }
            if Instant::now() >= due {
                return Ok(true);
            }
            paused = true;
            self.wake.wait_until(due);
        }
        Ok(false)
    }

    /// One height, the whole way of an engine with one vote.
    fn decide_next(&mut self) -> Result<Arc<Head>, ChainError> {
        let application = &mut self.application;
        let block = application.propose(application.next_height(), 0, Instant::now() + PROPOSE_MAX)?;
        application.speculate(&block.hash(), &Cancel::default())?;
        let certificate = sign_commit(block.block(), 0, &block.header.chain_id, &self.key);
        application.decided(&certificate)
    }
}

fn report(head: &Head, took: Duration) {
    let Some(results) = head.block.as_ref().and_then(|block| block.results.as_ref()) else { return };
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let (height, txs, gas) = (head.height, results.receipts.len(), results.gas_used);
    tracing::info!(height, txs, gas, ms, "block");
}
