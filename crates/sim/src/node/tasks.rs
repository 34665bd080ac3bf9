//! What the host does once core-consensus is done with an input: the tasks on the desk, one by one.

use malachitebft_core_consensus::{Input, ProposedValue};
use malachitebft_core_types::{Round, Validity, ValueOrigin};
use seiza_chain::VerifiedBlock;
use seiza_engine::context::{Height, Seiza, Value};
use seiza_types::ValueId;

use super::live::Live;
use crate::desk::Task;
use crate::message::Message;

impl Live {
    /// Does what the host has to do, until nothing is left or the process dies.
    pub fn pump(&mut self) {
        while self.desk.dead.is_none() {
            let Some(task) = self.desk.tasks.pop_front() else { return };
            self.perform(task);
        }
    }

    fn perform(&mut self, task: Task) {
        match task {
            Task::Round(height, round) => self.round(height, round),
            Task::Propose(height, round) => self.ask_to_propose(height, round),
            Task::Restream(value) => self.restream(value),
            Task::Decide(certificate) => self.decide(&certificate),
            Task::Finalize(evidence) => {
                self.caught(&evidence);
                self.start_height();
            }
            Task::Synced(response) => self.synced(response),
            Task::Rejected(height) => {
                self.desk.note(format!("refuses the certificate of a synced value of height {height}"));
                self.sync.failed();
            }
        }
    }

    /// A round began: core-consensus is told of the blocks on disk that were first proposed in it.
    fn round(&mut self, height: seiza_types::Height, round: u32) {
        self.desk.note(format!("round {height}/{round}"));
        let blocks: Vec<VerifiedBlock> = self.host.blocks.values().cloned().collect();
        for block in blocks {
            let body = self.host.bodies.blocks.get(&block.hash());
            if let Some(found) = body.map(|body| body.round).filter(|found| *found == round) {
                self.feed(self.proposed(&block, found, Validity::Valid, ValueOrigin::Consensus));
            }
        }
    }

    /// What core-consensus is told of a complete block.
    pub fn proposed(
        &self,
        block: &seiza_types::Block,
        round: u32,
        validity: Validity,
        origin: ValueOrigin,
    ) -> Input<Seiza> {
        let value = ProposedValue {
            height: Height(block.height()),
            round: Round::new(round),
            valid_round: Round::Nil,
            proposer: block.header.proposer_address.into(),
            value: Value(ValueId::of(&block.header)),
            validity,
        };
        Input::ProposedValue(value, origin)
    }

    fn restream(&mut self, value: ValueId) {
        let compact = self.host.bodies.blocks.get(&value.block).map(|body| body.compact.clone());
        if let Some(compact) = compact.filter(|compact| !compact.is_empty()) {
            self.desk.broadcast(Message::Compact(compact));
        }
    }
}
