//! Validators, and whose turn it is to propose: CometBFT's `ValidatorSet` (types/validator_set.go), to the number.
//!
//! A set is ordered by power, descending, then by address. Every validator has a priority; each step adds its power to it,
//! and whoever is highest proposes and pays the total power. Round `r` of a height is proposed by whoever comes after `r`
//! more steps; the next height's set is one step on. So each proposes as often as its power says, in an order that everybody
//! computes alike.

mod encoding;
mod key;
mod priority;
mod update;

use std::sync::Arc;

use tendermint::{Hash, account, validator};

use crate::limits::PROPOSER_ROUNDS_MAX;

pub use encoding::ValidatorSetDecodeError;
pub use key::ValidatorKey;

/// Power of a whole set: priorities must not overflow (CometBFT's `MaxTotalVotingPower`).
pub const TOTAL_POWER_MAX: u64 = (i64::MAX / 8) as u64;
/// Validators of one set.
pub const VALIDATORS_MAX: usize = 10_000;

/// One validator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validator {
    /// Its ed25519 consensus key.
    pub public_key: tendermint::PublicKey,
    /// Its consensus address.
    pub address: account::Id,
    /// Its voting power.
    pub power: u64,
    /// How near its turn is.
    pub priority: i64,
}

/// A change to a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValidatorUpdate {
    /// Whose.
    pub public_key: tendermint::PublicKey,
    /// The new power; 0 removes.
    pub power: u64,
}

/// Why validators are no set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ValidatorSetError {
    /// Nobody would be left.
    #[error("a validator set is never empty")]
    Empty,
    /// Somebody is named twice.
    #[error("validator {0} is named twice")]
    Twice(account::Id),
    /// Somebody is removed who is not there.
    #[error("validator {0} is not in the set and cannot be removed")]
    Unknown(account::Id),
    /// Too much power.
    #[error("total voting power is {0}, at most {TOTAL_POWER_MAX} is allowed")]
    Power(u64),
    /// Too many.
    #[error("{0} validators, at most {VALIDATORS_MAX} are allowed")]
    Count(usize),
}

/// Who decides a height. Cloning shares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidatorSet(Arc<Inner>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    validators: Vec<Validator>,
    total: u64,
    /// Whose turn it is: the one that the last step has made pay.
    proposer: account::Id,
}

impl ValidatorSet {
    /// A set of these, each with a power of at least one, with priorities as at a chain's beginning.
    ///
    /// # Errors
    /// [`ValidatorSetError`].
    pub fn new(validators: &[ValidatorUpdate]) -> Result<Self, ValidatorSetError> {
        update::first(validators)
    }

    fn of(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// The validators in order.
    #[must_use]
    pub fn validators(&self) -> &[Validator] {
        &self.0.validators
    }

    /// How many there are.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a set is never empty")]
    pub fn len(&self) -> usize {
        self.0.validators.len()
    }

    /// Power of all.
    #[must_use]
    pub fn total_power(&self) -> u64 {
        self.0.total
    }

    /// The validator at that place.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&Validator> {
        self.0.validators.get(index)
    }

    /// The validator of that address, with its place.
    #[must_use]
    pub fn find(&self, address: &account::Id) -> Option<(usize, &Validator)> {
        self.0.validators.iter().enumerate().find(|(_, validator)| validator.address == *address)
    }

    /// Who proposes in that round of the height that this set decides. Beyond [`PROPOSER_ROUNDS_MAX`] the order begins again.
    #[must_use]
    pub fn proposer(&self, round: u32) -> &Validator {
        let round = round % PROPOSER_ROUNDS_MAX;
        let address = if round == 0 { self.0.proposer } else { priority::stepped(&self.0, round).proposer };
        self.find(&address).map(|(_, validator)| validator).expect("the proposer is one of the set")
    }

    /// The set of the next height, where nobody joins or leaves.
    #[must_use]
    pub fn advanced(&self) -> Self {
        Self::of(priority::stepped(&self.0, 1))
    }

    /// The set after these changes: powers set, newcomers last in line, the removed gone.
    ///
    /// # Errors
    /// [`ValidatorSetError`]; the set is then as it was.
    pub fn updated(&self, updates: &[ValidatorUpdate]) -> Result<Self, ValidatorSetError> {
        if updates.is_empty() { Ok(self.clone()) } else { update::apply(&self.0, updates) }
    }

    /// The set in the `tendermint` crate's words, priorities and proposer included.
    #[must_use]
    pub fn to_tendermint(&self) -> validator::Set {
        let infos: Vec<validator::Info> = self.0.validators.iter().map(info).collect();
        let proposer = self.find(&self.0.proposer).map(|(_, validator)| info(validator));
        validator::Set::new(infos, proposer)
    }

    /// CometBFT's validators hash: Merkle root over keys and powers.
    #[must_use]
    pub fn hash(&self) -> Hash {
        self.to_tendermint().hash()
    }
}

fn info(validator: &Validator) -> validator::Info {
    let power = tendermint::vote::Power::try_from(validator.power).expect("power is below 2^60");
    validator::Info {
        address: validator.address,
        pub_key: validator.public_key,
        power,
        name: None,
        proposer_priority: validator.priority.into(),
    }
}
