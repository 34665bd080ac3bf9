//! From the engine's types to our words and back.

use malachitebft_core_consensus::{MisbehaviorEvidence, ProposedValue};
use malachitebft_core_types::{
    CommitCertificate, ExtendedCommitCertificate, ExtendedCommitSignature, LinearTimeouts, NilOrVal, Round, SignedVote,
    Validity, VoteType,
};
use malachitebft_engine::host::{HeightParams as EngineParams, SyncedValueOutcome};
use malachitebft_sync::RawDecidedValue;
use seiza_types::{CastVote, Evidence, Time, VoteKind};

use crate::context::{Height, Seiza, ValidatorSet, Value, round_number};
use crate::limits::TIMEOUT_MAX;
use crate::words::{Decision, HeightParams, Proposed, Synced, Timeouts};

/// The engine's form of timeouts, none longer than a minute.
#[must_use]
pub fn timeouts(timeouts: &Timeouts) -> LinearTimeouts {
    LinearTimeouts {
        propose: timeouts.propose,
        propose_delta: timeouts.propose_delta,
        prevote: timeouts.prevote,
        prevote_delta: timeouts.prevote_delta,
        precommit: timeouts.precommit,
        precommit_delta: timeouts.precommit_delta,
        rebroadcast: timeouts.rebroadcast,
        max_timeout: TIMEOUT_MAX,
    }
}

pub(crate) fn height_params(params: HeightParams) -> (Height, EngineParams<Seiza>) {
    let set = ValidatorSet::new(params.validators);
    (Height(params.height), EngineParams::new(set, timeouts(&params.timeouts), params.target_time))
}

/// The engine's form of a complete proposed block.
#[must_use]
pub fn proposed(proposed: Proposed) -> ProposedValue<Seiza> {
    ProposedValue {
        height: Height(proposed.height),
        round: Round::new(proposed.round),
        valid_round: proposed.valid_round.map_or(Round::Nil, Round::new),
        proposer: proposed.proposer.into(),
        value: Value(proposed.value),
        validity: Validity::from_bool(proposed.valid),
    }
}

/// A decision in our words.
#[must_use]
pub fn decision(certificate: CommitCertificate<Seiza>) -> Decision {
    Decision {
        height: certificate.height.0,
        round: round_number(certificate.round),
        value: certificate.value_id.0,
        signatures: certificate
            .commit_signatures
            .into_iter()
            .map(|one| (one.address.into(), one.signature.into()))
            .collect(),
    }
}

/// A decision in the engine's form, as peers fetch it.
#[must_use]
pub fn certificate(decision: Decision) -> ExtendedCommitCertificate<Seiza> {
    let mut signatures: Vec<_> = decision
        .signatures
        .into_iter()
        .map(|(address, signature)| ExtendedCommitSignature::new(address.into(), signature.into(), None))
        .collect();
    signatures.sort_by_key(|one| one.address);
    ExtendedCommitCertificate {
        height: Height(decision.height),
        round: Round::new(decision.round),
        value_id: Value(decision.value),
        commit_signatures: signatures,
    }
}

pub(crate) fn decided_values(values: Vec<(bytes::Bytes, Decision)>) -> Vec<RawDecidedValue<Seiza>> {
    values.into_iter().map(|(bytes, decision)| RawDecidedValue::new(bytes, certificate(decision))).collect()
}

pub(crate) fn synced(outcome: Synced) -> SyncedValueOutcome<Seiza> {
    match outcome {
        Synced::Value(value) => SyncedValueOutcome::Verdict(proposed(value)),
        Synced::PeerFault => SyncedValueOutcome::PeerFault,
        Synced::Later => SyncedValueOutcome::LocalTransientError,
    }
}

/// Double votes as Tendermint's evidence; `set` decided their height, whose block has the time `time`. Double proposals are
/// no evidence in Tendermint, and the engine only counts them.
#[must_use]
pub fn evidence(seen: &MisbehaviorEvidence<Seiza>, set: &seiza_types::ValidatorSet, time: Time) -> Vec<Evidence> {
    let pairs = seen.votes.iter().flat_map(|(_, pairs)| pairs);
    pairs.filter_map(|(a, b)| Evidence::new(cast(a), cast(b), set, time).ok()).collect()
}

fn cast(vote: &SignedVote<Seiza>) -> CastVote {
    CastVote {
        kind: match vote.kind {
            VoteType::Prevote => VoteKind::Prevote,
            VoteType::Precommit => VoteKind::Precommit,
        },
        height: vote.height.0,
        round: round_number(vote.round),
        value: match vote.value {
            NilOrVal::Nil => None,
            NilOrVal::Val(value) => Some(value.0),
        },
        validator: vote.address.into(),
        signature: vote.signature.into(),
    }
}
