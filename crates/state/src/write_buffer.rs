//! A job's writes while it runs: found by key in no time however many, undone newest first, reusable for the next job.

use std::vec::Drain;

use crate::{Key, KeyIndex, StateError, Write};

/// Up to so many writes are searched one by one, which beats hashing; transfers write three or four.
const SEARCHED_IN_ORDER: usize = 8;
/// Up to so many writes that come all at once are searched one by one until the next write.
const APPENDED_IN_ORDER: usize = 128;

/// The writes of one job in the order of each key's first write. Emptied and handed back, it allocates nothing the next
/// time.
#[derive(Debug, Default)]
pub struct WriteBuffer {
    entries: Vec<(Key, Write)>,
    /// Places of the first so many of `entries`; those behind them are searched in order.
    index: KeyIndex,
    indexed: usize,
    /// What each write replaced, newest last: reverting walks it backwards.
    journal: Vec<(u32, Option<Write>)>,
}

impl WriteBuffer {
    /// Takes out all writes, in the order of each key's first write.
    pub fn drain(&mut self) -> Drain<'_, (Key, Write)> {
        self.index.clear();
        self.indexed = 0;
        self.journal.clear();
        self.entries.drain(..)
    }

    /// How many keys are written.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The writes in the order of each key's first write.
    #[must_use]
    pub fn writes(&self) -> &[(Key, Write)] {
        &self.entries
    }

    /// What is written to `key`, if anything is.
    #[must_use]
    #[inline]
    pub fn get(&self, key: &Key) -> Option<&Write> {
        self.find(key).map(|at| &self.entries[at].1)
    }

    /// The key of that hash that is written, if there is one.
    #[must_use]
    pub fn key_of(&self, hash: u64) -> Option<&Key> {
        let at = self.find_by(|written| written.hash64() == hash, |index, entries| index.find_hash(entries, hash));
        at.map(|at| &self.entries[at].0)
    }

    /// Where `key` is in [`WriteBuffer::writes`], if it is written.
    #[must_use]
    #[inline]
    pub fn place(&self, key: &Key) -> Option<usize> {
        self.find(key)
    }

    /// Lays a later write over the one at a place, deltas upon each other; answers what was there before.
    ///
    /// # Errors
    /// As [`Write::then`]; nothing has changed then.
    pub fn lay(&mut self, place: usize, write: Write) -> Result<Write, StateError> {
        let (key, entry) = &mut self.entries[place];
        let after = entry.then(write, key)?;
        Ok(std::mem::replace(entry, after))
    }

    #[inline]
    fn find(&self, key: &Key) -> Option<usize> {
        self.find_by(|written| written == key, |index, entries| index.find(entries, key))
    }

    #[inline]
    fn find_by(
        &self,
        is_it: impl Fn(&Key) -> bool,
        search: impl FnOnce(&KeyIndex, &[(Key, Write)]) -> Option<usize>,
    ) -> Option<usize> {
        let found = if self.indexed == 0 { None } else { search(&self.index, &self.entries) };
        let behind = || self.entries[self.indexed..].iter().position(|(written, _)| is_it(written));
        found.or_else(|| behind().map(|at| self.indexed + at))
    }

    /// Writes; what was there before goes to the journal if `journals`.
    #[inline]
    pub(crate) fn write(&mut self, key: Key, write: Write, journals: bool) {
        if self.entries.len() > SEARCHED_IN_ORDER {
            self.index_all();
        }
        let (at, old) = match self.find(&key) {
            Some(at) => (at, Some(std::mem::replace(&mut self.entries[at].1, write))),
            None => (self.push(key, write), None),
        };
        if journals {
            self.journal.push((at as u32, old));
        }
    }

    /// Appends the write of a key that is not written; answers its place.
    pub fn push(&mut self, key: Key, write: Write) -> usize {
        let at = self.entries.len();
        self.entries.push((key, write));
        if at >= SEARCHED_IN_ORDER {
            self.index_all();
        }
        at
    }

    /// Appends the write of a key that is not written, as one of a few that come all at once: they are indexed only when
    /// another comes by another way. Mostly they are drained before, and nobody looks for them.
    #[inline]
    pub fn append(&mut self, key: Key, write: Write) {
        self.entries.push((key, write));
        if self.entries.len() > APPENDED_IN_ORDER {
            self.index_all();
        }
    }

    #[inline]
    fn index_all(&mut self) {
        (self.indexed..self.entries.len()).for_each(|place| self.index.pushed(&self.entries[..=place]));
        self.indexed = self.entries.len();
    }

    /// How many writes the journal can undo.
    pub(crate) fn journaled(&self) -> usize {
        self.journal.len()
    }

    /// Undoes all writes but the first `kept` of the journal.
    pub(crate) fn undo(&mut self, kept: usize) {
        debug_assert!(kept <= self.journal.len(), "checkpoint was reverted past already");
        while self.journal.len() > kept {
            let (at, old) = self.journal.pop().expect("it is longer than what is kept");
            match old {
                Some(write) => self.entries[at as usize].1 = write,
                None => self.pop(at as usize),
            }
        }
    }

    /// Keys are first written in the journal's order, so that the newest is always the last.
    fn pop(&mut self, at: usize) {
        debug_assert_eq!(at + 1, self.entries.len(), "the newest key lies last");
        if at < self.indexed {
            self.index.pops(&self.entries);
            self.indexed -= 1;
        }
        self.entries.pop();
    }
}
