//! What a job takes for granted of an amount that it looked at without depending on its exact value.
//!
//! Most code that looks at a balance asks one thing only: is it enough? A job that says so conflicts with another's credit
//! or debit only where the answer turns out different, so that a popular payer serialises a block no more than a popular
//! recipient does.

use alloy_primitives::U256;

use crate::{Delta, Key, StateError, amount_from_value};

/// A condition on an amount. The job's result must be the same for every amount that meets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Premise {
    /// The amount is no less than this.
    pub at_least: U256,
    /// Whether the amount is zero, where that matters.
    pub is_zero: Option<bool>,
}

impl Premise {
    /// The amount covers `amount`.
    #[must_use]
    pub fn covers(amount: U256) -> Self {
        Self { at_least: amount, is_zero: None }
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
        Ok(amount >= self.at_least && self.is_zero.is_none_or(|zero| amount.is_zero() == zero))
    }

    /// The condition on what lies below a delta that makes the amount above it meet this one; `None` where there is no such
    /// condition and the exact amount must be read.
    #[must_use]
    pub fn below(&self, delta: &Delta) -> Option<Self> {
        if self.is_zero.is_some() {
            return None;
        }
        let at_least = self.at_least.checked_add(delta.debited())?.saturating_sub(delta.credited());
        Some(Self { at_least: at_least.max(delta.debited().saturating_sub(delta.credited())), is_zero: None })
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
        fn a_premise_moves_below_a_delta(least in 0u64..9, credit in 0u64..9, debit in 0u64..9, amount in 0u64..20) {
            let key = Key::new(StoreId::Bank, &[b"k"]);
            let word = |n: u64| U256::from(n);
            let delta = Delta::credit(word(credit)).join(Delta::debit(word(debit)), &key).unwrap();
            let below = Premise::covers(word(least)).below(&delta).unwrap();
            let value = value_from_amount(word(amount));
            let above = (amount + credit).checked_sub(debit).is_some_and(|sum| sum >= least);
            prop_assert_eq!(below.holds(&key, value.as_deref()).unwrap(), above);
        }
    }

    #[test]
    fn zero_is_absence_and_is_told_apart_from_any_amount() {
        let key = Key::new(StoreId::Bank, &[b"k"]);
        let some = value_from_amount(U256::ONE);
        for (is_zero, of_none, of_some) in [(None, true, true), (Some(true), true, false), (Some(false), false, true)] {
            let premise = Premise { at_least: U256::ZERO, is_zero };
            assert_eq!(premise.holds(&key, None).unwrap(), of_none);
            assert_eq!(premise.holds(&key, some.as_deref()).unwrap(), of_some);
        }
    }
}
