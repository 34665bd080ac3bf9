//! What a job of a batch sees while it runs, and what is noted of it.

use std::cell::{Cell, RefCell};

use seiza_state::{Idea, Key, KeyRange, Part, Premise, StateError, StateRead, Value, Visit, Write, WriteBuffer};

use super::touched::Changed;
use crate::Cancel;
use crate::prefix::Prefix;

/// What a batch's jobs read from below themselves.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    /// Hashes of the keys of which something lies under the batch.
    pub(crate) points: Vec<u64>,
    /// Hashes of the keys that jobs before in the batch had set or removed.
    pub(crate) own: Vec<u64>,
    /// What is taken for granted of amounts under the batch.
    pub(crate) premises: Vec<(Key, Premise)>,
    /// What is taken to lie under the batch.
    pub(crate) expected: Vec<(Key, Value)>,
}

/// How to run a batch.
pub(crate) struct Errand<'a> {
    pub(crate) below: Prefix<'a, &'a Part>,
    /// What may have changed below.
    pub(crate) changed: &'a Changed,
    /// Whether jobs before the batch are not done yet.
    pub(crate) foretells: bool,
    /// Parts in which the changes are kept.
    pub(crate) parts: usize,
    pub(crate) cancel: &'a Cancel,
}

/// What a job of a batch sees: its batch so far, over what was committed before. Notes what it looks at.
pub(super) struct Glance<'a> {
    pub(super) table: &'a WriteBuffer,
    pub(super) below: Prefix<'a, &'a Part>,
    pub(super) changed: &'a Changed,
    pub(super) reads: &'a RefCell<Reads>,
    /// Whether it wanted to scan, which is left to the commit. Kept here, so that a job that swallows the error is run again
    /// all the same.
    pub(super) scanned: Cell<bool>,
    pub(super) foretells: bool,
}

impl Glance<'_> {
    /// Most keys that a job looks at have not changed in the block. To find that out in the changes is to wait for what
    /// other cores have written.
    #[inline]
    fn look_below(&self, key: &Key) -> Result<Option<Value>, StateError> {
        if self.changed.may_hold(key.hash64()) { self.below.get(key) } else { self.below.base.get(key) }
    }
}

impl StateRead for Glance<'_> {
    fn get(&self, key: &Key) -> Result<Option<Value>, StateError> {
        let (written, mut reads) = (self.table.get(key), self.reads.borrow_mut());
        match written {
            None => {
                reads.points.push(key.hash64());
                self.look_below(key)
            }
            Some(write @ Write::Add(_)) => {
                reads.points.push(key.hash64());
                write.resolve(key, || self.look_below(key))
            }
            Some(write) => {
                reads.own.push(key.hash64());
                write.resolve(key, || Ok(None))
            }
        }
    }

    fn scan(&self, _: &KeyRange, _: Visit<'_>) -> Result<(), StateError> {
        self.scanned.set(true);
        Err(StateError::Blocked(0))
    }

    fn peek(&self, key: &Key) -> Result<Option<Value>, StateError> {
        match self.table.get(key) {
            Some(write) => write.resolve(key, || self.look_below(key)),
            None => self.look_below(key),
        }
    }

    fn expect(&self, key: &Key, idea: Idea<'_>) -> Result<Option<Value>, StateError> {
        if !self.foretells || self.table.get(key).is_some() {
            return self.get(key);
        }
        let found = self.look_below(key)?;
        let mut reads = self.reads.borrow_mut();
        let Some(expected) = idea(found.as_ref()) else {
            reads.points.push(key.hash64());
            return Ok(found);
        };
        reads.expected.push((key.clone(), expected.clone()));
        Ok(Some(expected))
    }

    fn rely(&self, key: &Key, premise: Premise) -> Result<(), StateError> {
        let below = match self.table.get(key) {
            None => Some(premise),
            Some(Write::Add(delta)) => premise.below(delta),
            Some(Write::Put(_) | Write::Delete) => {
                self.reads.borrow_mut().own.push(key.hash64());
                return Ok(());
            }
        };
        let mut reads = self.reads.borrow_mut();
        match below {
            Some(premise) => reads.premises.push((key.clone(), premise)),
            None => reads.points.push(key.hash64()),
        }
        Ok(())
    }
}
