//! One job's recorded view of the state: reads are noted, writes collected, checkpoints undo writes.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use crate::{
    Delta, Idea, Key, KeyRange, Premise, ReadSet, StateError, StateRead, StateWrite, Value, Visit, Write, WriteBuffer,
    WriteSet, scan_merged,
};

/// A job's access to state: its own writes over a shared base. Dropping it discards the writes.
///
/// Reads that reach the base are recorded; reads of what the job wrote itself are not. An `add` is no read.
pub struct Access<'a> {
    base: &'a dyn StateRead,
    writes: WriteBuffer,
    reads: RefCell<ReadSet>,
    records: bool,
    /// Whether there is a checkpoint to return to; what was written before the first is never undone.
    journals: Cell<bool>,
}

/// A point to which an [`Access`] can return. Checkpoints nest; an older one undoes the newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a checkpoint is of use only when reverted to"]
pub struct Checkpoint(usize);

impl<'a> Access<'a> {
    /// Access that records what it reads from `base`.
    #[must_use]
    pub fn new(base: &'a dyn StateRead) -> Self {
        Self { records: true, ..Self::unrecorded(base) }
    }

    /// Access without a read set, for modes and callers that compare none.
    #[must_use]
    pub fn unrecorded(base: &'a dyn StateRead) -> Self {
        Self::reusing(base, WriteBuffer::default())
    }

    /// As [`Access::unrecorded`], in the memory of an earlier job. What `buffer` holds is forgotten.
    #[must_use]
    pub fn reusing(base: &'a dyn StateRead, mut buffer: WriteBuffer) -> Self {
        buffer.drain();
        Self { base, writes: buffer, reads: RefCell::default(), records: false, journals: Cell::new(false) }
    }

    /// Marks the present state of the writes.
    pub fn checkpoint(&self) -> Checkpoint {
        self.journals.set(true);
        Checkpoint(self.writes.journaled())
    }

    /// Undoes all writes since `checkpoint`. The reads stay: the result still depends on them.
    pub fn revert(&mut self, checkpoint: Checkpoint) {
        self.writes.undo(checkpoint.0);
    }

    /// What the job read and what it wrote.
    #[must_use]
    pub fn finish(mut self) -> (ReadSet, WriteSet) {
        (self.reads.into_inner(), self.writes.drain().collect())
    }

    /// What the job wrote, unsorted and with its memory.
    #[must_use]
    pub fn into_buffer(self) -> WriteBuffer {
        self.writes
    }

    /// Whether the job has written `key` itself.
    #[must_use]
    pub fn has_written(&self, key: &Key) -> bool {
        self.writes.get(key).is_some()
    }

    fn base_get(&self, key: &Key) -> Result<Option<Value>, StateError> {
        if self.records {
            self.reads.borrow_mut().points.insert(key.clone());
        }
        self.base.get(key)
    }

    fn write(&mut self, key: Key, write: Write) {
        self.writes.write(key, write, self.journals.get());
    }
}

impl StateRead for Access<'_> {
    fn get(&self, key: &Key) -> Result<Option<Value>, StateError> {
        match self.writes.get(key) {
            Some(write) => write.resolve(key, || self.base_get(key)),
            None => self.base_get(key),
        }
    }

    fn expect(&self, key: &Key, idea: Idea<'_>) -> Result<Option<Value>, StateError> {
        match self.writes.get(key) {
            Some(write) => write.resolve(key, || self.base_get(key)),
            None if self.records => self.base_get(key),
            None => self.base.expect(key, idea),
        }
    }

    fn scan(&self, range: &KeyRange, visit: Visit<'_>) -> Result<(), StateError> {
        let mut own = BTreeMap::new();
        for (key, write) in self.writes.writes().iter().filter(|(key, _)| range.contains(key)) {
            own.insert(key, write.resolve(key, || self.base_get(key))?);
        }
        let mut stopped_at = None;
        let scanned = scan_merged(own.into_iter(), self.base, range, &mut |key, value| {
            let go_on = visit(key, value);
            if !go_on && self.records {
                stopped_at = Some(key.clone());
            }
            go_on
        });
        if self.records {
            // What lies behind the pair at which the visitor stopped has no part in the result.
            let end = stopped_at.map_or_else(|| range.end.clone(), |last| Some(last.successor()));
            self.reads.borrow_mut().ranges.push(KeyRange { start: range.start.clone(), end });
        }
        scanned
    }

    fn peek(&self, key: &Key) -> Result<Option<Value>, StateError> {
        match self.writes.get(key) {
            Some(write) => write.resolve(key, || self.base.peek(key)),
            None => self.base.peek(key),
        }
    }

    fn rely(&self, key: &Key, premise: Premise) -> Result<(), StateError> {
        let below = match self.writes.get(key) {
            None => Some(premise),
            Some(Write::Add(delta)) => premise.below(delta),
            Some(Write::Put(_) | Write::Delete) => return Ok(()),
        };
        match below {
            Some(premise) if premise.is_empty() => Ok(()),
            Some(premise) => self.rely_on_base(key, premise),
            None => self.base_get(key).map(|_| ()),
        }
    }
}

