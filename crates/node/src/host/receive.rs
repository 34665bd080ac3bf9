//! Proposals of others: from a compact proposal to a block that may be voted for.
//!
//! ```text
//! bytes -> decode -> (of a later height: waits) -> proposer, signature, time, header
//!       -> rebuilt from the pool -> what is missing is fetched -> all checks -> durable -> consensus is told, execution starts
//! ```
//! The host's task does the quick steps; fetching, checking and writing happen elsewhere and come back as a [`Received`].

mod complete;

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use seiza_chain::{ChainError, InvalidBlock};
use seiza_consensus::compact::CompactProposal;
use seiza_consensus::limits::PROPOSALS_ROUNDS_AHEAD;
use seiza_consensus::timely::Timing;
use seiza_engine::{Proposed, Reply, Synced};
use seiza_network::Fault;
use seiza_types::Height;

use super::height::Candidate;
use super::{Host, Input};
use crate::clock;
use complete::Job;

/// Where a block came from, and who waits to hear of it.
pub enum Origin {
    /// A proposer.
    Proposal(Reply<Proposed>),
    /// A node that has it decided.
    Sync(Reply<Synced>),
}

/// Why a block cannot be handed to consensus.
pub enum Unfit {
    /// Its proposer's fault: consensus may hear that it is invalid.
    Invalid(Proposed, Box<InvalidBlock>),
    /// It could not be completed in time.
    Incomplete(String),
    /// Our own disk.
    Fatal(ChainError),
}

/// What became of a block that came in.
pub struct Received {
    /// Its height.
    pub height: Height,
    /// The block, or why there is none.
    pub outcome: Result<Candidate, Unfit>,
    /// Where it came from.
    pub origin: Origin,
}

impl Host {
    /// A peer shows a proposal. One of a height to come waits for it; a stale or malformed one is dropped, which tells the
    /// engine that no value came of it.
    pub(super) fn proposal(&mut self, from: String, bytes: Bytes, reply: Reply<Proposed>) {
        let compact = match CompactProposal::decode(&bytes) {
            Ok(compact) => compact,
            Err(error) => {
                tracing::warn!(from, %error, "a proposal does not decode");
                self.blame(&from, Fault::Undecodable);
                return;
            }
        };
        if compact.height() > self.height {
            self.keep_for_later(from, compact, bytes, reply);
        } else if compact.height() == self.height {
            self.consider(&from, compact, bytes, reply);
        }
    }

    fn keep_for_later(&mut self, from: String, compact: CompactProposal, bytes: Bytes, reply: Reply<Proposed>) {
        let (height, block, now_ms) = (compact.height(), compact.block(), clock::now_ms());
        let kept = self.proposals.keep(Arc::new(compact), bytes.len(), from, now_ms);
        // One that finds no room is dropped: the engine streams it again, or the height is synced.
        if kept.is_ok() {
            self.later.insert(block, (height, bytes, reply));
        }
    }

    /// Proposals that came before their height began.
    pub(super) fn proposals_of_height(&mut self) {
        let (height, now_ms) = (self.height, clock::now_ms());
        for round in 0..=PROPOSALS_ROUNDS_AHEAD {
            for (compact, from) in self.proposals.take(height, round, now_ms) {
                if let Some((_, bytes, reply)) = self.later.remove(&compact.block()) {
                    self.consider(&from, Arc::unwrap_or_clone(compact), bytes, reply);
                }
            }
        }
        self.later.retain(|_, (of, ..)| *of > height);
    }

