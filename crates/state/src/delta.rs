//! Commutative changes of amounts, and the one encoding of an amount: 32 bytes big-endian, zero is absence.

use alloy_primitives::U256;

use crate::{Key, StateError, Value};

/// A change of an amount, made without reading it. Credits and debits of one key are summed separately, so that the order
/// in which they arrive cannot matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delta {
    credit: U256,
    debit: U256,
}

impl Delta {
    /// Increases the amount.
    #[must_use]
    pub fn credit(amount: U256) -> Self {
        Self { credit: amount, debit: U256::ZERO }
    }

    /// Decreases the amount; whoever debits has checked that it is there.
    #[must_use]
    pub fn debit(amount: U256) -> Self {
        Self { credit: U256::ZERO, debit: amount }
    }

    /// Sum of the credits.
    #[must_use]
    pub fn credited(&self) -> U256 {
        self.credit
    }

    /// Sum of the debits.
    #[must_use]
    pub fn debited(&self) -> U256 {
        self.debit
    }

    /// Both changes, as one.
    ///
    /// # Errors
    /// [`StateError::Overflow`] naming `key` where the sum of all credits, or of all debits, exceeds 256 bits.
    pub fn join(self, other: Self, key: &Key) -> Result<Self, StateError> {
        let sum = |a: U256, b: U256| a.checked_add(b).ok_or_else(|| StateError::Overflow(key.clone()));
        Ok(Self { credit: sum(self.credit, other.credit)?, debit: sum(self.debit, other.debit)? })
    }

    /// The amount after the change: `None` where it became zero. What is credited and debited alike counts for nothing, so
    /// that only a result that does not fit is an error.
    ///
    /// # Errors
    /// [`StateError::Overflow`], [`StateError::Underflow`], or [`StateError::Damaged`] where `value` is no amount.
    pub fn apply(self, key: &Key, value: Option<&[u8]>) -> Result<Option<Value>, StateError> {
        let before = amount_from_value(key, value)?;
        let amount = match self.credit.checked_sub(self.debit) {
            Some(gain) => before.checked_add(gain).ok_or_else(|| StateError::Overflow(key.clone()))?,
            None => before.checked_sub(self.debit - self.credit).ok_or_else(|| StateError::Underflow(key.clone()))?,
        };
        Ok(value_from_amount(amount))
    }
}

/// Decodes an amount; absence is zero.
///
/// # Errors
/// [`StateError::Damaged`] where the value is not 32 bytes.
pub fn amount_from_value(key: &Key, value: Option<&[u8]>) -> Result<U256, StateError> {
    let Some(bytes) = value else { return Ok(U256::ZERO) };
    let bytes: [u8; 32] = bytes.try_into().map_err(|_| StateError::Damaged(key.clone(), "an amount has 32 bytes"))?;
    Ok(U256::from_be_bytes(bytes))
}

/// Encodes an amount; zero is absence.
#[must_use]
pub fn value_from_amount(amount: U256) -> Option<Value> {
    (!amount.is_zero()).then(|| Value::from(&amount.to_be_bytes::<32>()[..]))
}