impl Access<'_> {
    /// Relies on what lies below the job's own writes.
    fn rely_on_base(&self, key: &Key, premise: Premise) -> Result<(), StateError> {
        if self.records {
            self.reads.borrow_mut().premises.push((key.clone(), premise));
        }
        self.base.rely(key, premise)
    }
}

impl StateWrite for Access<'_> {
    fn put(&mut self, key: Key, value: Value) {
        self.write(key, Write::Put(value));
    }

    fn delete(&mut self, key: Key) {
        self.write(key, Write::Delete);
    }

    fn add(&mut self, key: Key, delta: Delta) -> Result<(), StateError> {
        let write = match self.writes.get(&key) {
            Some(earlier) => earlier.then(Write::Add(delta), &key)?,
            None => Write::Add(delta),
        };
        self.write(key, write);
        Ok(())
    }

    fn fresh(&mut self) -> Option<&mut WriteBuffer> {
        (self.writes.is_empty() && !self.journals.get()).then_some(&mut self.writes)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::{Empty, StoreId};

    fn key(n: u8) -> Key {
        Key::new(StoreId::Bank, &[&[n]])
    }

    proptest! {
        /// Random writes with checkpoints and reverts, against a map that is copied at every checkpoint.
        #[test]
        fn reverts_restore_exactly_what_a_copy_would_hold(
            steps in prop::collection::vec((0u8..6, 0u8..24, any::<u8>()), 0..120),
        ) {
            let mut access = Access::unrecorded(&Empty);
            let (mut map, mut saved) = (BTreeMap::new(), Vec::new());
            for (step, n, byte) in steps {
                match step {
                    0 => saved.push((access.checkpoint(), map.clone())),
                    1 => if let Some((checkpoint, copy)) = saved.pop() {
                        access.revert(checkpoint);
                        map = copy;
                    },
                    2 => { access.delete(key(n)); map.insert(key(n), Write::Delete); }
                    _ => {
                        let value = Value::from(vec![byte]);
                        access.put(key(n), value.clone());
                        map.insert(key(n), Write::Put(value));
                    }
                }
                prop_assert_eq!(access.get(&key(n)).unwrap(), map.get(&key(n)).and_then(|write| match write {
                    Write::Put(value) => Some(value.clone()),
                    _ => None,
                }));
            }
            let written = access.finish().1;
            prop_assert!(written.iter().eq(map.iter()), "the same writes, in key order");
        }
    }

    /// What is appended to a fresh buffer is found, added to and undone past as if written one by one.
    #[test]
    fn what_is_appended_is_written() {
        for appended in [0u8, 1, 8, 9, 40, 200] {
            let (mut access, mut one_by_one) = (Access::unrecorded(&Empty), Access::unrecorded(&Empty));
            let credit = |n: u8| Delta::credit(alloy_primitives::U256::from(n));
            let buffer = access.fresh().expect("nothing is written");
            (0..appended).for_each(|n| buffer.append(key(n), Write::Add(credit(1))));
            (0..appended).for_each(|n| one_by_one.add(key(n), credit(1)).unwrap());
            assert_eq!(access.fresh().is_none(), appended > 0);
            for n in [0, 7, 8, 39, 199, 250] {
                assert_eq!(access.get(&key(n)), one_by_one.get(&key(n)), "{n} of {appended}");
            }
            let checkpoint = access.checkpoint();
            (100..250).for_each(|n| access.add(key(n), credit(2)).unwrap());
            assert!(access.fresh().is_none());
            access.revert(checkpoint);
            for state in [&mut access, &mut one_by_one] {
                (0..250).for_each(|n| state.add(key(n), credit(3)).unwrap());
            }
            assert_eq!(access.finish().1, one_by_one.finish().1);
        }
    }
}
