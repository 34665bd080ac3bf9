//! Double votes that core-consensus saw, as Tendermint's evidence, until blocks hold them.

use malachitebft_core_consensus::MisbehaviorEvidence;
use seiza_engine::context::Seiza;
use seiza_engine::convert;

use super::live::Live;
use crate::out::Out;

impl Live {
    /// A height is over, and this is who was caught at it.
    pub fn caught(&mut self, seen: &MisbehaviorEvidence<Seiza>) {
        let head = self.host.chain.head();
        let Ok(set) = self.host.chain.validators_at(head.height) else { return };
        let Some(time) = head.block.as_ref().map(|stored| stored.block.header.time) else { return };
        let found = convert::evidence(seen, &set, time);
        let proposals: usize = seen.proposals.iter().map(|(_, all)| all.len()).sum();
        if !found.is_empty() || proposals > 0 {
            self.desk.out.push(Out::Evidence(found.len() + proposals));
        }
        // Refused is what waits already or is too much.
        found.into_iter().for_each(|one| drop(self.host.evidence.add(one)));
    }
}
