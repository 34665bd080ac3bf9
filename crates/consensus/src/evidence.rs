//! Evidence that waits to be put into a block.
//!
//! The engine and peers bring evidence; whoever calls [`EvidencePool::add`] has verified it against the validators of its
//! height. A proposer takes the oldest first ([`EvidencePool::for_proposal`]); a committed block's evidence is marked and
//! never proposed again by this node ([`EvidencePool::committed`]). That a block holds no evidence twice is a rule of the
//! chain, not of this pool, which forgets when the process ends.
//!
//! # Promises
//! - Bounded: in all, and for each validator, so that one that signs conflicting votes by the thousand displaces nobody.
//! - No evidence is held twice, and none that is too old or of a height not yet decided.
//! - The same additions give the same proposals, in whatever order they came, while nothing is refused for want of room.

use std::collections::{BTreeMap, BTreeSet};

use seiza_types::{B256, Evidence, Height};
use tendermint::account;

use crate::limits::{
    EVIDENCE_AGE_BLOCKS, EVIDENCE_COMMITTED_MAX, EVIDENCE_MAX, EVIDENCE_PENDING_MAX, EVIDENCE_PER_VALIDATOR_MAX,
};

/// What the pool may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EvidenceLimits {
    /// Pieces that wait.
    pub pending: usize,
    /// Of these, those against one validator.
    pub per_validator: usize,
    /// Blocks after which evidence is too old.
    pub age_blocks: u64,
    /// Committed pieces that are remembered.
    pub committed: usize,
}

impl Default for EvidenceLimits {
    fn default() -> Self {
        Self {
            pending: EVIDENCE_PENDING_MAX,
            per_validator: EVIDENCE_PER_VALIDATOR_MAX,
            age_blocks: EVIDENCE_AGE_BLOCKS,
            committed: EVIDENCE_COMMITTED_MAX,
        }
    }
}

/// Why evidence is not taken. Only [`EvidenceRefusal::TooOld`] and [`EvidenceRefusal::Future`] may be held against a peer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceRefusal {
    /// It waits already.
    #[error("evidence is known")]
    Known,
    /// A block holds it already.
    #[error("evidence is committed")]
    Committed,
    /// Of a height too long ago.
    #[error("evidence of height {height} is older than {age} blocks at height {head}")]
    TooOld {
        /// Its height.
        height: Height,
        /// The last committed height.
        head: Height,
        /// The greatest age.
        age: u64,
    },
    /// Of a height that nobody can have finished.
    #[error("evidence of height {height}, the chain is at {head}")]
    Future {
        /// Its height.
        height: Height,
        /// The last committed height.
        head: Height,
    },
    /// Enough waits against this validator.
    #[error("{max} pieces of evidence against {validator} wait already")]
    Validator {
        /// Whose offence.
        validator: account::Id,
        /// [`EvidenceLimits::per_validator`].
        max: usize,
    },
    /// The pool is full.
    #[error("{0} pieces of evidence wait already")]
    Full(usize),
}

/// A piece's place: by height, then hash.
type Place = (Height, B256);

/// Evidence that waits, and what is known to be committed.
#[derive(Debug, Clone)]
pub struct EvidencePool {
    limits: EvidenceLimits,
    /// The last committed height.
    head: Height,
    pending: BTreeMap<Place, Evidence>,
    per_validator: BTreeMap<account::Id, usize>,
    committed: BTreeSet<Place>,
}

impl EvidencePool {
    /// An empty pool after the committed height `head`.
    #[must_use]
    pub fn new(limits: EvidenceLimits, head: Height) -> Self {
        let (pending, per_validator, committed) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        Self { limits, head, pending, per_validator, committed }
    }

    /// Takes evidence that was verified against the validators of its height.
    ///
    /// # Errors
    /// [`EvidenceRefusal`]; the pool stays what it was.
    pub fn add(&mut self, evidence: Evidence) -> Result<(), EvidenceRefusal> {
        let place = (evidence.height(), evidence.hash());
        self.admit(&place, evidence.validator())?;
        *self.per_validator.entry(evidence.validator()).or_default() += 1;
        self.pending.insert(place, evidence);
        Ok(())
    }

    fn admit(&self, place: &Place, validator: account::Id) -> Result<(), EvidenceRefusal> {
        let (height, head, limits) = (place.0, self.head, &self.limits);
        let against = self.per_validator.get(&validator).copied().unwrap_or(0);
        let refusals = [
            (self.is_old(height), EvidenceRefusal::TooOld { height, head, age: limits.age_blocks }),
            // Votes of the height after the head are cast while it is decided.
            (height > head.saturating_add(1), EvidenceRefusal::Future { height, head }),
            (self.pending.contains_key(place), EvidenceRefusal::Known),
            (self.committed.contains(place), EvidenceRefusal::Committed),
            (against >= limits.per_validator, EvidenceRefusal::Validator { validator, max: limits.per_validator }),
            (self.pending.len() >= limits.pending, EvidenceRefusal::Full(limits.pending)),
        ];
        refusals.into_iter().find(|(refused, _)| *refused).map_or(Ok(()), |(_, refusal)| Err(refusal))
    }

    /// Whether the next block comes too late for evidence of this height.
    fn is_old(&self, height: Height) -> bool {
        height.saturating_add(self.limits.age_blocks) <= self.head
    }

    /// What the next block should hold: the oldest first, at most `max` and at most [`EVIDENCE_MAX`] pieces. Evidence of
    /// the next block's own height waits, since its validators may not know that it is decided.
    #[must_use]
    pub fn for_proposal(&self, max: usize) -> Vec<Evidence> {
        let ripe = self.pending.iter().filter(|((height, _), _)| *height <= self.head);
        ripe.map(|(_, evidence)| evidence.clone()).take(max.min(EVIDENCE_MAX)).collect()
    }

    /// All that waits, the oldest first: to be gossiped to a new peer.
    pub fn pending(&self) -> impl Iterator<Item = &Evidence> {
        self.pending.values()
    }

    /// Whether this node knows of a block that holds it.
    #[must_use]
    pub fn is_committed(&self, evidence: &Evidence) -> bool {
        self.committed.contains(&(evidence.height(), evidence.hash()))
    }

    /// The block of `height` is committed, with this evidence in it.
    pub fn committed(&mut self, height: Height, evidence: &[Evidence]) {
        self.head = self.head.max(height);
        self.committed.extend(evidence.iter().map(|piece| (piece.height(), piece.hash())));
        self.forget_marks();
        let gone: Vec<Place> = self.pending.keys().filter(|place| self.is_over(place)).copied().collect();
        gone.iter().for_each(|place| self.remove(place));
    }

    fn is_over(&self, place: &Place) -> bool {
        self.is_old(place.0) || self.committed.contains(place)
    }

    /// Marks of what is too old to be added anyway, and the oldest beyond the bound.
    fn forget_marks(&mut self) {
        while let Some(first) = self.committed.first() {
            if !self.is_old(first.0) && self.committed.len() <= self.limits.committed {
                break;
            }
            self.committed.pop_first();
        }
    }

    fn remove(&mut self, place: &Place) {
        let Some(evidence) = self.pending.remove(place) else { return };
        let validator = evidence.validator();
        let left = self.per_validator.get(&validator).map_or(0, |count| count - 1);
        if left == 0 {
            self.per_validator.remove(&validator);
        } else {
            self.per_validator.insert(validator, left);
        }
    }
}
