//! Operators: who may place, cancel and replace orders of somebody else, because that account said so. A DEX contract is one
//! of each of its customers, so that orders and balances stay the customers' own.

use seiza_state::{StateError, StateRead, StateWrite};
use seiza_types::Address;

use super::keys;

/// Whether `operator` may act for `owner`, as everybody may for oneself.
///
/// # Errors
/// Those of state.
pub fn is_approved(state: &dyn StateRead, owner: &Address, operator: &Address) -> Result<bool, StateError> {
    Ok(owner == operator || state.get(&keys::operator(owner, operator))?.is_some())
}

/// Lets `operator` act for `owner`, or ends that.
pub fn approve(state: &mut dyn StateWrite, owner: &Address, operator: &Address, approved: bool) {
    let key = keys::operator(owner, operator);
    if approved { state.put(key, [1].as_slice().into()) } else { state.delete(key) }
}

#[cfg(test)]
mod tests {
    use seiza_state::{Access, Empty};

    use super::*;

    #[test]
    fn an_operator_acts_for_who_said_so_until_that_is_taken_back() {
        let (owner, operator) = (Address::repeat_byte(1), Address::repeat_byte(2));
        let mut state = Access::unrecorded(&Empty);
        assert_eq!(is_approved(&state, &owner, &owner), Ok(true));
        for approved in [false, true, true, false] {
            approve(&mut state, &owner, &operator, approved);
            assert_eq!(is_approved(&state, &owner, &operator), Ok(approved));
            assert_eq!(is_approved(&state, &operator, &owner), Ok(false), "never the other way round");
        }
    }
}
