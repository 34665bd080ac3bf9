//! Joining, leaving, changing power (`UpdateWithChangeSet`).

use std::collections::BTreeMap;

use tendermint::account;

use super::{
    Inner, TOTAL_POWER_MAX, VALIDATORS_MAX, Validator, ValidatorSet, ValidatorSetError, ValidatorUpdate, priority,
};

/// A set from nothing: as if all had joined at once, then one step.
pub(super) fn first(validators: &[ValidatorUpdate]) -> Result<ValidatorSet, ValidatorSetError> {
    let empty = Inner { validators: Vec::new(), total: 0, proposer: account::Id::new([0; 20]) };
    let joined = changed(&empty, validators)?;
    Ok(ValidatorSet::of(priority::stepped(&joined, 1)))
}

/// A set after changes.
pub(super) fn apply(set: &Inner, updates: &[ValidatorUpdate]) -> Result<ValidatorSet, ValidatorSetError> {
    Ok(ValidatorSet::of(changed(set, updates)?))
}

fn changed(set: &Inner, updates: &[ValidatorUpdate]) -> Result<Inner, ValidatorSetError> {
    let updates = by_address(updates)?;
    let mut validators: BTreeMap<account::Id, Validator> =
        set.validators.iter().map(|validator| (validator.address, validator.clone())).collect();
    // Newcomers pay for the power that was there before anybody is removed, with that which joins.
    let joined = total_with(&validators, &updates)?;
    for (address, update) in &updates {
        match (update.power, validators.get_mut(address)) {
            (0, None) => return Err(ValidatorSetError::Unknown(*address)),
            (0, Some(_)) => drop(validators.remove(address)),
            (power, Some(known)) => known.power = power,
            (power, None) => drop(validators.insert(*address, newcomer(update, power, joined))),
        }
    }
    finished(validators.into_values().collect(), set.proposer)
}

fn by_address(updates: &[ValidatorUpdate]) -> Result<BTreeMap<account::Id, ValidatorUpdate>, ValidatorSetError> {
    let mut all = BTreeMap::new();
    for update in updates {
        let address = account::Id::from(update.public_key);
        if all.insert(address, *update).is_some() {
            return Err(ValidatorSetError::Twice(address));
        }
    }
    Ok(all)
}

/// Power with all that join or change, before removals.
fn total_with(
    validators: &BTreeMap<account::Id, Validator>,
    updates: &BTreeMap<account::Id, ValidatorUpdate>,
) -> Result<u64, ValidatorSetError> {
    let power = |validator: &Validator| {
        let update = updates.get(&validator.address).filter(|update| update.power > 0);
        update.map_or(validator.power, |update| update.power)
    };
    let kept = validators.values().map(power);
    let new = updates.iter().filter(|(address, _)| !validators.contains_key(address)).map(|(_, update)| update.power);
    bounded(kept.chain(new))
}

fn bounded(powers: impl Iterator<Item = u64>) -> Result<u64, ValidatorSetError> {
    let total = powers.fold(0u64, u64::saturating_add);
    if total > TOTAL_POWER_MAX { Err(ValidatorSetError::Power(total)) } else { Ok(total) }
}

/// One who joins starts behind everybody: -1.125 total powers, so that leaving and joining anew gains nothing.
fn newcomer(update: &ValidatorUpdate, power: u64, total: u64) -> Validator {
    let total = i64::try_from(total).expect("total power is bounded");
    let priority = -(total + (total >> 3));
    Validator { public_key: update.public_key, address: update.public_key.into(), power, priority }
}

fn finished(mut validators: Vec<Validator>, proposer: account::Id) -> Result<Inner, ValidatorSetError> {
    if validators.is_empty() {
        return Err(ValidatorSetError::Empty);
    }
    if validators.len() > VALIDATORS_MAX {
        return Err(ValidatorSetError::Count(validators.len()));
    }
    let total = bounded(validators.iter().map(|validator| validator.power))?;
    validators.sort_by(|a, b| b.power.cmp(&a.power).then_with(|| a.address.as_bytes().cmp(b.address.as_bytes())));
    let mut set = Inner { validators, total, proposer };
    priority::rescale(&mut set);
    priority::centre(&mut set.validators);
    if !set.validators.iter().any(|validator| validator.address == proposer) {
        set.proposer = set.validators[priority::highest(&set.validators)].address;
    }
    Ok(set)
}
