//! Reading and writing state without knowing the disk.
//!
//! State is one ordered map from [`Key`] (store id, then the module's own bytes) to [`Value`]. Everything that executes
//! (native modules, the EVM, matching) goes through [`StateRead`] and [`StateWrite`]; each run of a job gets an
//! [`Access`], which records what was read and collects what was written, so that any scheduler can tell which jobs
//! conflict, and dropping an `Access` undoes all of it.
//!
//! Life cycle: `Access` -> [`WriteSet`] (one job, may hold unresolved [`Delta`]s) -> [`Changeset`] (one block, absolute
//! values) -> [`Overlay`] (changesets stacked on a stored height; speculative blocks live here) -> storage.
//!
//! Promises: no clock, no disk, no threads; iteration is always in key order; an `add` never reads.
#![deny(clippy::iter_over_hash_type, clippy::float_arithmetic)]

mod access;
mod changeset;
mod delta;
mod error;
mod key;
mod key_bytes;
mod key_hash;
mod key_index;
mod key_order;
mod key_range;
mod overlay;
mod part;
mod premise;
mod read_set;
mod scan_merged;
mod store_id;
mod value;
mod write_buffer;
mod write_set;

pub use access::{Access, Checkpoint};
pub use changeset::Changeset;
pub use delta::{Delta, amount_from_value, value_from_amount};
pub use error::StateError;
pub use key::Key;
pub use key_index::KeyIndex;
pub use key_range::KeyRange;
pub use overlay::Overlay;
pub use part::{Part, find_in};
pub use premise::Premise;
pub use read_set::ReadSet;
pub use scan_merged::scan_merged;
pub use store_id::{STORES, StoreId, Stores};
pub use value::Value;
pub use write_buffer::WriteBuffer;
pub use write_set::{Write, WriteSet};

/// Calls back for one pair of a scan; answers whether to go on.
pub type Visit<'a> = &'a mut dyn FnMut(&Key, &[u8]) -> bool;

/// What somebody expects to be made of what is found at a key; `None` where it is to stay.
pub type Idea<'a> = &'a dyn Fn(Option<&Value>) -> Option<Value>;

/// Read access to one version of the state.
pub trait StateRead {
    /// The value at `key`, or `None` where nothing is stored.
    ///
    /// # Errors
    /// [`StateError::Io`] where the disk fails, [`StateError::Blocked`] where a scheduler wants this job to wait.
    fn get(&self, key: &Key) -> Result<Option<Value>, StateError>;

    /// Visits the pairs of `range` in ascending key order, until `visit` answers `false`.
    ///
    /// # Errors
    /// As [`StateRead::get`].
    fn scan(&self, range: &KeyRange, visit: Visit<'_>) -> Result<(), StateError>;

    /// Looks at the amount at `key` without depending on it. Whoever draws a conclusion from it must tell it by
    /// [`StateRead::rely`] before the job ends; what is not told is not checked.
    ///
    /// # Errors
    /// As [`StateRead::get`].
    fn peek(&self, key: &Key) -> Result<Option<Value>, StateError> {
        self.get(key)
    }

    /// As [`StateRead::get`], for who has an idea of what earlier jobs will make of what is found (`None`: nothing). Where
    /// such are not done yet, a state may answer that; the job counts only if it was right.
    ///
    /// # Errors
    /// As [`StateRead::get`].
    fn expect(&self, key: &Key, idea: Idea<'_>) -> Result<Option<Value>, StateError> {
        let _ = idea;
        self.get(key)
    }

    /// Makes the job depend on what it takes for granted of the amount at `key`, and on nothing else of it. The amount that
    /// [`StateRead::peek`] gave must meet `premise`. Where a state records no reads there is nothing to do.
    ///
    /// # Errors
    /// As [`StateRead::get`].
    fn rely(&self, key: &Key, premise: Premise) -> Result<(), StateError> {
        let _ = (key, premise);
        Ok(())
    }

    /// Says that keys of these hashes ([`Key::hash64`]) are about to be read, so that memory can be asked for all of them at
    /// once. Changes nothing.
    fn warm(&self, hashes: &[u64]) {
        let _ = hashes;
    }
}

/// The state in which nothing is: what genesis is written over.
#[derive(Debug, Clone, Copy, Default)]
pub struct Empty;

impl StateRead for Empty {
    fn get(&self, _: &Key) -> Result<Option<Value>, StateError> {
        Ok(None)
    }
    fn scan(&self, _: &KeyRange, _: Visit<'_>) -> Result<(), StateError> {
        Ok(())
    }
}

/// Write access to the state; what is written is seen by later reads through the same value.
pub trait StateWrite: StateRead {
    /// Sets `key` to `value`.
    fn put(&mut self, key: Key, value: Value);

    /// Removes `key`; removing what is not there is no error.
    fn delete(&mut self, key: Key);

    /// Changes the amount at `key` by `delta` without reading it: adds to one key commute, so they conflict only with
    /// reads of that key. An amount that becomes zero is removed.
    ///
    /// # Errors
    /// [`StateError::Overflow`] or [`StateError::Underflow`] where the result is already known not to fit; otherwise they
    /// come up when the sum is resolved.
    fn add(&mut self, key: Key, delta: Delta) -> Result<(), StateError>;

    /// Where writes go, if there are none and nobody can undo them: who makes many, of keys that differ, appends them there
    /// and spares looking for each.
    fn fresh(&mut self) -> Option<&mut WriteBuffer> {
        None
    }
}

impl<T: StateRead + ?Sized> StateRead for &T {
    fn get(&self, key: &Key) -> Result<Option<Value>, StateError> {
        (**self).get(key)
    }
    fn scan(&self, range: &KeyRange, visit: Visit<'_>) -> Result<(), StateError> {
        (**self).scan(range, visit)
    }
    fn peek(&self, key: &Key) -> Result<Option<Value>, StateError> {
        (**self).peek(key)
    }
    fn expect(&self, key: &Key, idea: Idea<'_>) -> Result<Option<Value>, StateError> {
        (**self).expect(key, idea)
    }
    fn rely(&self, key: &Key, premise: Premise) -> Result<(), StateError> {
        (**self).rely(key, premise)
    }

    fn warm(&self, hashes: &[u64]) {
        (**self).warm(hashes);
    }
}

impl<T: StateRead + ?Sized> StateRead for std::sync::Arc<T> {
    fn get(&self, key: &Key) -> Result<Option<Value>, StateError> {
        (**self).get(key)
    }
    fn scan(&self, range: &KeyRange, visit: Visit<'_>) -> Result<(), StateError> {
        (**self).scan(range, visit)
    }
    fn peek(&self, key: &Key) -> Result<Option<Value>, StateError> {
        (**self).peek(key)
    }
    fn expect(&self, key: &Key, idea: Idea<'_>) -> Result<Option<Value>, StateError> {
        (**self).expect(key, idea)
    }
    fn rely(&self, key: &Key, premise: Premise) -> Result<(), StateError> {
        (**self).rely(key, premise)
    }

    fn warm(&self, hashes: &[u64]) {
        (**self).warm(hashes);
    }
}
