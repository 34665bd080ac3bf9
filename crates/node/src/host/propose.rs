//! Our own proposals: when they are made, of what, and that each is made once.

use std::time::{Duration, Instant};

use metrics::histogram;
use seiza_chain::modules::fees;
use seiza_chain::{ChainError, VerifiedBlock};
use seiza_consensus::compact::CompactProposal;
use seiza_engine::{Proposed, Reply};
use seiza_mempool::SelectLimits;
use seiza_types::limits::EVIDENCE_MAX;
use seiza_types::{B256, Height, ValueId, VerifiedTx};

use super::Host;
use super::height::Candidate;
use super::limits::{PREFILL_AGE_MS, PREFILL_BYTES_MAX, PROPOSE_MARGIN};
use crate::clock;
use crate::telemetry::figures;

/// A value that the engine waits for.
pub struct Wanted {
    height: Height,
    round: u32,
    reply: Reply<ValueId>,
    /// When it is made though nothing waits.
    pub due: Instant,
    /// Whether there was nothing to propose when it was asked for.
    paused: bool,
}

impl Host {
    /// The engine asks for our value: the same again if it was asked for before. In the first round it is made as soon as a
    /// transaction waits, or when the block time has passed; in later ones at once.
    pub(super) fn get_value(
        &mut self,
        height: Height,
        round: u32,
        timeout: Duration,
        reply: Reply<ValueId>,
    ) -> Result<(), ChainError> {
        if height != self.height {
            return Ok(());
        }
        if let Some(value) = self.state.own(round) {
            self.restream(&value.block);
            reply.send(value);
            return Ok(());
        }
        let now = Instant::now();
        let patience = if round == 0 { timeout.saturating_sub(PROPOSE_MARGIN) } else { Duration::ZERO };
        let due = (self.committed_at + self.ways.block_time).min(now + patience).max(now);
        let work = self.has_work()?;
        self.wanted = Some(Wanted { height, round, reply, due, paused: !work });
        if work || due <= now { self.propose_now() } else { Ok(()) }
    }

    /// A transaction came into the pool while the engine waits for our value: waits a little for company.
    pub(super) fn propose_if_work(&mut self) -> Result<(), ChainError> {
        if !self.has_work()? {
            return Ok(());
        }
        let gather = self.ways.gather;
        match &mut self.wanted {
            Some(wanted) if wanted.paused && !gather.is_zero() => {
                wanted.paused = false;
                wanted.due = wanted.due.min(Instant::now() + gather);
                Ok(())
            }
            // Company came; the time to wait for it has not passed yet.
            Some(wanted) if !wanted.paused && !gather.is_zero() => Ok(()),
            _ => self.propose_now(),
        }
    }

    /// Whether a block made now would hold a transaction.
    fn has_work(&self) -> Result<bool, ChainError> {
        let ready = self.shared.pool.lock().counts().pending > 0;
        Ok(ready && !self.select(1)?.is_empty())
    }

    fn select(&self, count: usize) -> Result<Vec<VerifiedTx>, ChainError> {
        let chain = &self.shared.chain;
        let base_fee = fees::base_fee(&chain.head().state)?;
        let room = SelectLimits { gas: chain.rules().block_gas_max, ..SelectLimits::default() };
        let room = SelectLimits { count: room.count.min(count), ..room };
        Ok(self.shared.pool.lock().select(u128::from(base_fee), room))
    }

    /// Makes the value that the engine waits for: durable first, then its execution begins, then others see it, then the
    /// engine does, so that its way to the others overlaps the engine's own log.
    pub(super) fn propose_now(&mut self) -> Result<(), ChainError> {
        let Some(Wanted { height, round, reply, .. }) = self.wanted.take() else { return Ok(()) };
        let (Some(key), true) = (self.key.clone(), height == self.height) else { return Ok(()) };
        let start = Instant::now();
        let txs = self.select(usize::MAX)?;
        let evidence = self.evidence.for_proposal(EVIDENCE_MAX);
        let block = self.shared.chain.build(txs, clock::now(), key.address(), evidence);
        tokio::task::block_in_place(|| self.shared.chain.storage().keep_undecided(height, round, true, &block))?;
        let compact = self.compact(&block, round, &key);
        let bytes = bytes::Bytes::from(compact.encode());
        let value = compact.value_id();
        let proposed = Proposed { height, round, valid_round: None, proposer: key.address(), value, valid: true };
        self.bodies.keep(&block);
        self.state.propose(round, Candidate { block: block.clone(), compact: Some(bytes.clone()), proposed });
        self.complete(block.hash(), round);
        self.shown.insert(value.block, Instant::now());
        self.engine.publish(height, round, bytes);
        reply.send(value);
        histogram!(figures::BUILD_SECONDS).record(start.elapsed());
        Ok(())
    }

    /// The compact proposal: hashes, and with smart propagation what came in only moments ago.
    pub(super) fn compact(
        &self,
        block: &VerifiedBlock,
        round: u32,
        key: &seiza_types::ValidatorKey,
    ) -> CompactProposal {
        let hashes: Vec<B256> = block.txs().iter().map(|tx| tx.hash).collect();
        let recent = if self.ways.smart_propagation { self.recent(block) } else { Vec::new() };
        CompactProposal::of(block, &hashes, round, |index| recent.get(index).copied().unwrap_or(false), key)
    }

    /// Which transactions others may not have yet, as far as they fit.
    fn recent(&self, block: &VerifiedBlock) -> Vec<bool> {
        let now_ms = clock::now_ms();
        let pool = self.shared.pool.lock();
        let mut room = PREFILL_BYTES_MAX;
        let is_recent = |tx: &VerifiedTx| {
            let young = pool.arrived_ms(&tx.hash).is_some_and(|at| at + PREFILL_AGE_MS > now_ms);
            young && room.checked_sub(tx.raw.len()).inspect(|left| room = *left).is_some()
        };
        block.txs().iter().map(is_recent).collect()
    }

    /// Shows a proposal again, verbatim.
    pub(super) fn restream(&self, hash: &B256) {
        let Some(candidate) = self.state.candidate(hash) else { return };
        if let Some(compact) = &candidate.compact {
            self.engine.publish(candidate.proposed.height, candidate.proposed.round, compact.clone());
        }
    }

    /// A block is complete and may be voted for: it is executed beside voting, where that is wanted.
    pub(super) fn complete(&mut self, hash: B256, round: u32) {
        self.rounds.change(|at| {
            (at.step, at.proposal) = if at.round == round { (4, Some(hash)) } else { (at.step, at.proposal) };
        });
        let actions = self.speculation.on_complete(hash, round, true);
        self.act(actions);
    }
}
