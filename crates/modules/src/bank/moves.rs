//! How amounts move: credits and debits, and what is made of them.

use seiza_state::{Delta, Key, Premise, StateError, StateRead, StateWrite, amount_from_value};
use seiza_types::{Address, Coin, Denom, U256};

use super::{amount_at, kept_amount, keys, set_amount};
use crate::ModuleError;

/// Changes an amount without reading it, unless what one transaction credits and debits there comes to more than 256 bits:
/// then it is computed.
fn add(state: &mut dyn StateWrite, key: Key, delta: Delta) -> Result<(), StateError> {
    match state.add(key.clone(), delta.clone()) {
        Err(StateError::Overflow(_)) => {
            let amount = delta.apply(&key, state.get(&key)?.as_deref())?;
            set_amount(state, key.clone(), amount_from_value(&key, amount.as_deref())?);
            Ok(())
        }
        added => added,
    }
}

/// Adds `amount` (in the kept unit) to a balance; reads nothing.
///
/// # Errors
/// Overflow, which supply rules out.
pub fn credit(state: &mut dyn StateWrite, to: &Address, denom: &Denom, amount: U256) -> Result<(), StateError> {
    add(state, keys::balance(to, denom), Delta::credit(amount))
}

/// Takes `amount` (in the kept unit) from a balance; depends on no more of it than that it suffices.
///
/// # Errors
/// [`ModuleError::InsufficientFunds`], with nothing written.
pub fn debit(state: &mut dyn StateWrite, from: &Address, denom: &Denom, amount: U256) -> Result<(), ModuleError> {
    let key = keys::balance(from, denom);
    let covers = Premise::covers(amount);
    if covers.holds(&key, state.peek(&key)?.as_deref())? {
        state.rely(&key, covers)?;
    } else {
        // The refusal names the balance, so it depends on all of it. A second look may find more than the first one did,
        // where other transactions run at the same time.
        let have = amount_at(state, &key)?;
        if have < amount {
            return Err(insufficient(denom, have, amount));
        }
    }
    Ok(add(state, key, Delta::debit(amount))?)
}

fn insufficient(denom: &Denom, have: U256, want: U256) -> ModuleError {
    let unit = if denom.is_native() { "wei".to_owned() } else { denom.to_string() };
    ModuleError::InsufficientFunds { have: have.to_string(), want: want.to_string(), denom: unit }
}

/// Takes `amount` (in the kept unit) from a balance that is known to hold it, as an escrow does; depends on nothing.
///
/// # Errors
/// None that such a balance can have: [`StateError::Underflow`] comes up when the sum is resolved.
pub fn release(state: &mut dyn StateWrite, from: &Address, denom: &Denom, amount: U256) -> Result<(), StateError> {
    add(state, keys::balance(from, denom), Delta::debit(amount))
}

/// Moves a coin.
///
/// # Errors
/// [`ModuleError::InsufficientFunds`], with nothing written.
pub fn transfer(state: &mut dyn StateWrite, from: &Address, to: &Address, coin: &Coin) -> Result<(), ModuleError> {
    let amount = kept_amount(coin)?;
    debit(state, from, &coin.denom, amount)?;
    Ok(credit(state, to, &coin.denom, amount)?)
}

/// Moves every balance of `from` to `to`; nothing where they are one.
///
/// # Errors
/// Those of state.
pub fn sweep(state: &mut dyn StateWrite, from: &Address, to: &Address) -> Result<(), StateError> {
    if from == to {
        return Ok(());
    }
    let mut found = Vec::new();
    state.scan(&keys::balances(from), &mut |key, value| {
        found.push((key.clone(), keys::denom_of(key), amount_from_value(key, Some(value))));
        true
    })?;
    if let Some(native) = native_to_sweep(state, from)? {
        found.push((keys::native(from), Some(Denom::native()), Ok(native)));
    }
    for (key, denom, amount) in found {
        let denom = denom.ok_or_else(|| StateError::Damaged(key.clone(), "a balance's key ends in a denom"))?;
        state.delete(key);
        credit(state, to, &denom, amount?)?;
    }
    Ok(())
}

/// The native balance where it is not zero; where it is, the transaction depends on that alone.
fn native_to_sweep(state: &dyn StateRead, from: &Address) -> Result<Option<U256>, StateError> {
    let key = keys::native(from);
    let nothing = Premise::exactly(U256::ZERO);
    if nothing.holds(&key, state.peek(&key)?.as_deref())? {
        state.rely(&key, nothing)?;
        return Ok(None);
    }
    let amount = amount_at(state, &key)?;
    Ok((!amount.is_zero()).then_some(amount))
}

/// Creates `amount` (in the kept unit) at `to`.
///
/// # Errors
/// Overflow of the supply.
pub fn mint(state: &mut dyn StateWrite, to: &Address, denom: &Denom, amount: U256) -> Result<(), StateError> {
    add(state, keys::supply(denom), Delta::credit(amount))?;
    credit(state, to, denom, amount)
}

/// Destroys `amount` (in the kept unit) at `from`.
///
/// # Errors
/// [`ModuleError::InsufficientFunds`], with nothing written.
pub fn burn(state: &mut dyn StateWrite, from: &Address, denom: &Denom, amount: U256) -> Result<(), ModuleError> {
    debit(state, from, denom, amount)?;
    Ok(add(state, keys::supply(denom), Delta::debit(amount))?)
}
