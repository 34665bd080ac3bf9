//! What a job has read from below itself: points and ranges. A scheduler compares it with what others wrote.

use std::collections::BTreeSet;

use crate::{Key, KeyRange, Premise};

/// Keys and ranges that a job's result depends on. A range conflicts with any write inside it, an insertion too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadSet {
    /// Keys read one by one, present or not.
    pub points: BTreeSet<Key>,
    /// Ranges scanned, as far as the scan went.
    pub ranges: Vec<KeyRange>,
    /// What was taken for granted of amounts, without depending on more of them.
    pub premises: Vec<(Key, Premise)>,
}

impl ReadSet {
    /// Whether a write to `key` may change what was read. Premises are judged by the amount, not by the key.
    #[must_use]
    pub fn conflicts_with(&self, key: &Key) -> bool {
        self.points.contains(key) || self.ranges.iter().any(|range| range.contains(key))
    }
}
