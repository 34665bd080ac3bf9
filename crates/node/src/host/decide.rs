//! What is decided: made durable at once, committed when executed, and only then does the engine enter the next height.

use std::sync::Arc;
use std::time::{Duration, Instant};

use metrics::{counter, histogram};
use seiza_chain::ChainError;
use seiza_consensus::speculation::Speculation;
use seiza_engine::{Decision, HeightParams, Reply};
use seiza_network::Kind;
use seiza_storage::Head;
use seiza_types::{Evidence, Height};

use super::Host;
use super::execution::Order;
use crate::telemetry::figures;

impl Host {
    /// The certificate's block is decided: it is made durable, which is the point of no return, and its execution is
    /// committed; others that run are ended.
    ///
    /// # Errors
    /// Fatal ones: the disk, or a block that nobody showed us.
    pub(super) fn decided(&mut self, decision: &Decision, reply: Reply<()>) -> Result<(), ChainError> {
        let Decision { value, height, signatures, .. } = decision;
        if *height != self.height {
            // Decided before the last stop, and replayed: it is durable.
            reply.send(());
            return Ok(());
        }
        let candidate = self.state.candidate(&value.block).ok_or(ChainError::Height(*height))?;
        let block = candidate.block.clone();
        let certificate = decision.certificate(&self.validators);
        let actions = self.speculation.on_decided(value.block);
        self.act(actions);
        self.rounds.change(|at| at.step = 8);
        self.deciding = self.shown.get(&value.block).map(Instant::elapsed);
        let start = Instant::now();
        tokio::task::block_in_place(|| self.shared.chain.decide(&block, &certificate))?;
        histogram!(figures::DECIDE_SECONDS).record(start.elapsed());
        reply.send(());
        self.execution.order(Order::Commit(block));
        self.step("decided", Instant::now());
        self.shown.get(&value.block).copied().into_iter().for_each(|shown| self.step("proposal", shown));
        let missed = self.validators.len() - signatures.len();
        #[expect(clippy::cast_precision_loss, reason = "a gauge of Prometheus is a float")]
        metrics::gauge!(figures::MISSED_VOTES).set(missed as f64);
        Ok(())
    }

    /// The engine is done with the height. It is told the next one when the height is committed, which may have happened.
    pub(super) fn finalized(&mut self, height: Height, evidence: Vec<Evidence>, reply: Reply<HeightParams>) {
        for found in evidence {
            self.caught(found);
        }
        if height < self.height { reply.send(self.params()) } else { self.next = Some(reply) }
    }

    /// A height is committed: on to the next.
    pub(super) fn committed(&mut self, head: &Arc<Head>, ahead: bool, took: Duration) {
        if ahead {
            counter!(figures::SPECULATION_ADOPTED).increment(1);
        }
        histogram!(figures::HEIGHT_SECONDS).record(self.committed_at.elapsed());
        self.step("committed", Instant::now());
        self.count_traffic();
        self.report(head, took);
        self.committed_at = Instant::now();
        self.enter(head);
        if let Some(reply) = self.next.take() {
            reply.send(self.params());
        }
        self.proposals_of_height();
    }

    /// Notes when a step of this height came, from the height's start.
    fn step(&self, step: &'static str, at: Instant) {
        let took = at.saturating_duration_since(self.committed_at);
        histogram!(figures::STEP_SECONDS, "step" => step).record(took);
    }

    fn count_traffic(&self) {
        let found = self.network.figures();
        for kind in Kind::ALL {
            let traffic = found.of(kind);
            let count = |direction, bytes| {
                counter!(figures::PROPAGATION_BYTES, "direction" => direction, "kind" => kind.name()).absolute(bytes);
            };
            count("in", traffic.bytes_in);
            count("out", traffic.bytes_out);
        }
        counter!(figures::BANS).absolute(found.bans);
    }

    /// Makes the height after `head` the one to decide.
    fn enter(&mut self, head: &Head) {
        (self.height, self.round) = (head.height + 1, 0);
        self.validators = self.shared.chain.validators();
        self.state.clear();
        self.running.clear();
        self.shown.clear();
        self.deciding = None;
        self.wanted = None;
        self.speculation = Speculation::new(self.ways.optimistic_processing);
        self.bodies.trim();
        if let Some(stored) = &head.block {
            self.evidence.committed(head.height, &stored.block.evidence);
        }
        self.network.set_height(head.height);
        #[expect(clippy::cast_precision_loss, reason = "a gauge of Prometheus is a float")]
        metrics::gauge!(figures::VALIDATORS).set(self.validators.len() as f64);
    }

    fn report(&self, head: &Head, took: Duration) {
        let Some(results) = head.block.as_ref().and_then(|block| block.results.as_ref()) else { return };
        let ms = self.committed_at.elapsed().as_secs_f64() * 1000.0;
        let (height, txs, gas) = (head.height, results.receipts.len(), results.gas_used);
        let (round, hash, app_hash) = (self.round, head.block_hash.to_string(), head.app_hash.to_string());
        let millis = |span: Option<Duration>| span.map_or(0.0, |span| span.as_secs_f64() * 1000.0);
        let (decide_ms, execute_ms) = (millis(self.deciding), millis(Some(took)));
        tracing::info!(height, round, txs, gas, ms, decide_ms, execute_ms, hash, app_hash, "block");
    }

    /// Evidence of our own engine: kept for a proposal and shown to the others.
    fn caught(&mut self, evidence: Evidence) {
        tracing::warn!(height = evidence.height(), validator = %evidence.validator(), "a validator signed twice");
        let bytes = evidence.encode();
        if self.evidence.add(evidence).is_ok() {
            self.network.gossip_evidence(bytes.into());
        }
    }

    /// Evidence that a peer has shown: believed if it verifies against the set of its height.
    pub(super) fn shown_evidence(&mut self, bytes: &[u8]) {
        let Ok(evidence) = Evidence::decode(bytes) else { return };
        // What is known, or too old, is not passed on: so it stops travelling.
        if self.shared.chain.check_evidence(&evidence).is_ok() && self.evidence.add(evidence).is_ok() {
            self.network.gossip_evidence(bytes.to_vec().into());
        }
    }
}
