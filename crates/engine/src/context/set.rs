//! The validator set as the engine asks for it: by index, by address, by round.

use std::fmt;
use std::sync::Arc;

use malachitebft_core_types as core;

use super::{Address, Seiza};

/// One validator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validator {
    address: Address,
    public_key: tendermint::PublicKey,
    power: u64,
}

impl core::Validator<Seiza> for Validator {
    fn address(&self) -> &Address {
        &self.address
    }

    fn public_key(&self) -> &tendermint::PublicKey {
        &self.public_key
    }

    fn voting_power(&self) -> u64 {
        self.power
    }
}

struct Inner {
    set: seiza_types::ValidatorSet,
    validators: Vec<Validator>,
    by_address: Vec<(Address, usize)>,
}

/// A height's validators in Tendermint's order, with an index by address. Cheap to clone; compares by its validators and
/// their priorities.
#[derive(Clone)]
pub struct ValidatorSet(Arc<Inner>);

impl ValidatorSet {
    /// The engine's view of `set`.
    #[must_use]
    pub fn new(set: seiza_types::ValidatorSet) -> Self {
        let validators: Vec<Validator> = set
            .validators()
            .iter()
            .map(|v| Validator { address: v.address.into(), public_key: v.public_key, power: v.power })
            .collect();
        let mut by_address: Vec<_> = validators.iter().enumerate().map(|(index, v)| (v.address, index)).collect();
        by_address.sort_unstable();
        Self(Arc::new(Inner { set, validators, by_address }))
    }

    /// The set that this is a view of.
    #[must_use]
    pub fn set(&self) -> &seiza_types::ValidatorSet {
        &self.0.set
    }

    fn find(&self, address: &Address) -> Option<&Validator> {
        let at = self.0.by_address.binary_search_by_key(address, |(address, _)| *address).ok()?;
        self.0.validators.get(self.0.by_address[at].1)
    }

    /// Who proposes in `round` of this set's height.
    #[must_use]
    pub fn proposer(&self, round: u32) -> &Validator {
        self.find(&self.0.set.proposer(round).address.into()).expect("a set's proposer is one of its validators")
    }
}

impl PartialEq for ValidatorSet {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.set == other.0.set
    }
}

impl Eq for ValidatorSet {}

impl fmt::Debug for ValidatorSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.validators.iter().map(|v| (v.address.to_string(), v.power))).finish()
    }
}

impl core::ValidatorSet<Seiza> for ValidatorSet {
    fn count(&self) -> usize {
        self.0.validators.len()
    }

    fn total_voting_power(&self) -> u64 {
        self.0.set.total_power()
    }

    fn get_by_address(&self, address: &Address) -> Option<&Validator> {
        self.find(address)
    }

    fn get_by_index(&self, index: usize) -> Option<&Validator> {
        self.0.validators.get(index)
    }
}
