//! What is known of the height being decided: blocks proposed here and received, and which of them were handed to consensus.
//! Bounded; emptied by each decision.

use std::collections::BTreeMap;

use bytes::Bytes;
use seiza_chain::VerifiedBlock;
use seiza_engine::Proposed;
use seiza_types::{B256, ValueId};

use super::limits::BLOCKS_MAX;

/// A block that may be voted for.
#[derive(Clone)]
pub struct Candidate {
    /// The block.
    pub block: VerifiedBlock,
    /// Its compact proposal as it came, to be shown again verbatim; none where the block came by sync.
    pub compact: Option<Bytes>,
    /// What consensus was told of it.
    pub proposed: Proposed,
}

/// The blocks of one height.
#[derive(Default)]
pub struct HeightState {
    candidates: BTreeMap<B256, Candidate>,
    own: BTreeMap<u32, ValueId>,
}

impl HeightState {
    /// Our own value of that round.
    pub fn own(&self, round: u32) -> Option<ValueId> {
        self.own.get(&round).copied()
    }

    /// Remembers our own value.
    pub fn propose(&mut self, round: u32, candidate: Candidate) {
        self.own.insert(round, candidate.proposed.value);
        self.know(candidate);
    }

    /// Remembers a valid block; of too many, one that is not ours goes.
    pub fn know(&mut self, candidate: Candidate) {
        let hash = candidate.block.hash();
        if self.candidates.len() >= BLOCKS_MAX && !self.candidates.contains_key(&hash) {
            let ours = |hash: &B256| self.own.values().any(|value| value.block == *hash);
            let victim = self.candidates.keys().find(|hash| !ours(hash)).copied();
            victim.map(|hash| self.candidates.remove(&hash));
        }
        self.candidates.insert(hash, candidate);
    }

    /// A block by its hash.
    pub fn candidate(&self, hash: &B256) -> Option<&Candidate> {
        self.candidates.get(hash)
    }

    /// What was proposed in that round, as far as it is complete.
    pub fn of_round(&self, round: u32) -> Vec<Proposed> {
        let all = self.candidates.values().map(|candidate| &candidate.proposed);
        all.filter(|proposed| proposed.round == round).cloned().collect()
    }

    /// Forgets all: the height is decided.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}
