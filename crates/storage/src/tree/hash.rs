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

/// Bytes of a preimage that are put together before they are hashed.
const WHOLE_BYTES_MAX: usize = 256;

/// The hash of a leaf; `path` is the key in its store.
pub(crate) fn leaf(version: Height, path: &[u8], value: &[u8]) -> Hash {
    let mut length = Prefix { bytes: [0; 30], length: 0 };
    length.push(path.len() as u64);
    let value = Sha256::digest(value);
    of_parts(&[Prefix::of_leaf(version).as_slice(), length.as_slice(), path, &[32], &value])
}

/// The hash of a node over two subtrees.
pub(crate) fn inner(height: u8, size: u64, version: Height, left: &Hash, right: &Hash) -> Hash {
    of_parts(&[Prefix::new(height, size, version).as_slice(), &[32], left, &[32], right])
}

/// The hash of these bytes, one after the other: put together first where they are few, because a hasher that is fed by bits
/// spends more on its buffer than on hashing.
fn of_parts(parts: &[&[u8]; 5]) -> Hash {
    let mut whole = [0; WHOLE_BYTES_MAX];
    let mut end = 0;
    for part in parts {
        let Some(room) = whole.get_mut(end..end + part.len()) else {
            return parts.iter().fold(Sha256::new(), |hasher, part| hasher.chain_update(part)).finalize().into();
        };
        room.copy_from_slice(part);
        end += part.len();
    }
    Sha256::digest(&whole[..end]).into()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_short_preimages_are_hashed_alike() {
        for length in [0, 1, 100, 186, 187, 188, 189, 190, 256, 1_000] {
            let middle = vec![7; length];
            let parts: [&[u8]; 5] = [&[1; 3], &[2; 33], &middle, &[], &[4; 32]];
            let expected: Hash = Sha256::digest(parts.concat()).into();
            assert_eq!(of_parts(&parts), expected, "{length}");
        }
    }
}
