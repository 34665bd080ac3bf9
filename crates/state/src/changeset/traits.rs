//! What changesets have in common with other values: they are compared, shown, and collected.

use std::fmt;

use super::Changeset;
use crate::{Key, Value};

impl PartialEq for Changeset {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl Eq for Changeset {}

impl fmt::Debug for Changeset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl FromIterator<(Key, Option<Value>)> for Changeset {
    /// From changes in any order; of one key's, the last stays.
    fn from_iter<I: IntoIterator<Item = (Key, Option<Value>)>>(changes: I) -> Self {
        let mut set = Self::default();
        changes.into_iter().for_each(|(key, value)| set.insert(key, value));
        set
    }
}
