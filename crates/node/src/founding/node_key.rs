//! `node_key.json`: the ed25519 key by which peers know a node. It encrypts and proves connections; it signs no blocks, so
//! that a new one costs nothing but the new id.

use seiza_types::ValidatorKey;
use serde::{Deserialize, Serialize};

use super::files::{json, random_seed, seed_from_hex};
use crate::failure::Failure;
use crate::home::{Home, read, write_secret};

/// What libp2p puts before an ed25519 public key to make a peer id: an identity multihash of 36 bytes, holding a protobuf of
/// key type 1 and 32 bytes of key (libp2p's peer id specification).
const PEER_ID_PREFIX: [u8; 6] = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20];
const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// A node's identity among its peers.
#[derive(Clone)]
pub struct NodeKey {
    seed: [u8; 32],
}

/// The file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    /// The peer id, to see whose key it is.
    peer_id: String,
    /// The ed25519 seed in hex: secret.
    seed: String,
}

impl NodeKey {
    /// A new one.
    ///
    /// # Errors
    /// No entropy.
    pub fn generate() -> Result<Self, Failure> {
        random_seed().map(Self::from_seed)
    }

    /// The one of a seed.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self { seed }
    }

    /// Its ed25519 seed, as libp2p takes it: secret.
    pub fn seed(&self) -> [u8; 32] {
        self.seed
    }

    /// Its libp2p peer id in base58: `12D3KooW...`.
    pub fn peer_id(&self) -> String {
        let public = ValidatorKey::from_seed(self.seed).public_key().to_bytes();
        base58(&[&PEER_ID_PREFIX[..], &public].concat())
    }

    /// Reads the file.
    ///
    /// # Errors
    /// Missing, half-written, or not the key that its id says.
    pub fn read(home: &Home) -> Result<Self, Failure> {
        let path = home.node_key();
        let damaged = |why: &dyn std::fmt::Display| {
            Failure::refused(format!(
                "{}: damaged key file: {why}: restore it from your copy, or remove it to get a new peer id",
                path.display()
            ))
        };
        let file: KeyFile = serde_json::from_str(&read(&path)?).map_err(|error| damaged(&error))?;
        let seed = seed_from_hex(&file.seed).ok_or_else(|| damaged(&"seed is not 64 hex digits"))?;
        let key = Self::from_seed(seed);
        if key.peer_id() == file.peer_id { Ok(key) } else { Err(damaged(&"seed and peer_id do not belong together")) }
    }

    /// Reads the file, or makes it where there is none: a home of before had none.
    ///
    /// # Errors
    /// As [`NodeKey::read`], and what the system says.
    pub fn open(home: &Home) -> Result<Self, Failure> {
        if home.node_key().exists() {
            return Self::read(home);
        }
        let key = Self::generate()?;
        key.write(home)?;
        Ok(key)
    }

    /// Writes the file, for this user only.
    ///
    /// # Errors
    /// What the system says.
    pub fn write(&self, home: &Home) -> Result<(), Failure> {
        let file = KeyFile { peer_id: self.peer_id(), seed: alloy_primitives::hex::encode(self.seed) };
        write_secret(&home.node_key(), &json(&file))
    }
}

/// Bitcoin's base58: the bytes as one number, most significant digit first, each leading zero byte a `1`.
fn base58(bytes: &[u8]) -> String {
    let mut digits: Vec<u8> = Vec::new();
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            carry += u32::from(*digit) << 8;
            *digit = u8::try_from(carry % 58).expect("a remainder of 58 is below 58");
            carry /= 58;
        }
        while carry > 0 {
            digits.push(u8::try_from(carry % 58).expect("a remainder of 58 is below 58"));
            carry /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0).map(|_| 0);
    zeros.chain(digits.into_iter().rev()).map(|digit| char::from(BASE58[usize::from(digit)])).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn libp2p_id(seed: [u8; 32]) -> String {
        let pair = libp2p::identity::Keypair::ed25519_from_bytes(seed).unwrap();
        pair.public().to_peer_id().to_base58()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn the_peer_id_is_the_one_that_libp2p_gives(seed: [u8; 32]) {
            prop_assert_eq!(NodeKey::from_seed(seed).peer_id(), libp2p_id(seed));
        }
    }

    #[test]
    fn base58_is_the_one_of_the_internet_draft() {
        let table: [(&[u8], &str); 4] = [
            (b"", ""),
            (b"Hello World!", "2NEpo7TZRRrLZSi2U"),
            (
                b"The quick brown fox jumps over the lazy dog.",
                "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
            ),
            (&[0x00, 0x00, 0x28, 0x7f, 0xb4, 0xcd], "11233QC4"),
        ];
        for (bytes, text) in table {
            assert_eq!(base58(bytes), text);
        }
    }

    #[test]
    fn it_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        let key = NodeKey::open(&home).unwrap();
        assert_eq!(NodeKey::open(&home).unwrap().seed(), key.seed());
        assert!(key.peer_id().starts_with("12D3KooW"));
    }

    #[test]
    fn a_key_that_is_not_the_one_it_says_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        NodeKey::from_seed([1; 32]).write(&home).unwrap();
        let text = std::fs::read_to_string(home.node_key()).unwrap();
        let other = NodeKey::from_seed([2; 32]).peer_id();
        let table = [
            (text.replace(&NodeKey::from_seed([1; 32]).peer_id(), &other), "do not belong together"),
            (text.replace("01", "0x"), "seed is not 64 hex digits"),
            (text[..text.len() / 2].to_owned(), "node_key.json: damaged key file"),
        ];
        for (text, expected) in table {
            std::fs::write(home.node_key(), text).unwrap();
            let failure = NodeKey::open(&home).err().map(|failure| failure.to_string()).unwrap();
            assert!(failure.contains(expected) && failure.contains("to get a new peer id"), "{failure}");
        }
    }
}
