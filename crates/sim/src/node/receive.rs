//! A compact proposal's way in: whose it is, whether its time is right, the block put together, the missing transactions
//! fetched, the block checked, kept, executed, and handed to core-consensus.

use std::sync::Arc;

use malachitebft_core_consensus::{Input, LivenessMsg, SignedConsensusMsg};
use malachitebft_core_types::{Round, Validity, ValueOrigin};
use seiza_consensus::compact::CompactProposal;
use seiza_consensus::timely::{TimelyParams, Timing};
use seiza_types::{Block, Bytes};

use super::live::Live;
use crate::desk::Torn;
use crate::limits::OFFERS_AHEAD;
use crate::message::Message;

impl Live {
    /// A message came.
    pub fn receive(&mut self, from: usize, message: Message) {
        match message {
            Message::Consensus(SignedConsensusMsg::Vote(vote)) => self.input(Input::Vote(vote)),
            Message::Consensus(SignedConsensusMsg::Proposal(proposal)) => self.input(Input::Proposal(proposal)),
            Message::Liveness(LivenessMsg::Vote(vote)) => self.input(Input::Vote(vote)),
            Message::Liveness(LivenessMsg::PolkaCertificate(polka)) => self.input(Input::PolkaCertificate(polka)),
            Message::Liveness(LivenessMsg::SkipRoundCertificate(skip)) => self.input(Input::RoundCertificate(skip)),
            Message::Compact(bytes) => self.compact(from, &bytes),
            Message::Tx(bytes) => self.gossiped(&bytes),
            Message::AskTxs { block, indexes } => self.give_txs(from, block, &indexes),
            Message::Txs { block, txs } => self.take_txs(from, block, txs),
            Message::AskPart(block, index) => self.give_part(from, block, index),
            Message::Part { block, index, part } => self.take_part(from, block, index, part),
            Message::Status(height) => self.sync.heard(from, height),
            Message::AskValue(height) => self.give_value(from, height),
            Message::Value(bytes, certificate) => self.take_value(from, bytes, certificate),
        }
        self.pump();
    }

    /// Somebody sends a transaction here; it is passed on where it `gossips`.
    pub fn submit(&mut self, raw: Bytes, gossips: bool) {
        if self.host.accept(&raw, self.clock_ns / 1_000_000).is_some() && gossips {
            self.desk.broadcast(Message::Tx(raw));
        }
    }

    fn gossiped(&mut self, bytes: &Bytes) {
        self.host.accept(bytes, self.clock_ns / 1_000_000);
    }

    /// A compact proposal came: now, too early, or too late.
    pub fn compact(&mut self, from: usize, bytes: &Bytes) {
        let compact = match CompactProposal::decode(bytes) {
            Ok(compact) => compact,
            Err(error) => return self.desk.note(format!("blames {from}: {error}")),
        };
        let (height, current) = (compact.height(), self.host.height());
        if height == current {
            self.current(from, Arc::new(compact), bytes);
        } else if height > current && height <= current + OFFERS_AHEAD {
            self.host.keep_early(height, from, bytes);
        }
    }

    fn current(&mut self, from: usize, compact: Arc<CompactProposal>, bytes: &Bytes) {
        let hash = compact.block();
        if let Some(block) = self.host.blocks.get(&hash).cloned() {
            // Known: published again for another round.
            return self.feed(self.proposed(&block, compact.round, Validity::Valid, ValueOrigin::Consensus));
        }
        if self.host.pending.contains_key(&hash) || !self.host.has_room() {
            return;
        }
        let chain_id = self.host.chain.position().chain_id;
        if let Err(error) = compact.verify(&chain_id, &self.host.chain.validators()) {
            return self.desk.note(format!("blames {from}: {error}"));
        }
        if let Err(untimely) = self.timely(&compact) {
            return self.desk.note(format!("{hash:.8} is untimely: {untimely}"));
        }
        self.rebuild(from, compact, bytes);
    }

    /// A proposal of the running round must have a time near this node's clock; one of an earlier round was looked at then,
    /// and comes again because it gathered a polka.
    fn timely(&self, compact: &CompactProposal) -> Result<(), seiza_consensus::timely::Untimely> {
        if self.core.round() != Round::new(compact.round) {
            return Ok(());
        }
        let parent = self.host.chain.position().parent_time;
        TimelyParams::default().check(&Timing {
            round: compact.round,
            valid_round: None,
            time_ns: compact.value_id().time_ns,
            parent_ns: u64::try_from(parent.unix_timestamp_nanos()).unwrap_or(0),
            received_ns: self.clock_ns,
        })
    }

    /// A block is whole: is it valid on this node's head?
    pub fn judge(&mut self, block: Block, round: u32, compact: Bytes) {
        let hash = block.hash();
        if !self.desk.burn(Torn::Clean) {
            return;
        }
        match self.host.validate(block.clone()) {
            Ok(verified) => {
                let kept = self.host.keep(verified, round, compact);
                self.sound("executing a proposal", kept);
                if self.desk.burn(Torn::Clean) {
                    self.feed(self.proposed(&block, round, Validity::Valid, ValueOrigin::Consensus));
                }
            }
            Err(error) => {
                self.desk.note(format!("{hash:.8} is invalid: {error}"));
                self.feed(self.proposed(&block, round, Validity::Invalid, ValueOrigin::Consensus));
            }
        }
    }
}
