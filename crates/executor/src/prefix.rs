//! The state that the jobs so far have left, over the block's base: what the next job sees.
//!
//! Hashed, because a block reads and writes points a thousand times for each scan; the first scan of a block builds the
//! ordered view, which is kept up from there on.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use seiza_state::{Changeset, Key, KeyIndex, KeyRange, StateError, StateRead, Value, Visit, Write, scan_merged};

/// Changes of the jobs so far, resolved.
#[derive(Default)]
pub(crate) struct Changes {
    changes: Vec<(Key, Option<Value>)>,
    index: KeyIndex,
    /// Places by key, once somebody has scanned.
    ordered: OnceLock<BTreeMap<Key, u32>>,
}

/// Keys that a job changes, as a guess for the room that a block needs: a transfer changes three or four.
const KEYS_PER_JOB: usize = 3;

impl Changes {
    /// No changes, with room for those of so many jobs.
    pub(crate) fn for_jobs(jobs: usize) -> Self {
        let keys = jobs * KEYS_PER_JOB;
        Self { changes: Vec::with_capacity(keys), index: KeyIndex::with_capacity(keys), ordered: OnceLock::new() }
    }

    /// The change of `key`, if there is one.
    pub(crate) fn get(&self, key: &Key) -> Option<&Option<Value>> {
        if self.changes.is_empty() {
            return None;
        }
        self.place(key).map(|place| &self.changes[place].1)
    }

    /// A changed key of that hash.
    pub(crate) fn key_of(&self, hash: u64) -> Option<&Key> {
        self.index.find_hash(&self.changes, hash).map(|place| &self.changes[place].0)
    }

    /// Whether nothing has changed.
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Records a change, replacing an earlier one of the same key.
    pub(crate) fn insert(&mut self, key: Key, value: Option<Value>) {
        match self.place(&key) {
            Some(place) => self.changes[place].1 = value,
            None => self.push(key, value),
        }
    }

    /// How many keys have changed.
    pub(crate) fn len(&self) -> usize {
        self.changes.len()
    }

    /// These changes under `above`, whose keys are all different.
    pub(crate) fn under(self, mut above: Vec<(Key, Option<Value>)>) -> Vec<(Key, Option<Value>)> {
        let mut replaced = vec![false; self.changes.len()];
        above.iter().filter_map(|(key, _)| self.place(key)).for_each(|place| replaced[place] = true);
        let kept = self.changes.into_iter().zip(replaced).filter(|(_, replaced)| !replaced);
        above.extend(kept.map(|(change, _)| change));
        above
    }

    /// Takes in one job's writes; deltas are resolved against what is here, then `base`.
    ///
    /// # Errors
    /// Those of reading `base`, and overflow or underflow of an amount: of the least key that has one.
    pub(crate) fn absorb(
        &mut self,
        writes: impl IntoIterator<Item = (Key, Write)>,
        base: &dyn StateRead,
    ) -> Result<(), StateError> {
        least(writes.into_iter().map(|(key, write)| self.take(key, write, |key| base.get(key))))
    }

    /// As [`Changes::absorb`], where it may be known already what the base holds.
    ///
    /// # Errors
    /// As [`Changes::absorb`].
    pub(crate) fn absorb_written(
        &mut self,
        writes: impl IntoIterator<Item = Written>,
        base: &dyn StateRead,
    ) -> Result<(), StateError> {
        let below = |known: Option<_>| move |key: &Key| known.map_or_else(|| base.get(key), Ok);
        least(writes.into_iter().map(|Written { key, write, base }| self.take(key, write, below(base))))
    }

    fn take(
        &mut self,
        key: Key,
        write: Write,
        base: impl FnOnce(&Key) -> Result<Option<Value>, StateError>,
    ) -> Result<(), Box<(Key, StateError)>> {
        let place = self.place(&key);
        let below = || place.map_or_else(|| base(&key), |place| Ok(self.changes[place].1.clone()));
        let value = match write {
            Write::Put(value) => Ok(Some(value)),
            Write::Delete => Ok(None),
            Write::Add(delta) => below().and_then(|value| delta.apply(&key, value.as_deref())),
        };
        match (value, place) {
            (Err(error), _) => return Err(Box::new((key, error))),
            (Ok(value), Some(place)) => self.changes[place].1 = value,
            (Ok(value), None) => self.push(key, value),
        }
        Ok(())
    }

    /// All changes.
    pub(crate) fn into_changeset(self) -> Changeset {
        Changeset::from_indexed(self.changes, self.index)
    }

    fn place(&self, key: &Key) -> Option<usize> {
        self.index.find(&self.changes, key)
    }

    fn push(&mut self, key: Key, value: Option<Value>) {
        let Self { changes, index, ordered } = self;
        if let Some(ordered) = ordered.get_mut() {
            ordered.insert(key.clone(), changes.len() as u32);
        }
        changes.push((key, value));
        index.pushed(changes);
    }

    fn ordered(&self) -> &BTreeMap<Key, u32> {
        let places = || self.changes.iter().zip(0..).map(|((key, _), place)| (key.clone(), place)).collect();
        self.ordered.get_or_init(places)
    }
}

/// One write of a job.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) key: Key,
    pub(crate) write: Write,
    /// What the base holds there, where the worker has looked: who commits a delta need not wait for memory again.
    pub(crate) base: Option<Option<Value>>,
}

/// All that is to be done is done; of what failed, that of the least key counts.
fn least(done: impl Iterator<Item = Result<(), Box<(Key, StateError)>>>) -> Result<(), StateError> {
    let failed = done.filter_map(Result::err).min_by(|a, b| a.0.cmp(&b.0));
    failed.map_or(Ok(()), |failed| Err(failed.1))
}

/// A state and the changes above it, as one state.
#[derive(Clone, Copy)]
pub(crate) struct Prefix<'a> {
    pub(crate) base: &'a (dyn StateRead + Sync),
    pub(crate) changes: &'a Changes,
}

impl StateRead for Prefix<'_> {
    fn get(&self, key: &Key) -> Result<Option<Value>, StateError> {
        self.changes.get(key).map_or_else(|| self.base.get(key), |changed| Ok(changed.clone()))
    }

    fn scan(&self, range: &KeyRange, visit: Visit<'_>) -> Result<(), StateError> {
        if self.changes.changes.is_empty() {
            return self.base.scan(range, visit);
        }
        let inside = self.changes.ordered().range::<Key, _>(range.bounds());
        let inside = inside.map(|(key, place)| (key, self.changes.changes[*place as usize].1.clone()));
        scan_merged(inside, self.base, range, visit)
    }
}
