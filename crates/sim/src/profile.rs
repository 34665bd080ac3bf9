//! What goes wrong in a run, and how often.

use std::fmt;
use std::str::FromStr;

use crate::links::Quality;

/// A set of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Nothing.
    Quiet,
    /// Slow links that lose, double and reorder messages.
    Lossy,
    /// Links that lose a little, partitions, crashes in the midst of a step, torn writes, all nodes at once.
    Chaos,
    /// A third of the validators lies; links lose a little.
    Byzantine,
}

impl Profile {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Quiet, Self::Lossy, Self::Chaos, Self::Byzantine];

    /// The links.
    #[must_use]
    pub fn quality(self) -> Quality {
        match self {
            Self::Quiet => Quality::QUIET,
            Self::Lossy => Quality::LOSSY,
            Self::Chaos => Quality { delay_us: 5_000, jitter_us: 25_000, loss_permille: 15, ..Quality::LOSSY },
            Self::Byzantine => Quality { loss_permille: 5, duplicate_permille: 10, ..Quality::QUIET },
        }
    }

    /// Seconds between two crashes or partitions, on average; `None` for never.
    #[must_use]
    pub fn fault_seconds(self) -> Option<u64> {
        (self == Self::Chaos).then_some(3)
    }

    /// How many of `validators` lie.
    #[must_use]
    pub fn liars(self, validators: usize) -> usize {
        if self == Self::Byzantine { validators.saturating_sub(1) / 3 } else { 0 }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Quiet => "quiet",
            Self::Lossy => "lossy",
            Self::Chaos => "chaos",
            Self::Byzantine => "byzantine",
        })
    }
}

impl FromStr for Profile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|profile| profile.to_string() == text);
        found.ok_or_else(|| format!("profile: `{text}` is none of quiet, lossy, chaos, byzantine"))
    }
}
