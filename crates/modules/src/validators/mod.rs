//! Validators: who decides which height, and who was caught signing twice.
//!
//! The state after height H knows the sets of H to H + 2. What block H changes takes effect at H + 2 (Tendermint's rule), so
//! that a header can name the set after its own. Each block writes one set: that of H + 2. Who the members were at each
//! height stays in state as long as evidence may accuse them, so that every node judges evidence alike, whatever it prunes.

pub mod keys;
#[cfg(test)]
mod tests;

use seiza_state::{Key, StateError, StateRead, StateWrite, Value};
use seiza_types::limits::EVIDENCE_AGE_BLOCKS_MAX;
use seiza_types::{Evidence, Height, ValidatorSet, ValidatorUpdate};

/// The sets around a state: those of its own height and of the two after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sets {
    /// Height of the state.
    pub height: Height,
    /// Who decided that height; at height 0 nobody did, and it is the first set.
    pub last: ValidatorSet,
    /// Who decides the next height.
    pub current: ValidatorSet,
    /// Who decides the one after that.
    pub next: ValidatorSet,
}

/// Writes the sets of heights 1 and 2 of a chain that begins with `first`.
pub fn init(state: &mut dyn StateWrite, first: &ValidatorSet) {
    put(state, keys::set(0), 0, first);
    put(state, keys::set(1), 1, first);
    put(state, keys::set(2), 2, &first.advanced());
    put(state, keys::members(0), 0, first);
}

/// The sets around the state after `height`.
///
/// # Errors
/// Those of reading state; [`StateError::Damaged`] where a set is not there.
pub fn sets(state: &dyn StateRead, height: Height) -> Result<Sets, StateError> {
    let of = |height| read(state, keys::set(height), Some(height));
    Ok(Sets { height, last: of(height)?, current: of(height + 1)?, next: of(height + 2)? })
}

/// The end of block `height`: the set of `height + 2` is the one before it, changed by `updates` and one turn on.
///
/// # Errors
/// Those of reading state; an update that leaves no set.
pub fn turn(state: &mut dyn StateWrite, height: Height, updates: &[ValidatorUpdate]) -> Result<(), StateError> {
    let before = read(state, keys::set(height + 1), Some(height + 1))?;
    let changed = before.updated(updates).map_err(|_| {
        StateError::Damaged(keys::set(height + 1), "changes of validators are checked before they are planned")
    })?;
    let next = changed.advanced();
    put(state, keys::set(height + 2), height + 2, &next);
    if !updates.is_empty() {
        put(state, keys::members(height + 2), height + 2, &next);
        forget(state, height)?;
    }
    Ok(())
}

/// Members at `height`, with their powers; their priorities mean nothing.
///
/// # Errors
/// Those of reading state; [`StateError::Damaged`] where that height is forgotten.
pub fn members_at(state: &dyn StateRead, height: Height) -> Result<ValidatorSet, StateError> {
    let mut found = None;
    state.scan(&keys::members_until(height), &mut |_, value| {
        found = Some(Value::from(value));
        true
    })?;
    let key = keys::members(height);
    let value =
        found.ok_or_else(|| StateError::Damaged(key.clone(), "members of a height within the evidence's age"))?;
    decode(&key, &value, None)
}

/// Notes an offence of the block at `height`; one that is noted already stays as it is.
pub fn accuse(state: &mut dyn StateWrite, height: Height, evidence: &Evidence) {
    let mut value = height.to_be_bytes().to_vec();
    value.extend(evidence.encode());
    state.put(keys::offence(evidence), value.into());
}

/// Whether the offence is noted.
///
/// # Errors
/// Those of reading state.
pub fn is_accused(state: &dyn StateRead, evidence: &Evidence) -> Result<bool, StateError> {
    Ok(state.get(&keys::offence(evidence))?.is_some())
}

/// Removes members of heights that no evidence may be about any more.
fn forget(state: &mut dyn StateWrite, height: Height) -> Result<(), StateError> {
    let mut old: Vec<Key> = Vec::new();
    state.scan(&keys::members_until(height.saturating_sub(EVIDENCE_AGE_BLOCKS_MAX)), &mut |key, _| {
        old.push(key.clone());
        true
    })?;
    // The last of them still holds at the oldest height that counts.
    old.pop();
    old.into_iter().for_each(|key| state.delete(key));
    Ok(())
}

fn put(state: &mut dyn StateWrite, key: Key, height: Height, set: &ValidatorSet) {
    let mut value = height.to_be_bytes().to_vec();
    value.extend(set.encode());
    state.put(key, value.into());
}

fn read(state: &dyn StateRead, key: Key, height: Option<Height>) -> Result<ValidatorSet, StateError> {
    let value = state.get(&key)?;
    let value = value.ok_or_else(|| StateError::Damaged(key.clone(), "the validator set of a height"))?;
    decode(&key, &value, height)
}

fn decode(key: &Key, value: &[u8], height: Option<Height>) -> Result<ValidatorSet, StateError> {
    let damaged = |what| StateError::Damaged(key.clone(), what);
    let (stored, set) = value.split_first_chunk::<8>().ok_or_else(|| damaged("a height and a validator set"))?;
    if height.is_some_and(|height| height != u64::from_be_bytes(*stored)) {
        return Err(damaged("the validator set of this very height"));
    }
    ValidatorSet::decode(set).map_err(|_| damaged("an encoded validator set"))
}
