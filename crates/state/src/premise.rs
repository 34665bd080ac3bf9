//! What a job takes for granted of an amount that it looked at without depending on its exact value.
//!
//! Most code that looks at a balance asks one thing only: is it enough? A job that says so conflicts with another's credit
//! or debit only where the answer turns out different, so that a popular payer serialises a block no more than a popular
//! recipient does.

use alloy_primitives::U256;

use crate::{Delta, Key, StateError, amount_from_value};

/// A condition on an amount: that it lies in a range, both ends included. The job's result must be the same for every
/// amount in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Premise {
    /// The amount is no less than this.
    pub at_least: U256,
    /// The amount is no more than this.
    pub at_most: U256,
}

impl Default for Premise {
    /// Nothing is taken for granted.
    fn default() -> Self {
        Self { at_least: U256::ZERO, at_most: U256::MAX }
    }
}

impl Premise {
    /// The amount covers `amount`.
    #[must_use]
    pub fn covers(amount: U256) -> Self {
        Self { at_least: amount, ..Self::default() }
    }

    /// The amount is this and no other.
    #[must_use]
    pub fn exactly(amount: U256) -> Self {
        Self { at_least: amount, at_most: amount }
    }

    /// There is something, or (`amount` zero) nothing.
    #[must_use]
    pub fn as_empty_as(amount: U256) -> Self {
        if amount.is_zero() { Self::exactly(U256::ZERO) } else { Self::covers(U256::ONE) }
    }

    /// Both conditions.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { at_least: self.at_least.max(other.at_least), at_most: self.at_most.min(other.at_most) }
    }

    /// Whether nothing is taken for granted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether `value` meets the condition.
    ///
    /// # Errors
    /// [`StateError::Damaged`] naming `key` where `value` is no amount.
    pub fn holds(&self, key: &Key, value: Option<&[u8]>) -> Result<bool, StateError> {
        let amount = amount_from_value(key, value)?;
        Ok(self.at_least <= amount && amount <= self.at_most)
    }

    /// The condition on what lies below a delta that makes the amount above it meet this one; `None` where there is no such
    /// condition and the exact amount must be read.
    #[must_use]
    pub fn below(&self, delta: &Delta) -> Option<Self> {
        let (credit, debit) = (delta.credited(), delta.debited());
        let (at_least, at_most) = match credit.checked_sub(debit) {
            Some(gain) if self.at_most == U256::MAX => (self.at_least.saturating_sub(gain), U256::MAX),
            Some(gain) => (self.at_least.saturating_sub(gain), self.at_most.checked_sub(gain)?),
            None => (self.at_least.checked_add(debit - credit)?, self.at_most.saturating_add(debit - credit)),
        };
        Some(Self { at_least, at_most })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{StoreId, value_from_amount};

    proptest! {
        /// The condition below a delta says what the one above it says of the sum.
        #[test]
        fn a_premise_moves_below_a_delta(
            (least, most) in (0u64..9, prop::option::of(0u64..20)),
            (credit, debit, amount) in (0u64..9, 0u64..9, 0u64..20),
        ) {
            let key = Key::new(StoreId::Bank, &[b"k"]);
            let word = |n: u64| U256::from(n);
            let delta = Delta::credit(word(credit)).join(&Delta::debit(word(debit)), &key).unwrap();
            let premise = Premise { at_least: word(least), at_most: most.map_or(U256::MAX, word) };
            let above = (amount + credit).checked_sub(debit).is_some_and(|sum| premise.holds(&key, value_from_amount(word(sum)).as_deref()).unwrap());
            let value = value_from_amount(word(amount));
            match premise.below(&delta) {
                Some(below) => prop_assert_eq!(below.holds(&key, value.as_deref()).unwrap(), above),
                None => prop_assert!(!above, "no amount meets it"),
            }
        }
    }

    #[test]
    fn zero_is_absence_and_is_told_apart_from_any_amount() {
        let key = Key::new(StoreId::Bank, &[b"k"]);
        let some = value_from_amount(U256::ONE);
        let cases = [
            (Premise::default(), true, true),
            (Premise::as_empty_as(U256::ZERO), true, false),
            (Premise::as_empty_as(U256::from(7)), false, true),
            (Premise::exactly(U256::ONE), false, true),
            (Premise::covers(U256::from(2)), false, false),
        ];
        for (premise, of_none, of_some) in cases {
            assert_eq!(premise.holds(&key, None).unwrap(), of_none);
            assert_eq!(premise.holds(&key, some.as_deref()).unwrap(), of_some);
        }
    }
}
