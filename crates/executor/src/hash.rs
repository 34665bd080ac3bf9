//! One hash of a key, computed once an access: it picks the bucket, the shard and the place in the table.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use seiza_state::Key;

/// Hashes keys. Seeded per process, so that nobody outside can choose keys that collide; no result depends on it, since
/// tables are never iterated by hash.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeyHasher(RandomState);

impl KeyHasher {
    /// The key's hash.
    #[inline]
    pub(crate) fn hash(&self, key: &Key) -> u64 {
        self.0.hash_one(key)
    }
}
