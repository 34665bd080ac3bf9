//! A decision's way to the disk: the block with its certificate, then the state, then the pool; a process may die between
//! any two, and in the midst of either write.

use malachitebft_core_types::CommitCertificate;
use seiza_chain::{Executed, VerifiedBlock};
use seiza_engine::context::Seiza;
use seiza_engine::convert;
use seiza_types::ValidatorSet;

use super::Sabotage;
use super::live::Live;
use crate::desk::Torn;
use crate::out::Out;

impl Live {
    /// A value is decided.
    pub fn decide(&mut self, certificate: &CommitCertificate<Seiza>) {
        let hash = certificate.value_id.0.block;
        let Some(block) = self.host.blocks.get(&hash).cloned() else {
            return self.fail(format!("height {}: decided {hash}, whose block is not here", certificate.height));
        };
        let set = self.host.chain.validators();
        if !self.desk.burn(Torn::Clean) {
            return;
        }
        let decided = self.host.chain.decide(&block, &convert::decision(certificate.clone()).certificate(&set));
        if self.sound("writing a decided block", decided).is_none() || !self.desk.burn(Torn::Blocks) {
            return;
        }
        let adopted = self.host.adopt(&hash);
        if let Some(Some(executed)) = self.sound("executing a decided block", adopted) {
            self.commit(block, executed, set);
        }
    }

    fn commit(&mut self, block: VerifiedBlock, executed: Executed, set: ValidatorSet) {
        let executed = self.sabotaged(&block, executed);
        let committed = self.host.chain.commit(executed);
        let Some(head) = self.sound("committing", committed) else { return };
        if !self.desk.burn(Torn::Changes) {
            return;
        }
        let settled = self.host.settle(&block, &head);
        self.sound("settling the pool", settled);
        self.desk.out.push(Out::Committed(head, set));
    }

    /// A broken node executes something else than was decided.
    fn sabotaged(&mut self, block: &VerifiedBlock, executed: Executed) -> Executed {
        if self.sabotage != Some(Sabotage::ExecutesAnotherBlock) || block.txs().is_empty() {
            return executed;
        }
        let other = self.host.chain.build(Vec::new(), self.now(), self.host.key.address(), Vec::new());
        let run = self.host.run(&other);
        self.sound("executing another block", run).unwrap_or(executed)
    }
}
