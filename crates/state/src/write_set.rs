//! What one job writes: puts, deletes and unresolved deltas, in key order.

use crate::{Delta, Key, StateError, Value};

/// One key's change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Sets the value.
    Put(Value),
    /// Removes the key.
    Delete,
    /// Changes an amount whose present value the job does not know.
    Add(Delta),
}

impl Write {
    /// The write that stands for `self` followed by `next`.
    ///
    /// # Errors
    /// Those of [`Delta::apply`] where a delta meets a known value.
    pub fn then(&self, next: Write, key: &Key) -> Result<Write, StateError> {
        let Write::Add(delta) = next else { return Ok(next) };
        match self {
            Write::Add(earlier) => Ok(Write::Add(earlier.join(&delta, key)?)),
            Write::Put(value) => Ok(delta.apply(key, Some(value))?.map_or(Write::Delete, Write::Put)),
            Write::Delete => Ok(delta.apply(key, None)?.map_or(Write::Delete, Write::Put)),
        }
    }

    /// The value that a reader sees, given what lies below (asked for only where it matters).
    ///
    /// # Errors
    /// Those of `below` and of [`Delta::apply`].
    pub fn resolve(
        &self,
        key: &Key,
        below: impl FnOnce() -> Result<Option<Value>, StateError>,
    ) -> Result<Option<Value>, StateError> {
        match self {
            Write::Put(value) => Ok(Some(value.clone())),
            Write::Delete => Ok(None),
            Write::Add(delta) => delta.apply(key, below()?.as_deref()),
        }
    }
}

/// All changes of one job, in key order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WriteSet(Vec<(Key, Write)>);

impl WriteSet {
    /// Whether nothing was written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The changes in key order.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Write)> {
        self.0.iter().map(|(key, write)| (key, write))
    }
}

impl IntoIterator for WriteSet {
    type Item = (Key, Write);
    type IntoIter = std::vec::IntoIter<(Key, Write)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl FromIterator<(Key, Write)> for WriteSet {
    /// From writes of different keys, in any order.
    fn from_iter<I: IntoIterator<Item = (Key, Write)>>(writes: I) -> Self {
        let mut writes: Vec<_> = writes.into_iter().collect();
        writes.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        Self(writes)
    }
}
