//! By what name a compact proposal calls its transactions.
//!
//! A short id is SipHash-2-4 over the 32-byte transaction hash, keyed by the first 16 bytes of the block's hash, as in
//! Bitcoin's BIP 152. The key is new with every block and depends on all of its transactions, so nobody can prepare
//! transactions that collide in it; by chance two of 65,536 in a pool collide once in about 8 thousand million blocks.

use std::hash::Hasher as _;

use seiza_types::B256;
use siphasher::sip::SipHasher24;

use crate::limits::FULL_IDS_BELOW;

/// The ids of a block's transactions, in the block's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TxIds {
    /// Whole hashes: where there are few transactions, or where two short ids of the block are equal.
    Full(Vec<B256>),
    /// 8 bytes each, keyed by the block.
    Short(Vec<u64>),
}

impl TxIds {
    /// The ids of transactions with these hashes in `block`.
    #[must_use]
    pub fn of(block: B256, hashes: &[B256]) -> Self {
        if hashes.len() < FULL_IDS_BELOW {
            return Self::Full(hashes.to_vec());
        }
        let key = ShortIdKey::of(block);
        let short: Vec<u64> = hashes.iter().map(|hash| key.id(hash)).collect();
        let mut sorted = short.clone();
        sorted.sort_unstable();
        let equal = sorted.windows(2).any(|pair| pair[0] == pair[1]);
        if equal { Self::Full(hashes.to_vec()) } else { Self::Short(short) }
    }

    /// Number of transactions.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Full(ids) => ids.len(),
            Self::Short(ids) => ids.len(),
        }
    }

    /// Whether the block has no transactions.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the transaction with this hash goes by the id at `index`.
    #[must_use]
    pub fn matches(&self, index: usize, hash: &B256, key: &ShortIdKey) -> bool {
        match self {
            Self::Full(ids) => ids.get(index) == Some(hash),
            Self::Short(ids) => ids.get(index) == Some(&key.id(hash)),
        }
    }
}

/// What the short ids of one block are made with.
#[derive(Debug, Clone, Copy)]
pub struct ShortIdKey(SipHasher24);

impl ShortIdKey {
    /// The key of a block.
    #[must_use]
    pub fn of(block: B256) -> Self {
        let key = block.first_chunk::<16>().expect("a hash has 32 bytes");
        Self(SipHasher24::new_with_key(key))
    }

    /// The short id of the transaction with this hash.
    #[must_use]
    pub fn id(&self, hash: &B256) -> u64 {
        let mut hasher = self.0;
        hasher.write(hash.as_slice());
        hasher.finish()
    }
}
