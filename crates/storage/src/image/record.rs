//! Nodes as they lie in node files.
//!
//! ```text
//! leaf   0 | version | key bytes | value bytes
//! inner  height u8 | version | size | left | right | separator bytes | hash (32 bytes; left out where the height is 1)
//! ```
//! `left` and `right` say how far before this node that child begins. A node of height 1 is hashed from its two leaves when
//! its hash is asked for: that is faster than reading what keeping it would take.
//!
//! Reading never fails and never leaves the bytes it is given: what is no node reads as a leaf without key or value. Checksums
//! tell what is damaged, before anything is read.

use seiza_types::Height;

use super::Address;
use crate::tree::hash::Hash;
use crate::wire::{Reader, WireError, put_bytes, put_number};

/// Nodes from this height on are stored with their hash.
pub(crate) const HASHED_HEIGHT: u8 = 2;

/// A node as read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Record<'a> {
    /// A key and its value.
    Leaf(StoredLeaf<'a>),
    /// A node with two children.
    Inner(StoredInner<'a>),
}

/// A key and its value in a node file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StoredLeaf<'a> {
    /// The whole key, store byte first.
    pub(crate) key: &'a [u8],
    pub(crate) value: &'a [u8],
    pub(crate) version: Height,
}

impl<'a> StoredLeaf<'a> {
    const NOTHING: StoredLeaf<'static> = StoredLeaf { key: &[], value: &[], version: 0 };

    /// The key as others have it.
    pub(crate) fn key(&self) -> seiza_state::Key {
        seiza_state::Key::decode(self.key).unwrap_or_else(|| seiza_state::Key::new(seiza_state::STORES[0], &[self.key]))
    }

    /// The key in its store.
    pub(crate) fn path(&self) -> &'a [u8] {
        self.key.get(1..).unwrap_or(&[])
    }
}

/// A node with two children in a node file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StoredInner<'a> {
    pub(crate) height: u8,
    pub(crate) version: Height,
    pub(crate) size: u64,
    pub(crate) left: Address,
    pub(crate) right: Address,
    /// A prefix of the smallest key on the right.
    pub(crate) separator: &'a [u8],
    pub(crate) hash: Option<&'a Hash>,
}

/// Appends a leaf.
pub(super) fn put_leaf(out: &mut Vec<u8>, leaf: &StoredLeaf<'_>) {
    out.push(0);
    put_number(out, leaf.version);
    put_bytes(out, leaf.key);
    put_bytes(out, leaf.value);
}

/// Appends an inner node that begins at `at`.
pub(super) fn put_inner(out: &mut Vec<u8>, at: Address, inner: &StoredInner<'_>) {
    out.push(inner.height);
    put_number(out, inner.version);
    put_number(out, inner.size);
    put_number(out, at.number() - inner.left.number());
    put_number(out, at.number() - inner.right.number());
    put_bytes(out, inner.separator);
    out.extend_from_slice(inner.hash.map_or(&[], |hash| &hash[..]));
}

/// The node at the start of `bytes`, which begin at `at`; a leaf of nothing where none is.
#[inline]
pub(super) fn read(bytes: &[u8], at: Address) -> Record<'_> {
    take(&mut Reader::new(bytes), at).unwrap_or(Record::Leaf(StoredLeaf::NOTHING))
}

/// Takes one node.
#[inline]
pub(super) fn take<'a>(reader: &mut Reader<'a>, at: Address) -> Result<Record<'a>, WireError> {
    let height = reader.byte()?;
    let version = reader.number()?;
    if height == 0 {
        return Ok(Record::Leaf(StoredLeaf { version, key: reader.bytes()?, value: reader.bytes()? }));
    }
    let size = reader.number()?;
    let (left, right) = (child(reader, at)?, child(reader, at)?);
    let separator = reader.bytes()?;
    let hash = if height < HASHED_HEIGHT { None } else { reader.take(32)?.first_chunk() };
    Ok(Record::Inner(StoredInner { height, version, size, left, right, separator, hash }))
}

/// A child lies before its parent, so that no walk down ever turns in a circle.
#[inline]
fn child(reader: &mut Reader<'_>, at: Address) -> Result<Address, WireError> {
    let back = reader.number()?;
    match at.number().checked_sub(back) {
        Some(number) if back > 0 => Ok(Address::of(number)),
        _ => Err(WireError::Field("child")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nodes_return(version: u64, key: Vec<u8>, value: Vec<u8>, height in 1u8..70, back in 1u64..1000, hash: [u8; 32]) {
            let mut out = Vec::new();
            put_leaf(&mut out, &StoredLeaf { key: &key, value: &value, version });
            let Record::Leaf(leaf) = read(&out, Address(7)) else { panic!("a leaf") };
            prop_assert_eq!((leaf.key, leaf.value, leaf.version), (&key[..], &value[..], version));
            let (left, right) = (Address(2000 - 2 * back), Address(2000 - back));
            let hash = Some(&hash).filter(|_| height >= HASHED_HEIGHT);
            out.clear();
            put_inner(&mut out, Address(2000), &StoredInner { height, version, size: back, left, right, separator: &key, hash });
            let Record::Inner(inner) = read(&out, Address(2000)) else { panic!("an inner node") };
            prop_assert_eq!((inner.height, inner.version, inner.size), (height, version, back));
            prop_assert_eq!((inner.left, inner.right, inner.separator, inner.hash), (left, right, &key[..], hash));
        }

        #[test]
        fn any_bytes_are_read_without_leaving_them(bytes: Vec<u8>, at: u64) {
            if let Record::Inner(inner) = read(&bytes, Address(at)) {
                prop_assert!(inner.left < Address(at) && inner.right < Address(at));
            }
        }
    }
}
