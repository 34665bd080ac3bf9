//! The hashes of nodes.
//!
//! Preimages (cosmos/iavl v1; numbers are zigzag varints, byte strings carry their length as a plain varint):
//! ```text
//! leaf  = 0, 1, version, key, sha256(value)
//! inner = height, size, version, left hash, right hash
//! ```

use seiza_types::Height;
use sha2::{Digest, Sha256};

/// A SHA-256 hash.
pub(crate) type Hash = [u8; 32];

/// The hash of a leaf; `path` is the key in its store.
pub(crate) fn leaf(version: Height, path: &[u8], value: &[u8]) -> Hash {
    let mut length = Prefix { bytes: [0; 30], length: 0 };
    length.push(path.len() as u64);
    Sha256::new()
        .chain_update(Prefix::of_leaf(version).as_slice())
        .chain_update(length.as_slice())
        .chain_update(path)
        .chain_update([32])
        .chain_update(Sha256::digest(value))
        .finalize()
        .into()
}

/// The hash of a node over two subtrees.
pub(crate) fn inner(height: u8, size: u64, version: Height, left: &Hash, right: &Hash) -> Hash {
    let mut hashes = [32; 66];
    hashes[1..33].copy_from_slice(left);
    hashes[34..].copy_from_slice(right);
    Sha256::new().chain_update(Prefix::new(height, size, version).as_slice()).chain_update(hashes).finalize().into()
}

/// Three zigzag varints of numbers that are not negative, on the stack: hashing allocates nothing.
pub(super) struct Prefix {
    bytes: [u8; 30],
    length: usize,
}

impl Prefix {
    /// What the hash of an inner node covers before the children.
    pub(super) fn new(height: u8, size: u64, version: Height) -> Self {
        let mut prefix = Self { bytes: [0; 30], length: 0 };
        for number in [u64::from(height), size, version] {
            prefix.push(number << 1);
        }
        prefix
    }

    /// What the hash of a leaf covers before the key.
    pub(super) fn of_leaf(version: Height) -> Self {
        Self::new(0, 1, version)
    }

    fn push(&mut self, mut number: u64) {
        loop {
            let low = number.to_le_bytes()[0];
            number >>= 7;
            self.bytes[self.length] = if number == 0 { low } else { low | 0x80 };
            self.length += 1;
            if number == 0 {
                return;
            }
        }
    }

    /// The encoded numbers.
    pub(super) fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}
