//! What validators send each other: proposals, votes, and the part that carries a compact proposal.

use borsh::{BorshDeserialize, BorshSerialize};
use bytes::Bytes;
use malachitebft_core_types::{self as core, NilOrVal, Round, SignedExtension, VoteType};

use super::{Address, Height, Seiza, Value};

/// The engine's signed proposal: only the value's id; the body travels as a [`Part`] and by the host's own means.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Proposal {
    /// Height proposed for.
    pub height: Height,
    /// Round proposed in.
    pub round: Round,
    /// What is proposed.
    pub value: Value,
    /// Round of the polka that the value already had, or nil.
    pub pol_round: Round,
    /// Who proposes.
    pub address: Address,
}

impl core::Proposal<Seiza> for Proposal {
    fn height(&self) -> Height {
        self.height
    }

    fn round(&self) -> Round {
        self.round
    }

    fn value(&self) -> &Value {
        &self.value
    }

    fn take_value(self) -> Value {
        self.value
    }

    fn pol_round(&self) -> Round {
        self.pol_round
    }

    fn validator_address(&self) -> &Address {
        &self.address
    }
}

/// A prevote or precommit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct Vote {
    /// Prevote or precommit.
    pub kind: VoteType,
    /// Height voted in.
    pub height: Height,
    /// Round voted in.
    pub round: Round,
    /// What is voted for.
    pub value: NilOrVal<Value>,
    /// Who votes.
    pub address: Address,
}

impl core::Vote<Seiza> for Vote {
    fn height(&self) -> Height {
        self.height
    }

    fn round(&self) -> Round {
        self.round
    }

    fn value(&self) -> &NilOrVal<Value> {
        &self.value
    }

    fn take_value(self) -> NilOrVal<Value> {
        self.value
    }

    fn vote_type(&self) -> VoteType {
        self.kind
    }

    fn validator_address(&self) -> &Address {
        &self.address
    }

    fn extension(&self) -> Option<&SignedExtension<Seiza>> {
        None
    }

    fn take_extension(&mut self) -> Option<SignedExtension<Seiza>> {
        None
    }

    fn extend(self, _extension: SignedExtension<Seiza>) -> Self {
        self
    }
}

/// One encoded compact proposal, whole: first and last part of its stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part(pub Bytes);

impl core::ProposalPart<Seiza> for Part {
    fn is_first(&self) -> bool {
        true
    }

    fn is_last(&self) -> bool {
        true
    }
}
