//! A leaf as readers see it, whether it lies in memory or in a mapped file.

use seiza_state::{Key, Value};
use seiza_types::Height;

use super::node::Leaf;
use crate::image::StoredLeaf;

/// A key with its value, wherever it lies.
#[derive(Debug, Clone, Copy)]
pub(crate) enum LeafRef<'a> {
    /// In memory.
    Memory(&'a Leaf),
    /// In a mapped file.
    Stored(StoredLeaf<'a>),
}

impl<'a> LeafRef<'a> {
    /// The whole key, store byte first.
    pub(crate) fn key_bytes(&self) -> &'a [u8] {
        match self {
            Self::Memory(leaf) => leaf.key.as_bytes(),
            Self::Stored(leaf) => leaf.key,
        }
    }

    /// The key in its store.
    pub(crate) fn path(&self) -> &'a [u8] {
        self.key_bytes().get(1..).unwrap_or(&[])
    }

    /// The value's bytes.
    pub(crate) fn value_bytes(&self) -> &'a [u8] {
        match self {
            Self::Memory(leaf) => leaf.value.as_slice(),
            Self::Stored(leaf) => leaf.value,
        }
    }

    /// The value.
    #[inline]
    pub(crate) fn value(&self) -> Value {
        match self {
            Self::Memory(leaf) => leaf.value.clone(),
            Self::Stored(leaf) => Value::from(leaf.value),
        }
    }

    /// The height that wrote it.
    pub(crate) fn version(&self) -> Height {
        match self {
            Self::Memory(leaf) => leaf.version,
            Self::Stored(leaf) => leaf.version,
        }
    }

    /// The key.
    pub(crate) fn key(&self) -> Key {
        match self {
            Self::Memory(leaf) => leaf.key.clone(),
            Self::Stored(leaf) => leaf.key(),
        }
    }

    /// Whether it is the leaf of a key.
    #[inline]
    pub(crate) fn is(&self, key: &Key) -> bool {
        match self {
            Self::Memory(leaf) => leaf.key == *key,
            Self::Stored(leaf) => leaf.key == key.as_bytes(),
        }
    }

    /// The key's hash.
    pub(crate) fn hash64(&self) -> u64 {
        match self {
            Self::Memory(leaf) => leaf.key.hash64(),
            Self::Stored(leaf) => leaf.key().hash64(),
        }
    }

    /// Gives the leaf to `visit`, made for the moment where it lies in a file.
    pub(crate) fn show(&self, visit: &mut dyn FnMut(&Leaf) -> bool) -> bool {
        match self {
            Self::Memory(leaf) => visit(leaf),
            Self::Stored(leaf) => visit(&Leaf::bare(leaf.key(), Value::from(leaf.value), leaf.version)),
        }
    }
}
