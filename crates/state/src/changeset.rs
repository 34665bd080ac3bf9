//! What one block changes: absolute values, in key order. This is what commitment hashes and the change log stores.

use std::collections::BTreeMap;

use crate::{Key, StateError, StateRead, Value, Visit, WriteSet};

/// Changes of one block: `Some` sets, `None` removes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changeset(BTreeMap<Key, Option<Value>>);

impl Changeset {
    /// The change of `key`, if there is one.
    #[must_use]
    pub fn get(&self, key: &Key) -> Option<&Option<Value>> {
        self.0.get(key)
    }

    /// Records a change, replacing an earlier one of the same key.
    pub fn insert(&mut self, key: Key, value: Option<Value>) {
        self.0.insert(key, value);
    }

    /// All changes in key order.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Option<Value>)> {
        self.0.iter()
    }

    /// The changes inside a range, in key order.
    pub fn range(&self, range: &crate::KeyRange) -> impl Iterator<Item = (&Key, &Option<Value>)> {
        self.0.range::<Key, _>(range.bounds())
    }

    /// How many keys change.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Lays `later` over these changes. What it costs is the smaller of the two.
    pub fn merge(&mut self, mut later: Changeset) {
        if self.len() >= later.len() {
            return self.0.extend(later.0);
        }
        for (key, value) in std::mem::take(&mut self.0) {
            later.0.entry(key).or_insert(value);
        }
        *self = later;
    }

    /// Visits `range` of `base` with these changes laid over it, in key order.
    ///
    /// # Errors
    /// Those of scanning `base`.
    pub fn scan_over(&self, base: &dyn StateRead, range: &crate::KeyRange, visit: Visit<'_>) -> Result<(), StateError> {
        scan_merged(self.range(range).map(|(key, value)| (key, value.clone())), base, range, visit)
    }

    /// Takes in one job's writes; deltas are resolved against `self`, then `base`.
    ///
    /// # Errors
    /// Those of reading `base`, and overflow or underflow of an amount.
    pub fn absorb(&mut self, writes: WriteSet, base: &dyn StateRead) -> Result<(), StateError> {
        for (key, write) in writes {
            let value = write.resolve(&key, || match self.0.get(&key) {
                Some(changed) => Ok(changed.clone()),
                None => base.get(&key),
            })?;
            self.0.insert(key, value);
        }
        Ok(())
    }
}

/// Visits `range` of `base` with `changes` (ascending, all inside the range) laid over it, in key order.
///
/// # Errors
/// Those of scanning `base`.
pub fn scan_merged<'a>(
    changes: impl Iterator<Item = (&'a Key, Option<Value>)>,
    base: &dyn StateRead,
    range: &crate::KeyRange,
    visit: Visit<'_>,
) -> Result<(), StateError> {
    let mut changes = changes.peekable();
    let mut go_on = true;
    base.scan(range, &mut |key, value| {
        while let Some((changed, new)) = changes.next_if(|(changed, _)| *changed < key) {
            go_on = new.is_none_or(|new| visit(changed, &new));
            if !go_on {
                return false;
            }
        }
        go_on = match changes.next_if(|(changed, _)| *changed == key) {
            Some((_, Some(new))) => visit(key, &new),
            Some((_, None)) => true,
            None => visit(key, value),
        };
        go_on
    })?;
    while go_on && let Some((changed, new)) = changes.next() {
        go_on = new.is_none_or(|new| visit(changed, &new));
    }
    Ok(())
}

impl FromIterator<(Key, Option<Value>)> for Changeset {
    fn from_iter<I: IntoIterator<Item = (Key, Option<Value>)>>(changes: I) -> Self {
        Self(changes.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StoreId;

    #[test]
    fn merging_prefers_the_later_whichever_is_larger() {
        let set = |pairs: &[(u8, u8)]| -> Changeset {
            pairs.iter().map(|(k, v)| (Key::new(StoreId::Bank, &[&[*k]]), Some(vec![*v].into()))).collect()
        };
        let cases = [
            (set(&[(1, 1)]), set(&[(1, 2), (2, 2), (3, 2)]), set(&[(1, 2), (2, 2), (3, 2)])),
            (set(&[(1, 1), (2, 1), (3, 1)]), set(&[(2, 2)]), set(&[(1, 1), (2, 2), (3, 1)])),
            (set(&[(9, 1)]), set(&[(1, 2), (2, 2)]), set(&[(1, 2), (2, 2), (9, 1)])),
        ];
        for (mut merged, later, expected) in cases {
            merged.merge(later);
            assert_eq!(merged, expected);
        }
    }
}
