//! Proof that a validator signed two things where it may sign one: CometBFT's `DuplicateVoteEvidence`.

mod proto;

use alloy_primitives::B256;
use sha2::{Digest as _, Sha256};
use tendermint::{account, merkle};

pub(crate) use proto::{from_list, to_list};

use crate::{ChainId, Height, Signature, Time, ValidatorSet, ValueId, VoteKind, verify_signature, vote_sign_bytes};

/// A vote as its validator signed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CastVote {
    /// Which of the two.
    pub kind: VoteKind,
    /// Height.
    pub height: Height,
    /// Round.
    pub round: u32,
    /// For what; `None` for nothing.
    pub value: Option<ValueId>,
    /// Whose.
    pub validator: account::Id,
    /// Over [`vote_sign_bytes`].
    pub signature: Signature,
}

/// Two conflicting votes of one validator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The votes, ordered by the block they name, so that one offence has one encoding.
    votes: [CastVote; 2],
    /// The validator's place in the set of the votes' height.
    index: u32,
    /// Its power there.
    power: u64,
    /// Power of that set.
    total: u64,
    /// Time of the votes' height.
    time: Time,
}

/// Why evidence proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceError {
    /// Malformed protobuf, or a field out of its bounds.
    #[error("evidence does not decode: {0}")]
    Malformed(String),
    /// The votes are not two of one validator at one place.
    #[error("evidence: the votes agree in {0}, or differ where they must not")]
    NoConflict(&'static str),
    /// Whoever is accused was no validator at that height.
    #[error("evidence: {0} is not a validator of height {1}")]
    Stranger(account::Id, Height),
    /// What is said of the validator's power or place is wrong.
    #[error("evidence: {0} is not that of the height's validator set")]
    Power(&'static str),
    /// A signature does not verify.
    #[error("evidence: vote {0} is not signed by its validator")]
    Signature(usize),
}

impl Evidence {
    /// Evidence of two votes of one validator of `set`, the set of their height, whose time is `time`.
    ///
    /// # Errors
    /// [`EvidenceError`] where they prove nothing.
    pub fn new(a: CastVote, b: CastVote, set: &ValidatorSet, time: Time) -> Result<Self, EvidenceError> {
        let (index, validator) = set.find(&a.validator).ok_or(EvidenceError::Stranger(a.validator, a.height))?;
        let index = u32::try_from(index).expect("few validators");
        let mut votes = [a, b];
        votes.sort_by_key(|vote| vote.value.map_or(B256::ZERO, |value| value.block));
        let evidence = Self { votes, index, power: validator.power, total: set.total_power(), time };
        evidence.conflicts()?;
        Ok(evidence)
    }

    /// Height of the offence.
    #[must_use]
    pub fn height(&self) -> Height {
        self.votes[0].height
    }

    /// Whose offence.
    #[must_use]
    pub fn validator(&self) -> account::Id {
        self.votes[0].validator
    }

    /// Its power at that height.
    #[must_use]
    pub fn power(&self) -> u64 {
        self.power
    }

    /// Power of all at that height.
    #[must_use]
    pub fn total_power(&self) -> u64 {
        self.total
    }

    /// Time of that height.
    #[must_use]
    pub fn time(&self) -> Time {
        self.time
    }

    /// The votes.
    #[must_use]
    pub fn votes(&self) -> &[CastVote; 2] {
        &self.votes
    }

    /// SHA-256 of the encoding.
    #[must_use]
    pub fn hash(&self) -> B256 {
        B256::new(Sha256::digest(self.encode()).into())
    }

    /// Checks it against the set of its height.
    ///
    /// # Errors
    /// [`EvidenceError`].
    pub fn verify(&self, chain_id: &ChainId, set: &ValidatorSet) -> Result<(), EvidenceError> {
        self.conflicts()?;
        let (index, validator) =
            set.find(&self.validator()).ok_or_else(|| EvidenceError::Stranger(self.validator(), self.height()))?;
        self.check_power([index as u64, validator.power, set.total_power()])?;
        self.check_signatures(chain_id, &validator.public_key)
    }

    /// Compares the validator's place, its power and the whole power with what the set has.
    fn check_power(&self, expected: [u64; 3]) -> Result<(), EvidenceError> {
        let found = [u64::from(self.index), self.power, self.total];
        let names = ["validator index", "validator power", "total voting power"];
        let wrong = (0..names.len()).find(|at| expected[*at] != found[*at]);
        wrong.map_or(Ok(()), |at| Err(EvidenceError::Power(names[at])))
    }

    fn check_signatures(&self, chain_id: &ChainId, key: &tendermint::PublicKey) -> Result<(), EvidenceError> {
        for (at, vote) in self.votes.iter().enumerate() {
            let message = vote_sign_bytes(chain_id, vote.kind, vote.height, vote.round, vote.value);
            if !verify_signature(key, &message, &vote.signature) {
                return Err(EvidenceError::Signature(at));
            }
        }
        Ok(())
    }

    fn conflicts(&self) -> Result<(), EvidenceError> {
        let [a, b] = &self.votes;
        if (a.kind, a.height, a.round, a.validator) != (b.kind, b.height, b.round, b.validator) {
            return Err(EvidenceError::NoConflict("kind, height, round and validator"));
        }
        let block = |vote: &CastVote| vote.value.map_or(B256::ZERO, |value| value.block);
        if block(a) >= block(b) {
            return Err(EvidenceError::NoConflict("the block they name"));
        }
        Ok(())
    }
}

/// CometBFT's evidence hash: Merkle root over the encodings.
#[must_use]
pub fn evidence_hash(evidence: &[Evidence]) -> B256 {
    let leaves: Vec<Vec<u8>> = evidence.iter().map(Evidence::encode).collect();
    B256::new(merkle::simple_hash_from_byte_vectors::<tendermint::crypto::default::Sha256>(&leaves))
}
