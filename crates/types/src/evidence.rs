//! Proof that a validator signed two things where it may sign one: CometBFT's `DuplicateVoteEvidence`.

use alloy_primitives::B256;
use prost::Message as _;
use sha2::{Digest as _, Sha256};
use tendermint::{account, merkle};
use tendermint_proto::v0_38::types::{self as raw, DuplicateVoteEvidence, EvidenceList, evidence};

use crate::limits::{EVIDENCE_BYTES_MAX, EVIDENCE_MAX};
use crate::{
    ChainId, Height, Signature, Time, ValidatorSet, ValueId, VoteKind, block_id, verify_signature, vote_sign_bytes,
};

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

    /// CometBFT's protobuf `DuplicateVoteEvidence`.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        self.to_raw().encode_to_vec()
    }

    /// Decodes [`Evidence::encode`].
    ///
    /// # Errors
    /// [`EvidenceError::Malformed`], [`EvidenceError::NoConflict`].
    pub fn decode(bytes: &[u8]) -> Result<Self, EvidenceError> {
        if bytes.len() > EVIDENCE_BYTES_MAX {
            return Err(EvidenceError::Malformed("more bytes than evidence can have".into()));
        }
        let raw = DuplicateVoteEvidence::decode(bytes).map_err(|error| EvidenceError::Malformed(error.to_string()))?;
        let evidence = Self::from_raw(raw)?;
        if evidence.encode() != bytes {
            return Err(EvidenceError::Malformed("not the one encoding of this evidence".into()));
        }
        Ok(evidence)
    }

    /// Checks it against the set of its height.
    ///
    /// # Errors
    /// [`EvidenceError`].
    pub fn verify(&self, chain_id: &ChainId, set: &ValidatorSet) -> Result<(), EvidenceError> {
        self.conflicts()?;
        let (index, validator) =
            set.find(&self.validator()).ok_or_else(|| EvidenceError::Stranger(self.validator(), self.height()))?;
        let same = [
            ("validator index", index as u64, u64::from(self.index)),
            ("validator power", validator.power, self.power),
            ("total voting power", set.total_power(), self.total),
        ];
        if let Some((what, ..)) = same.iter().find(|(_, expected, found)| expected != found) {
            return Err(EvidenceError::Power(what));
        }
        for (at, vote) in self.votes.iter().enumerate() {
            let message = vote_sign_bytes(chain_id, vote.kind, vote.height, vote.round, vote.value);
            if !verify_signature(&validator.public_key, &message, &vote.signature) {
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

    fn to_raw(&self) -> DuplicateVoteEvidence {
        let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        DuplicateVoteEvidence {
            vote_a: Some(self.raw_vote(&self.votes[0])),
            vote_b: Some(self.raw_vote(&self.votes[1])),
            total_voting_power: signed(self.total),
            validator_power: signed(self.power),
            timestamp: Some(self.time.into()),
        }
    }

    fn raw_vote(&self, vote: &CastVote) -> raw::Vote {
        raw::Vote {
            r#type: match vote.kind {
                VoteKind::Prevote => raw::SignedMsgType::Prevote.into(),
                VoteKind::Precommit => raw::SignedMsgType::Precommit.into(),
            },
            height: i64::try_from(vote.height).unwrap_or(i64::MAX),
            round: i32::try_from(vote.round).unwrap_or(i32::MAX),
            block_id: Some(vote.value.map_or_else(Default::default, |value| block_id(value.block).into())),
            timestamp: Some(vote.value.map_or_else(Time::unix_epoch, |value| value.time()).into()),
            validator_address: vote.validator.as_bytes().to_vec(),
            validator_index: i32::try_from(self.index).unwrap_or(i32::MAX),
            signature: vote.signature.0.to_vec(),
            extension: Vec::new(),
            extension_signature: Vec::new(),
        }
    }

    fn from_raw(raw: DuplicateVoteEvidence) -> Result<Self, EvidenceError> {
        let wrong = |what: &str| EvidenceError::Malformed(what.to_owned());
        let a = raw.vote_a.clone().ok_or_else(|| wrong("vote_a"))?;
        let b = raw.vote_b.clone().ok_or_else(|| wrong("vote_b"))?;
        let index = u32::try_from(a.validator_index).map_err(|_| wrong("validator_index"))?;
        let time = raw.timestamp.and_then(|time| Time::try_from(time).ok()).ok_or_else(|| wrong("timestamp"))?;
        let evidence = Self {
            votes: [cast(a)?, cast(b)?],
            index,
            power: u64::try_from(raw.validator_power).map_err(|_| wrong("validator_power"))?,
            total: u64::try_from(raw.total_voting_power).map_err(|_| wrong("total_voting_power"))?,
            time,
        };
        evidence.conflicts()?;
        if evidence.to_raw() != raw {
            return Err(wrong("not the one encoding of this evidence"));
        }
        Ok(evidence)
    }
}

fn cast(vote: raw::Vote) -> Result<CastVote, EvidenceError> {
    let wrong = |what: &str| EvidenceError::Malformed(what.to_owned());
    let kind = match raw::SignedMsgType::try_from(vote.r#type) {
        Ok(raw::SignedMsgType::Prevote) => VoteKind::Prevote,
        Ok(raw::SignedMsgType::Precommit) => VoteKind::Precommit,
        _ => return Err(wrong("vote type")),
    };
    let hash = vote.block_id.map(|id| id.hash).unwrap_or_default();
    let value = if hash.is_empty() {
        None
    } else {
        let hash: [u8; 32] = hash.try_into().map_err(|_| wrong("block hash"))?;
        let time = vote.timestamp.and_then(|time| Time::try_from(time).ok()).ok_or_else(|| wrong("vote timestamp"))?;
        let time_ns = u64::try_from(time.unix_timestamp_nanos()).map_err(|_| wrong("vote timestamp"))?;
        Some(ValueId { block: B256::new(hash), time_ns })
    };
    Ok(CastVote {
        kind,
        height: u64::try_from(vote.height).map_err(|_| wrong("height"))?,
        round: u32::try_from(vote.round).map_err(|_| wrong("round"))?,
        value,
        validator: account::Id::try_from(vote.validator_address).map_err(|_| wrong("validator address"))?,
        signature: Signature(vote.signature.try_into().map_err(|_| wrong("signature"))?),
    })
}

/// CometBFT's evidence hash: Merkle root over the encodings.
#[must_use]
pub fn evidence_hash(evidence: &[Evidence]) -> B256 {
    let leaves: Vec<Vec<u8>> = evidence.iter().map(Evidence::encode).collect();
    B256::new(merkle::simple_hash_from_byte_vectors::<tendermint::crypto::default::Sha256>(&leaves))
}

pub(crate) fn to_list(evidence: &[Evidence]) -> EvidenceList {
    let wrap = |one: &Evidence| raw::Evidence { sum: Some(evidence::Sum::DuplicateVoteEvidence(one.to_raw())) };
    EvidenceList { evidence: evidence.iter().map(wrap).collect() }
}

pub(crate) fn from_list(list: EvidenceList) -> Result<Vec<Evidence>, EvidenceError> {
    let unwrap = |one: raw::Evidence| match one.sum {
        Some(evidence::Sum::DuplicateVoteEvidence(raw)) => Evidence::from_raw(raw),
        _ => Err(EvidenceError::Malformed("only duplicate votes are evidence".into())),
    };
    if list.evidence.len() > EVIDENCE_MAX {
        return Err(EvidenceError::Malformed(format!("{} in one block, at most {EVIDENCE_MAX}", list.evidence.len())));
    }
    list.evidence.into_iter().map(unwrap).collect()
}
