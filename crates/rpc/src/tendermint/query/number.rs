//! Decimal numbers without sign, of any length, compared exactly.

use std::cmp::Ordering;

/// A decimal: digits before the point without leading zeros, digits after it without trailing ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number {
    whole: String,
    fraction: String,
}

impl Number {
    /// The number that a text is.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        (digits(whole) && digits(fraction)).then(|| Self {
            whole: whole.trim_start_matches('0').into(),
            fraction: fraction.trim_end_matches('0').into(),
        })
    }

    /// The first number in a text.
    pub(crate) fn first_in(text: &str) -> Option<Self> {
        let start = text.find(|letter: char| letter.is_ascii_digit())?;
        let rest = &text[start..];
        let whole = rest.bytes().take_while(u8::is_ascii_digit).count();
        let fraction =
            rest[whole..].strip_prefix('.').map_or(0, |after| after.bytes().take_while(u8::is_ascii_digit).count());
        let length = if fraction == 0 { whole } else { whole + 1 + fraction };
        Self::parse(&rest[..length])
    }

    /// The number where it is whole and fits; one that is too big counts as the greatest.
    pub(crate) fn whole(&self) -> Option<u64> {
        if !self.fraction.is_empty() {
            return None;
        }
        if self.whole.is_empty() { Some(0) } else { Some(self.whole.parse().unwrap_or(u64::MAX)) }
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let lengths = self.whole.len().cmp(&other.whole.len());
        lengths.then_with(|| self.whole.cmp(&other.whole)).then_with(|| self.fraction.cmp(&other.fraction))
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_that_of_numbers() {
        let ascending = ["0", "0.5", "0.50001", "1", "2", "9.99", "10", "99999999999999999999999999999999999999999999"];
        for pair in ascending.windows(2) {
            assert!(Number::parse(pair[0]).unwrap() < Number::parse(pair[1]).unwrap(), "{pair:?}");
        }
        assert_eq!(Number::parse("007.10"), Number::parse("7.1"));
        for bad in ["", ".", "1.", ".5", "1.2.3", "-1", "1e3"] {
            assert_eq!(Number::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn numbers_in_texts() {
        let table = [("10usei", Some("10")), ("a1.5b2", Some("1.5")), ("7.", Some("7")), ("none", None)];
        for (text, expected) in table {
            assert_eq!(Number::first_in(text), expected.and_then(Number::parse), "{text}");
        }
    }
}
