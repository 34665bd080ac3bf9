//! Evidence as CometBFT's protobuf has it: one encoding for one offence, alone or as a block's list.

use alloy_primitives::B256;
use prost::Message as _;
use tendermint::account;
use tendermint_proto::v0_38::types::{self as raw, DuplicateVoteEvidence, EvidenceList, evidence};

use super::{CastVote, Evidence, EvidenceError};
use crate::limits::{EVIDENCE_BYTES_MAX, EVIDENCE_MAX};
use crate::{Signature, Time, ValueId, VoteKind, block_id};

impl Evidence {
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

fn wrong(what: &str) -> EvidenceError {
    EvidenceError::Malformed(what.to_owned())
}

fn cast(vote: raw::Vote) -> Result<CastVote, EvidenceError> {
    let (kind, value) = (kind(&vote)?, value(&vote)?);
    Ok(CastVote {
        kind,
        height: u64::try_from(vote.height).map_err(|_| wrong("height"))?,
        round: u32::try_from(vote.round).map_err(|_| wrong("round"))?,
        value,
        validator: account::Id::try_from(vote.validator_address).map_err(|_| wrong("validator address"))?,
        signature: Signature(vote.signature.try_into().map_err(|_| wrong("signature"))?),
    })
}

fn kind(vote: &raw::Vote) -> Result<VoteKind, EvidenceError> {
    match raw::SignedMsgType::try_from(vote.r#type) {
        Ok(raw::SignedMsgType::Prevote) => Ok(VoteKind::Prevote),
        Ok(raw::SignedMsgType::Precommit) => Ok(VoteKind::Precommit),
        _ => Err(wrong("vote type")),
    }
}

/// What the vote is for: the block that it names, at the time it gives; nothing where it names none.
fn value(vote: &raw::Vote) -> Result<Option<ValueId>, EvidenceError> {
    let Some(id) = vote.block_id.as_ref().filter(|id| !id.hash.is_empty()) else { return Ok(None) };
    let hash: [u8; 32] = id.hash.as_slice().try_into().map_err(|_| wrong("block hash"))?;
    let time = vote.timestamp.and_then(|time| Time::try_from(time).ok()).ok_or_else(|| wrong("vote timestamp"))?;
    let time_ns = u64::try_from(time.unix_timestamp_nanos()).map_err(|_| wrong("vote timestamp"))?;
    Ok(Some(ValueId { block: B256::new(hash), time_ns }))
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
