//! ERC-20 tokens as denoms: what lies in custody of the exchange's contract, the bank keeps under `erc20/0x<token>`.
//!
//! The contract calls the tokens and measures what arrived; the bank believes it and nobody else. A token's own number of
//! decimals is not known here: its amounts are whole numbers of its smallest unit.

use seiza_state::{Premise, StateWrite, amount_from_value};
use seiza_types::{Address, Denom, U256};

use super::{burn, keys, mint};
use crate::ModuleError;

/// What the denom of a token begins with; 40 hex digits in lower case follow.
pub const WRAPPED_PREFIX: &str = "erc20/0x";
/// Most of one token that can be wrapped at a time: amounts of orders have 128 bits.
const WRAPPED_MAX: U256 = U256::from_limbs([u64::MAX, u64::MAX, 0, 0]);

/// The denom of a token.
#[must_use]
pub fn wrapped_denom(token: &Address) -> Denom {
    let digits = alloy_primitives::hex::encode(token);
    format!("{WRAPPED_PREFIX}{digits}").parse().expect("a prefix and hex digits are a denom")
}

/// The token of a denom; `None` for a denom of another kind, or that is not written as [`wrapped_denom`] writes it.
#[must_use]
pub fn token_of(denom: &Denom) -> Option<Address> {
    let digits = denom.as_str().strip_prefix(WRAPPED_PREFIX)?;
    let token = Address::new(alloy_primitives::hex::decode_to_array(digits).ok()?);
    (wrapped_denom(&token) == *denom).then_some(token)
}

/// Credits `amount` of a token that has come into custody. Depends on no more of the supply than that it has room.
///
/// # Errors
/// [`ModuleError::Rejected`] where more than 2^128 - 1 of the token would be wrapped: a token can claim any balance.
pub fn wrap(state: &mut dyn StateWrite, token: &Address, owner: &Address, amount: U256) -> Result<(), ModuleError> {
    let denom = wrapped_denom(token);
    let key = keys::supply(&denom);
    let supply = amount_from_value(&key, state.peek(&key)?.as_deref())?;
    let most = WRAPPED_MAX.saturating_sub(amount);
    if amount > WRAPPED_MAX || supply > most {
        state.rely(&key, Premise { at_least: supply, ..Premise::default() })?;
        return Err(ModuleError::Rejected("bank: at most 2^128 - 1 units of a token can be wrapped"));
    }
    state.rely(&key, Premise { at_most: most, ..Premise::default() })?;
    Ok(mint(state, owner, &denom, amount)?)
}

/// Takes `amount` of a token's denom from its owner, before the tokens leave custody.
///
/// # Errors
/// [`ModuleError::InsufficientFunds`], with nothing written.
pub fn unwrap(state: &mut dyn StateWrite, token: &Address, owner: &Address, amount: U256) -> Result<(), ModuleError> {
    burn(state, owner, &wrapped_denom(token), amount)
}

#[cfg(test)]
mod tests {
    use seiza_state::{Access, Empty};

    use super::*;
    use crate::Module as _;
    use crate::bank::{Bank, balance, supply};

    const TOKEN: Address = Address::repeat_byte(0xAB);
    const OWNER: Address = Address::repeat_byte(7);

    #[test]
    fn a_denom_names_its_token_in_one_way() {
        let denom = wrapped_denom(&TOKEN);
        assert_eq!(denom.as_str(), format!("erc20/0x{}", "ab".repeat(20)));
        let table = [
            (denom.to_string(), Some(TOKEN)),
            (denom.as_str().replace('a', "A"), None),
            (denom.as_str().replace("0x", ""), None),
            ("erc20/0xab".into(), None),
            (format!("{denom}ab"), None),
            ("usei".into(), None),
        ];
        for (text, token) in table {
            assert_eq!(token_of(&text.parse().unwrap()), token, "{text}");
        }
    }

    #[test]
    fn what_is_wrapped_fits_128_bits_and_comes_back() {
        let mut state = Access::unrecorded(&Empty);
        let (most, denom) = (U256::from(u128::MAX), wrapped_denom(&TOKEN));
        for (amount, taken) in
            [(U256::MAX, false), (most + U256::ONE, false), (most, true), (U256::ONE, false), (U256::ZERO, true)]
        {
            assert_eq!(wrap(&mut state, &TOKEN, &OWNER, amount).is_ok(), taken, "{amount}");
        }
        assert_eq!(supply(&state, &denom), Ok(most));
        assert!(matches!(
            unwrap(&mut state, &TOKEN, &Address::ZERO, U256::ONE),
            Err(ModuleError::InsufficientFunds { .. })
        ));
        unwrap(&mut state, &TOKEN, &OWNER, most - U256::ONE).unwrap();
        assert_eq!(balance(&state, &OWNER, &denom), Ok(U256::ONE));
        Bank::invariants(&state).unwrap();
    }
}
