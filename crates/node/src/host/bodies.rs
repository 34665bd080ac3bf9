//! Bodies of blocks that peers may still ask for: those of the height being decided, and of a few decided before. The host
//! puts them in, the task that serves peers takes from them.

use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use seiza_chain::VerifiedBlock;
use seiza_consensus::parts::Parts;
use seiza_types::{B256, Bytes};

use super::limits::{BLOCKS_MAX, BODIES_MAX};

/// One body; its parts are made when somebody asks for the first.
pub struct Body {
    block: VerifiedBlock,
    parts: OnceLock<Parts>,
}

impl Body {
    /// Transactions by their places; `None` where one is not of this block.
    pub fn txs(&self, indexes: &[u32]) -> Option<Vec<Bytes>> {
        let tx = |index: &u32| self.block.txs.get(*index as usize).cloned();
        indexes.iter().map(tx).collect()
    }

    /// A part of the encoded block, with its proof.
    pub fn part(&self, index: u32) -> Option<Bytes> {
        let parts = self.parts.get_or_init(|| Parts::of(&self.block));
        parts.part(index).map(|part| part.encode().into())
    }
}

/// Bodies by their blocks' hashes, the oldest first.
type Kept = VecDeque<(B256, Arc<Body>)>;

/// The bodies at hand. Cloning shares them.
#[derive(Clone, Default)]
pub struct Bodies(Arc<Mutex<Kept>>);

impl Bodies {
    /// Keeps a body; of too many the oldest goes.
    pub fn keep(&self, block: &VerifiedBlock) {
        let mut bodies = self.0.lock();
        let hash = block.hash();
        if bodies.iter().any(|(known, _)| *known == hash) {
            return;
        }
        if bodies.len() >= BLOCKS_MAX + BODIES_MAX {
            bodies.pop_front();
        }
        bodies.push_back((hash, Arc::new(Body { block: block.clone(), parts: OnceLock::new() })));
    }

    /// A body by its block's hash.
    pub fn get(&self, hash: &B256) -> Option<Arc<Body>> {
        let bodies = self.0.lock();
        bodies.iter().rev().find(|(known, _)| known == hash).map(|(_, body)| body.clone())
    }

    /// The height has ended: all but the newest go.
    pub fn trim(&self) {
        let mut bodies = self.0.lock();
        let surplus = bodies.len().saturating_sub(BODIES_MAX);
        bodies.drain(..surplus);
    }
}