    /// The quick checks of a proposal of this height, then its body.
    fn consider(&mut self, from: &str, compact: CompactProposal, bytes: Bytes, reply: Reply<Proposed>) {
        let value = compact.value_id();
        if let Some(known) = self.state.candidate(&value.block) {
            reply.send(known.proposed);
            return;
        }
        if let Err(error) = compact.verify(&self.shared.chain.position().chain_id, &self.validators) {
            tracing::warn!(from, height = self.height, round = compact.round, %error, "a proposal is not its proposer's");
            self.blame(from, Fault::Undecodable);
            return;
        }
        let (height, round, proposer) = (self.height, compact.round, compact.header.proposer_address);
        let proposed = Proposed { height, round, valid_round: None, proposer, value, valid: true };
        self.shown.entry(value.block).or_insert_with(Instant::now);
        if let Err(error) = self.plausible(&compact) {
            tracing::warn!(height, round, %proposer, %error, "an invalid proposal");
            reply.send(Proposed { valid: false, ..proposed });
            return;
        }
        let patience = self.ways.timeouts.propose + self.ways.block_time;
        let smart = self.ways.smart_propagation;
        let job = Job { compact: Arc::new(compact), bytes, proposed, shared: self.shared.clone(), smart, patience };
        let (network, inputs) = (self.network.clone(), self.inputs.clone());
        tokio::spawn(async move {
            let outcome = job.complete(&network).await;
            inputs.tell(Input::Received(Box::new(Received { height, outcome, origin: Origin::Proposal(reply) })));
        });
    }

    /// What can be said of a proposal before its body is here: its time, and all of its header but the data hash.
    fn plausible(&self, compact: &CompactProposal) -> Result<(), InvalidBlock> {
        self.shared.chain.check_header(&compact.header, compact.last_commit.as_ref(), &compact.evidence)?;
        self.timely.check(&self.timing(compact)).map_err(|error| InvalidBlock::Header {
            field: "time",
            found: compact.header.time.to_rfc3339(),
            expected: error.to_string(),
        })
    }

    /// When a proposal was made, and when it came.
    fn timing(&self, compact: &CompactProposal) -> Timing {
        let nanos = |time: seiza_types::Time| u64::try_from(time.unix_timestamp_nanos()).unwrap_or(0);
        Timing {
            round: compact.round,
            // One that is shown again in a later round was found timely in its own.
            valid_round: (compact.round < self.round).then_some(compact.round),
            time_ns: nanos(compact.header.time),
            parent_ns: nanos(self.shared.chain.head().time),
            received_ns: nanos(clock::now()),
        }
    }

    /// What became of a proposal or of a decided block that came in.
    pub(super) fn received(&mut self, received: Received) {
        let Received { height, outcome, origin } = received;
        match outcome {
            Ok(candidate) if height == self.height => self.take(candidate, origin),
            Ok(_) => tracing::debug!(height, "a proposal was completed too late"),
            Err(Unfit::Invalid(proposed, error)) => {
                tracing::warn!(height, round = proposed.round, proposer = %proposed.proposer, %error, "an invalid block");
                origin.invalid(proposed);
            }
            Err(Unfit::Incomplete(reason)) => tracing::warn!(height, reason, "a proposal could not be completed"),
            Err(Unfit::Fatal(error)) => self.inputs.tell(Input::Failed(error)),
        }
    }

    fn take(&mut self, candidate: Candidate, origin: Origin) {
        let (hash, proposed) = (candidate.block.hash(), candidate.proposed);
        self.bodies.keep(&candidate.block);
        self.state.know(candidate);
        // Execution begins beside the vote, and before the engine hears that it may vote.
        self.complete(hash, proposed.round);
        match origin {
            Origin::Proposal(reply) => {
                self.in_step();
                reply.send(proposed);
            }
            Origin::Sync(reply) => {
                self.behind(proposed.height);
                reply.send(Synced::Value(proposed));
            }
        }
    }

    fn blame(&self, from: &str, fault: Fault) {
        if let Ok(peer) = from.parse() {
            self.network.report(&peer, fault);
        }
    }
}

impl Origin {
    fn invalid(self, proposed: Proposed) {
        match self {
            Self::Proposal(reply) => reply.send(Proposed { valid: false, ..proposed }),
            Self::Sync(reply) => reply.send(Synced::PeerFault),
        }
    }
}
