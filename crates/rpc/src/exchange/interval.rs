//! The lengths of candles. One starts at a multiple of its length since 1970, by block time, in UTC.

use std::fmt;
use std::str::FromStr;

use crate::limits::{CANDLES_KEPT_MAX, MINUTES_KEPT_MAX};

/// Milliseconds since 1970, as block times have them.
pub(crate) type Millis = u64;

/// How long a candle is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Interval {
    /// `1s`
    Second,
    /// `5s`
    FiveSeconds,
    /// `1m`
    Minute,
    /// `5m`
    FiveMinutes,
    /// `15m`
    QuarterHour,
    /// `1h`
    Hour,
    /// `4h`
    FourHours,
    /// `1d`
    Day,
}

impl Interval {
    /// All, the shortest first.
    pub(crate) const ALL: [Self; 8] = [
        Self::Second,
        Self::FiveSeconds,
        Self::Minute,
        Self::FiveMinutes,
        Self::QuarterHour,
        Self::Hour,
        Self::FourHours,
        Self::Day,
    ];

    /// Name and seconds.
    const fn facts(self) -> (&'static str, u64) {
        match self {
            Self::Second => ("1s", 1),
            Self::FiveSeconds => ("5s", 5),
            Self::Minute => ("1m", 60),
            Self::FiveMinutes => ("5m", 300),
            Self::QuarterHour => ("15m", 900),
            Self::Hour => ("1h", 3_600),
            Self::FourHours => ("4h", 14_400),
            Self::Day => ("1d", 86_400),
        }
    }

    /// As clients write it.
    pub(crate) const fn name(self) -> &'static str {
        self.facts().0
    }

    /// Its length.
    pub(crate) const fn millis(self) -> Millis {
        self.facts().1 * 1_000
    }

    /// Where in a list of one entry an interval it stands.
    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    /// Start of the candle that a time falls in.
    pub(crate) const fn start_of(self, time: Millis) -> Millis {
        time - time % self.millis()
    }

    /// Candles of this length that are kept of one market.
    pub(crate) const fn kept(self) -> usize {
        match self {
            // The ticker of 24 hours is summed up from minutes.
            Self::Minute => MINUTES_KEPT_MAX,
            _ => CANDLES_KEPT_MAX,
        }
    }
}

impl FromStr for Interval {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|interval| interval.name() == text).ok_or(())
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for (index, interval) in Interval::ALL.into_iter().enumerate() {
            assert_eq!(interval.to_string().parse(), Ok(interval));
            assert_eq!(interval.index(), index);
        }
        for text in ["", "2m", "1M", "1 m", "60"] {
            assert_eq!(text.parse::<Interval>(), Err(()), "{text}");
        }
    }

    #[test]
    fn candles_start_at_multiples_of_their_length() {
        // 2023-11-14T22:13:20.5Z
        let time = 1_700_000_000_500;
        let starts = [
            1_700_000_000_000,
            1_700_000_000_000,
            1_699_999_980_000,
            1_699_999_800_000,
            1_699_999_200_000,
            1_699_999_200_000,
            1_699_992_000_000,
            1_699_920_000_000,
        ];
        for (interval, start) in Interval::ALL.into_iter().zip(starts) {
            assert_eq!(interval.start_of(time), start, "{interval}");
            assert_eq!(interval.start_of(start), start, "{interval}");
        }
    }
}
