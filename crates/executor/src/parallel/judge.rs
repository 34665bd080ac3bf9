//! Which runs of a batch are stale: those that read or relied on what the batches before theirs have changed.

use std::ops::Deref;

use seiza_state::{Key, Part, Premise, StateRead as _, Value};

use super::batch::{Batch, Ends};
use crate::prefix::Prefix;

/// A job that must run again, by its place in the batch, and the key that it is about, if it is about one.
pub(crate) type Stale = (usize, Option<Key>);

/// What lies under a batch: the batches of its round before it, over what was committed before.
pub(crate) struct Under<'a, B> {
    pub(crate) batches: &'a [B],
    pub(crate) below: Prefix<'a, &'a Part>,
}

impl<B: Deref<Target = Batch>> Under<'_, B> {
    /// The jobs of `batch` that are stale, ascending. That the jobs before them in the batch are not is taken for granted.
    pub(crate) fn stale(&self, batch: &Batch) -> Vec<Stale> {
        let (mut stale, mut from) = (Vec::new(), Ends::default());
        for (job, to) in batch.ends.iter().enumerate() {
            let conflict = self.conflict(batch, &from, to);
            if !to.ran || conflict.is_some() {
                stale.push((job, conflict.cloned()));
            }
            from = *to;
        }
        stale
    }

    fn conflict<'b>(&'b self, batch: &'b Batch, from: &Ends, to: &Ends) -> Option<&'b Key> {
        if self.batches.is_empty() {
            return None;
        }
        let reads = &batch.reads;
        let read = reads.points[from.points..to.points].iter().find_map(|hash| self.written(*hash));
        let premises = &reads.premises[from.premises..to.premises];
        let expected = &reads.expected[from.expected..to.expected];
        read.or_else(|| premises.iter().find(|premise| !self.holds(premise)).map(|(key, _)| key))
            .or_else(|| expected.iter().find(|expected| !self.is_there(expected)).map(|(key, _)| key))
    }

    /// The key of that hash that a batch has written, if one has.
    #[inline]
    fn written(&self, hash: u64) -> Option<&Key> {
        let mut touching = self.batches.iter().filter(|batch| batch.touched.may_hold(hash));
        touching.find_map(|batch| batch.table.key_of(hash))
    }

    fn holds(&self, (key, premise): &(Key, Premise)) -> bool {
        // Where nobody has written since, the amount is the one that met the premise.
        let unwritten = !self.batches.iter().any(|batch| batch.touched.may_hold(key.hash64()));
        unwritten || self.value(key).is_some_and(|value| premise.holds(key, value.as_deref()).unwrap_or(false))
    }

    fn is_there(&self, (key, expected): &(Key, Value)) -> bool {
        self.value(key).flatten().as_ref() == Some(expected)
    }

    /// What lies at `key`; `None` where that does not come out.
    fn value(&self, key: &Key) -> Option<Option<Value>> {
        let below = self.below.get(key).ok()?;
        let writes = self.batches.iter().filter_map(|batch| batch.table.get(key));
        writes.into_iter().try_fold(below, |value, write| write.resolve(key, || Ok(value)).ok())
    }
}
