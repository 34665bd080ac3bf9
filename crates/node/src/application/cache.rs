//! The blocks of the height being decided: proposed here, received, executed. Bounded; empty after each decision.

use std::collections::BTreeMap;

use seiza_chain::VerifiedBlock;
use seiza_types::{B256, Height};

use super::execute::Run;

/// Blocks known at one height: one a round, and a liar's second ones.
const BLOCKS_MAX: usize = 32;
/// Executed blocks kept at one height.
const EXECUTED_MAX: usize = 2;

/// What is known of the height being decided.
#[derive(Default)]
pub struct Cache {
    proposals: BTreeMap<u32, VerifiedBlock>,
    blocks: BTreeMap<B256, VerifiedBlock>,
    executed: Vec<Run>,
}

impl Cache {
    /// Our own block of that height and round.
    pub fn proposed(&self, height: Height, round: u32) -> Option<VerifiedBlock> {
        self.proposals.get(&round).filter(|block| block.height() == height).cloned()
    }

    /// Remembers our own block.
    pub fn propose(&mut self, round: u32, block: VerifiedBlock) {
        self.proposals.insert(round, block.clone());
        self.know(block);
    }

    /// Remembers a valid block; of too many, one that is not ours goes.
    pub fn know(&mut self, block: VerifiedBlock) {
        if self.blocks.len() >= BLOCKS_MAX {
            let ours = |hash: &B256| self.proposals.values().any(|block| block.hash() == *hash);
            let victim = self.blocks.keys().find(|hash| !ours(hash)).copied();
            victim.map(|hash| self.blocks.remove(&hash));
        }
        self.blocks.insert(block.hash(), block);
    }

    /// A block by its hash.
    pub fn block(&self, hash: &B256) -> Option<VerifiedBlock> {
        self.blocks.get(hash).cloned()
    }

    /// The execution of a block.
    pub fn executed(&self, hash: &B256) -> Option<&Run> {
        self.executed.iter().find(|run| run.executed.block.hash() == *hash)
    }

    /// Keeps an execution; the oldest gives way.
    pub fn adopt(&mut self, run: Run) {
        if self.executed.len() == EXECUTED_MAX {
            self.executed.remove(0);
        }
        self.executed.push(run);
    }

    /// Takes the execution of a block out.
    pub fn take_executed(&mut self, hash: &B256) -> Option<Run> {
        let index = self.executed.iter().position(|run| run.executed.block.hash() == *hash)?;
        Some(self.executed.swap_remove(index))
    }

    /// Forgets all: the height is decided.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}
