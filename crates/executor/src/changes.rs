//! What the jobs so far have changed, resolved.
//!
//! Hashed, because a block reads and writes points a thousand times for each scan; the first scan of a block builds the
//! ordered view, which is kept up from there on.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use seiza_state::{Changeset, Key, Part, StateError, StateRead, Stores, Value, Write, find_in};

/// Changes of the jobs so far, resolved, in a power of two of parts.
pub(crate) struct Changes<P = Part> {
    pub(crate) parts: Vec<P>,
    ordered: Ordered,
}

/// Part and place of each change by key, once somebody has scanned.
pub(crate) type Ordered = OnceLock<BTreeMap<Key, (u32, u32)>>;

/// Keys that a transaction changes, as a guess for the room that a block needs: a transfer changes three or four.
const KEYS_PER_TX: usize = 3;
/// Keys that a block changes beside: growing a long list for the fee collector's sake would move all of it.
const KEYS_BESIDE: usize = 64;

impl Default for Changes {
    fn default() -> Self {
        Self::of(vec![Part::with_capacity(0)])
    }
}

impl<P: Borrow<Part>> Changes<P> {
    /// The changes in these parts.
    pub(crate) fn of(parts: Vec<P>) -> Self {
        Self { parts, ordered: OnceLock::new() }
    }

    /// The change of `key`, if there is one.
    #[inline]
    pub(crate) fn get(&self, key: &Key) -> Option<&Option<Value>> {
        find_in(&self.parts, key)
    }

    /// The key of that hash, if it has changed.
    pub(crate) fn key_of(&self, hash: u64) -> Option<&Key> {
        let part = self.parts[Part::chosen(hash, self.parts.len())].borrow();
        part.place_of_hash(hash).map(|place| &part.pairs()[place].0)
    }

    /// The hashes of all keys that have changed.
    pub(crate) fn hashes(&self) -> impl Iterator<Item = u64> {
        self.parts.iter().flat_map(|part| part.borrow().pairs()).map(|(key, _)| key.hash64())
    }

    /// Whether nothing has changed.
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a key in one of these stores may have changed.
    pub(crate) fn concerns(&self, stores: Stores) -> bool {
        self.parts.iter().any(|part| part.borrow().concerns(stores))
    }

    /// How many keys have changed.
    pub(crate) fn len(&self) -> usize {
        self.parts.iter().map(|part| part.borrow().pairs().len()).sum()
    }

    pub(crate) fn ordered(&self) -> &BTreeMap<Key, (u32, u32)> {
        self.ordered.get_or_init(|| {
            let parts = (0..).zip(&self.parts);
            let places = parts.flat_map(|(part, of)| {
                (0..).zip(of.borrow().pairs()).map(move |(place, (key, _))| (key.clone(), (part, place)))
            });
            places.collect()
        })
    }
}

impl Changes {
    /// No changes, with room for those of so many transactions.
    pub(crate) fn for_txs(txs: usize) -> Self {
        Self::of(vec![Part::with_capacity(txs * KEYS_PER_TX + KEYS_BESIDE)])
    }

    /// The same changes in so many parts, with room for those of so many transactions.
    pub(crate) fn in_parts(self, parts: usize, txs: usize) -> Self {
        if self.parts.len() == parts {
            return self;
        }
        let room = (self.len() + txs * KEYS_PER_TX) / parts;
        let room = room + room / 8 + KEYS_BESIDE;
        let mut changes = Self::of((0..parts).map(|_| Part::with_capacity(room)).collect());
        self.into_pairs().for_each(|(key, value)| changes.push(key, value));
        changes
    }

    /// The changes in these parts. `ordered` is that of the same parts when they had fewer keys, or of nothing.
    pub(crate) fn ordered_as(parts: Vec<Part>, mut ordered: Ordered) -> Self {
        if let Some(ordered) = ordered.get_mut() {
            let mut known = vec![0; parts.len()];
            ordered.values().for_each(|(part, _)| known[*part as usize] += 1);
            for (part, (of, known)) in (0..).zip(parts.iter().zip(known)) {
                let new = of.pairs().iter().zip(0..).skip(known);
                ordered.extend(new.map(|((key, _), place)| (key.clone(), (part, place))));
            }
        }
        Self { parts, ordered }
    }

    /// The parts, and their order as far as it is known.
    pub(crate) fn into_parts(self) -> (Vec<Part>, Ordered) {
        (self.parts, self.ordered)
    }

    /// Records a change, replacing an earlier one of the same key.
    pub(crate) fn insert(&mut self, key: Key, value: Option<Value>) {
        let part = self.part(&key);
        match part.place(&key) {
            Some(place) => part.set(place, value),
            None => self.push(key, value),
        }
    }

    /// These changes under `above`, whose keys are all different.
    pub(crate) fn under(self, mut above: Vec<(Key, Option<Value>)>) -> Vec<(Key, Option<Value>)> {
        let mut replaced: Vec<Vec<bool>> = self.parts.iter().map(|part| vec![false; part.pairs().len()]).collect();
        for (key, _) in &above {
            let chosen = Part::chosen(key.hash64(), self.parts.len());
            if let Some(place) = self.parts[chosen].place(key) {
                replaced[chosen][place] = true;
            }
        }
        let kept = self.into_pairs().zip(replaced.into_iter().flatten()).filter(|(_, replaced)| !replaced);
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
        // All that is to be done is done; of what failed, that of the least key counts.
        let taken = writes.into_iter().map(|(key, write)| self.take(key, write, base));
        let failed = taken.filter_map(Result::err).min_by(|a, b| a.0.cmp(&b.0));
        failed.map_or(Ok(()), |failed| Err(failed.1))
    }

    fn take(&mut self, key: Key, write: Write, base: &dyn StateRead) -> Result<(), Box<(Key, StateError)>> {
        let chosen = Part::chosen(key.hash64(), self.parts.len());
        let part = &mut self.parts[chosen];
        let is_new = part.change(key, |key, changed| match (write, changed) {
            (Write::Put(value), _) => Ok(Some(value)),
            (Write::Delete, _) => Ok(None),
            (Write::Add(delta), Some(below)) => delta.apply(key, below.as_deref()),
            (Write::Add(delta), None) => delta.apply(key, base.get(key)?.as_deref()),
        })?;
        if is_new {
            self.order_last(chosen);
        }
        Ok(())
    }

    /// All changes.
    pub(crate) fn into_changeset(self) -> Changeset {
        Changeset::from_parts(self.parts)
    }

    fn into_pairs(self) -> impl Iterator<Item = (Key, Option<Value>)> {
        self.parts.into_iter().flat_map(Part::into_pairs)
    }

    #[inline]
    fn part(&mut self, key: &Key) -> &mut Part {
        let chosen = Part::chosen(key.hash64(), self.parts.len());
        &mut self.parts[chosen]
    }

    fn push(&mut self, key: Key, value: Option<Value>) {
        let chosen = Part::chosen(key.hash64(), self.parts.len());
        self.parts[chosen].push(key, value);
        self.order_last(chosen);
    }

    /// Takes the last change of a part into the order, if there is one.
    #[inline]
    fn order_last(&mut self, part: usize) {
        if let Some(ordered) = self.ordered.get_mut() {
            let place = self.parts[part].pairs().len() - 1;
            ordered.insert(self.parts[part].pairs()[place].0.clone(), (part as u32, place as u32));
        }
    }
}
