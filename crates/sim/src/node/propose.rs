//! A proposer's turn: the same block again where the height and round were proposed before a crash, else a new one, on
//! disk before anybody hears of it, and the compact proposal before the engine's own.

use malachitebft_core_consensus::{Input, LocallyProposedValue};
use malachitebft_core_types::Round;
use seiza_chain::VerifiedBlock;
use seiza_consensus::compact::CompactProposal;
use seiza_consensus::limits::EVIDENCE_MAX;
use seiza_engine::context::{Height, Value};
use seiza_types::{B256, Bytes, ValueId};

use super::live::Live;
use crate::desk::Torn;
use crate::message::Message;
use crate::out::Alarm;

/// Microseconds in which more transactions may join the first.
const GATHER_US: u64 = 20_000;

impl Live {
    /// Core-consensus asks for a value: at once where transactions wait or the round is a later one.
    pub fn ask_to_propose(&mut self, height: seiza_types::Height, round: u32) {
        let waits = round == 0 && self.host.pool.counts().pending == 0;
        let after = if waits { self.wait_us() } else { GATHER_US };
        self.desk.ring(after, Alarm::Propose(height, round));
    }

    /// Proposes, unless the round has passed.
    pub fn propose(&mut self, height: seiza_types::Height, round: u32) {
        if height != self.host.height() || self.core.round() != Round::new(round) || !self.desk.burn(Torn::Clean) {
            return;
        }
        let Some(block) = self.own_block(height, round) else { return };
        if !self.desk.burn(Torn::Clean) {
            return;
        }
        let compact = self.host.bodies.blocks.get(&block.hash()).map(|body| body.compact.clone());
        self.publish_compact(compact.unwrap_or_default());
        let value = Value(ValueId::of(&block.header));
        self.input(Input::Propose(LocallyProposedValue::new(Height(height), Round::new(round), value)));
    }

    /// A liar's compact proposals go out by its lie.
    fn publish_compact(&mut self, compact: Bytes) {
        if self.lie.is_none() {
            self.desk.broadcast(Message::Compact(compact));
        }
    }

    fn own_block(&mut self, height: seiza_types::Height, round: u32) -> Option<VerifiedBlock> {
        if let Some(hash) = self.host.bodies.own.get(&(height, round)) {
            return self.host.blocks.get(hash).cloned();
        }
        let block = self.build();
        let hashes: Vec<B256> = block.txs().iter().map(|tx| tx.hash).collect();
        // What is newest may not have reached the others yet: the last transaction travels along.
        let last = hashes.len().saturating_sub(1);
        let compact = CompactProposal::of(&block, &hashes, round, |index| index == last, &self.host.key);
        let kept = self.host.keep(block.clone(), round, compact.encode().into());
        self.sound("executing the own proposal", kept)?;
        self.host.bodies.own.insert((height, round), block.hash());
        self.desk.note(format!("proposes {height}/{round} {:.8} with {} txs", block.hash(), hashes.len()));
        Some(block)
    }

    /// A block of what waits now.
    pub fn build(&self) -> VerifiedBlock {
        let evidence = self.host.evidence.for_proposal(EVIDENCE_MAX);
        self.host.chain.build(self.host.select(), self.now(), self.host.key.address(), evidence)
    }
}
