//! Amounts with a denom. The native coin is kept in wei (10^18 a SEI) and shown to Cosmos clients as `usei` (10^6 a SEI).
//!
//! Rounding is always named: credits and displays round down, debits round up, so that nobody gains by dust.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use alloy_primitives::U256;

use crate::limits::DENOM_BYTES_MAX;

/// The native coin's denom.
pub const USEI: &str = "usei";
/// Wei in one usei.
pub const WEI_PER_USEI: u64 = 1_000_000_000_000;

/// Why a text or a number is no amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// A denom has 3 to 128 characters, a letter first, then letters, digits and `/ : . _ -`.
    #[error("{0:?} is no denom: 3 to 128 characters, a letter first, then letters, digits or one of / : . _ -")]
    Denom(String),
    /// Not a decimal number below 2^256.
    #[error("{0:?} is no amount: decimal digits, below 2^256")]
    Number(String),
    /// More than 256 bits after conversion.
    #[error("amount exceeds 256 bits")]
    Overflow,
}

/// A validated denom.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Denom(Cow<'static, str>);

impl Denom {
    /// The native coin.
    #[must_use]
    pub fn native() -> Self {
        Self(Cow::Borrowed(USEI))
    }

    /// Whether this is the native coin, which is kept in wei.
    #[must_use]
    pub fn is_native(&self) -> bool {
        &*self.0 == USEI
    }

    /// The denom as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Denom {
    type Err = AmountError;
    fn from_str(text: &str) -> Result<Self, AmountError> {
        let fits = (3..=DENOM_BYTES_MAX).contains(&text.len())
            && text.as_bytes()[0].is_ascii_alphabetic()
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/:._-".contains(&b));
        if text == USEI {
            return Ok(Self::native());
        }
        if fits {
            Ok(Self(Cow::Owned(text.into())))
        } else {
            Err(AmountError::Denom(text.chars().take(DENOM_BYTES_MAX).collect()))
        }
    }
}

impl fmt::Display for Denom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An amount of one denom, in the denom's own smallest unit (usei for the native coin).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coin {
    /// What.
    pub denom: Denom,
    /// How much.
    pub amount: U256,
}

impl Coin {
    /// Reads the two texts of a Cosmos coin.
    ///
    /// # Errors
    /// [`AmountError::Denom`], [`AmountError::Number`].
    pub fn parse(denom: &str, amount: &str) -> Result<Self, AmountError> {
        Ok(Self { denom: denom.parse()?, amount: parse_decimal(amount)? })
    }
}

fn parse_decimal(text: &str) -> Result<U256, AmountError> {
    let digits = !text.is_empty() && text.len() <= 78 && text.bytes().all(|b| b.is_ascii_digit());
    let number = if digits { U256::from_str_radix(text, 10).ok() } else { None };
    number.ok_or_else(|| AmountError::Number(text.chars().take(80).collect()))
}

impl fmt::Display for Coin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.amount, self.denom)
    }
}

/// Usei as wei.
///
/// # Errors
/// [`AmountError::Overflow`] beyond 256 bits.
pub fn wei_from_usei(usei: U256) -> Result<U256, AmountError> {
    usei.checked_mul(U256::from(WEI_PER_USEI)).ok_or(AmountError::Overflow)
}

/// Wei as usei, dust dropped: for displays and credits.
#[must_use]
pub fn usei_from_wei_down(wei: U256) -> U256 {
    wei / U256::from(WEI_PER_USEI)
}

/// Wei as usei, dust counted as a whole usei: for debits.
#[must_use]
pub fn usei_from_wei_up(wei: U256) -> U256 {
    wei.div_ceil(U256::from(WEI_PER_USEI))
}
