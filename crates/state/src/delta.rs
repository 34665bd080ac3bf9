//! Commutative changes of amounts, and the one encoding of an amount: 32 bytes big-endian, zero is absence.

use alloy_primitives::U256;

use crate::{Key, StateError, Value};

/// A change of an amount, made without reading it. Credits and debits of one key are summed separately, so that the order
/// in which they arrive cannot matter.
///
/// Both sums are mostly far below 2^128, and a write is moved several times: what is above lies apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delta {
    /// The lower halves of both sums, each the lower word first.
    credit: [u64; 2],
    debit: [u64; 2],
    /// The upper halves, credit first; `None` where both are zero.
    upper: Option<Box<[[u64; 2]; 2]>>,
}

/// The lower and upper half of a number, each the lower word first.
fn halves(amount: U256) -> [[u64; 2]; 2] {
    let [a, b, c, d] = amount.into_limbs();
    [[a, b], [c, d]]
}

fn word([low, high]: [u64; 2]) -> u128 {
    u128::from(low) | u128::from(high) << u64::BITS
}

fn words(word: u128) -> [u64; 2] {
    [word as u64, (word >> u64::BITS) as u64]
}

impl Delta {
    /// Increases the amount and decreases it.
    #[must_use]
    #[inline]
    pub fn of(credit: U256, debit: U256) -> Self {
        let ([credit, more], [debit, less]) = (halves(credit), halves(debit));
        let upper = (more != [0; 2] || less != [0; 2]).then(|| Box::new([more, less]));
        Self { credit, debit, upper }
    }

    /// Increases the amount.
    #[must_use]
    #[inline]
    pub fn credit(amount: U256) -> Self {
        Self::of(amount, U256::ZERO)
    }

    /// Decreases the amount; whoever debits has checked that it is there.
    #[must_use]
    #[inline]
    pub fn debit(amount: U256) -> Self {
        Self::of(U256::ZERO, amount)
    }

    /// Sum of the credits.
    #[must_use]
    #[inline]
    pub fn credited(&self) -> U256 {
        let ([a, b], [c, d]) = (self.credit, self.upper.as_ref().map_or([0; 2], |upper| upper[0]));
        U256::from_limbs([a, b, c, d])
    }

    /// Sum of the debits.
    #[must_use]
    #[inline]
    pub fn debited(&self) -> U256 {
        let ([a, b], [c, d]) = (self.debit, self.upper.as_ref().map_or([0; 2], |upper| upper[1]));
        U256::from_limbs([a, b, c, d])
    }

    /// Both changes, as one.
    ///
    /// # Errors
    /// [`StateError::Overflow`] naming `key` where the sum of all credits, or of all debits, exceeds 256 bits.
    #[inline]
    pub fn join(&self, other: &Self, key: &Key) -> Result<Self, StateError> {
        if let Some(both) = self.join_lower(other) {
            return Ok(both);
        }
        let sum = |a: U256, b: U256| a.checked_add(b).ok_or_else(|| StateError::Overflow(key.clone()));
        Ok(Self::of(sum(self.credited(), other.credited())?, sum(self.debited(), other.debited())?))
    }

    /// Both changes where all sums are below 2^128.
    fn join_lower(&self, other: &Self) -> Option<Self> {
        if self.upper.is_some() || other.upper.is_some() {
            return None;
        }
        let sum = |a, b| word(a).checked_add(word(b)).map(words);
        Some(Self { credit: sum(self.credit, other.credit)?, debit: sum(self.debit, other.debit)?, upper: None })
    }

    /// The amount after the change: `None` where it became zero. What is credited and debited alike counts for nothing, so
    /// that only a result that does not fit is an error.
    ///
    /// # Errors
    /// [`StateError::Overflow`], [`StateError::Underflow`], or [`StateError::Damaged`] where `value` is no amount.
    pub fn apply(&self, key: &Key, value: Option<&[u8]>) -> Result<Option<Value>, StateError> {
        let before = amount_from_value(key, value)?;
        let (credit, debit) = (self.credited(), self.debited());
        let amount = match credit.checked_sub(debit) {
            Some(gain) => before.checked_add(gain).ok_or_else(|| StateError::Overflow(key.clone()))?,
            None => before.checked_sub(debit - credit).ok_or_else(|| StateError::Underflow(key.clone()))?,
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
