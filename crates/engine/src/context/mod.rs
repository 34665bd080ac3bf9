//! Malachite's vocabulary, filled with ours: heights, addresses, values, votes, proposals, validator sets.
//!
//! Public for `seiza-sim`, which drives `malachitebft-core-consensus` with [`Seiza`] and without the engine's actors. Nothing
//! else outside this crate needs these types: the node speaks the words of `words.rs`.

mod messages;
mod set;

pub use messages::{Part, Proposal, Vote};
pub use set::{Validator, ValidatorSet};

use std::fmt;

use borsh::{BorshDeserialize, BorshSerialize, io};
use malachitebft_core_types::{self as core, LinearTimeouts, NilOrVal, Round, VoteType};
use seiza_types::ValueId;
use tendermint::account;

use crate::scheme::Ed25519;

/// The context: values are [`ValueId`]s, proposers follow Tendermint's priorities, votes carry no extensions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seiza;

/// A height in the engine's messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct Height(pub u64);

impl fmt::Display for Height {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl core::Height for Height {
    const ZERO: Self = Self(0);
    const INITIAL: Self = Self(1);

    fn increment_by(&self, n: u64) -> Self {
        Self(self.0.saturating_add(n))
    }

    fn decrement_by(&self, n: u64) -> Option<Self> {
        self.0.checked_sub(n).map(Self)
    }

    fn as_u64(&self) -> u64 {
        self.0
    }
}

/// A validator's consensus address in the engine's messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct Address(pub [u8; 20]);

impl From<account::Id> for Address {
    fn from(id: account::Id) -> Self {
        Self(id.as_bytes().try_into().expect("an account id has 20 bytes"))
    }
}

impl From<Address> for account::Id {
    fn from(address: Address) -> Self {
        Self::new(address.0)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        account::Id::from(*self).fmt(f)
    }
}

impl core::Address for Address {}

/// What is decided: a [`ValueId`], which is its own id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Value(pub ValueId);

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.block.fmt(f)
    }
}

impl core::Value for Value {
    type Id = Self;

    fn id(&self) -> Self {
        *self
    }
}

impl BorshSerialize for Value {
    fn serialize<W: io::Write>(&self, writer: &mut W) -> io::Result<()> {
        writer.write_all(&self.0.to_bytes())
    }
}

impl BorshDeserialize for Value {
    fn deserialize_reader<R: io::Read>(reader: &mut R) -> io::Result<Self> {
        <[u8; ValueId::BYTES]>::deserialize_reader(reader).map(|bytes| Self(ValueId::from_bytes(&bytes)))
    }
}

/// A round's number; the engine's undefined round is 0.
#[must_use]
pub fn round_number(round: Round) -> u32 {
    round.as_u32().unwrap_or(0)
}

impl core::Context for Seiza {
    type Address = Address;
    type Height = Height;
    type ProposalPart = Part;
    type Proposal = Proposal;
    type Validator = Validator;
    type ValidatorSet = ValidatorSet;
    type Timeouts = LinearTimeouts;
    type Value = Value;
    type Vote = Vote;
    type Extension = ();
    type SigningScheme = Ed25519;

    fn select_proposer<'a>(&self, set: &'a ValidatorSet, _height: Height, round: Round) -> &'a Validator {
        set.proposer(round_number(round))
    }

    fn new_proposal(&self, height: Height, round: Round, value: Value, pol_round: Round, address: Address) -> Proposal {
        Proposal { height, round, value, pol_round, address }
    }

    fn new_prevote(&self, height: Height, round: Round, value: NilOrVal<Value>, address: Address) -> Vote {
        Vote { kind: VoteType::Prevote, height, round, value, address }
    }

    fn new_precommit(&self, height: Height, round: Round, value: NilOrVal<Value>, address: Address) -> Vote {
        Vote { kind: VoteType::Precommit, height, round, value, address }
    }
}
