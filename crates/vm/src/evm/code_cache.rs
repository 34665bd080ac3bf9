//! Analysed bytecode by hash, shared by all threads. Content-addressed, so an entry can never be stale, whatever block or
//! speculation it was read in.

use std::mem;
use std::sync::{LazyLock, RwLock};

use revm::primitives::B256Map;
use revm::state::Bytecode;
use seiza_types::B256;

/// Independent parts, so that threads seldom wait for each other.
const SHARDS: usize = 16;
/// Entries in the young half of a shard; with the old half, at most `2 * SHARDS * SHARD_ENTRIES_MAX` codes are kept.
const SHARD_ENTRIES_MAX: usize = 128;

static CODES: LazyLock<CodeCache> = LazyLock::new(CodeCache::new);

/// The process-wide cache.
pub(crate) fn codes() -> &'static CodeCache {
    &CODES
}

/// Two generations per shard: a full young one becomes the old one, what is asked for again becomes young.
#[derive(Debug)]
pub(crate) struct CodeCache {
    shards: [RwLock<Shard>; SHARDS],
}

#[derive(Debug, Default)]
struct Shard {
    young: B256Map<Bytecode>,
    old: B256Map<Bytecode>,
}

impl CodeCache {
    fn new() -> Self {
        Self { shards: std::array::from_fn(|_| RwLock::default()) }
    }

    fn shard(&self, hash: &B256) -> &RwLock<Shard> {
        &self.shards[usize::from(hash[0]) % SHARDS]
    }

    /// The code with that hash, if it was asked for lately.
    pub(crate) fn get(&self, hash: &B256) -> Option<Bytecode> {
        let lock = self.shard(hash);
        let old = {
            let shard = lock.read().ok()?;
            if let Some(code) = shard.young.get(hash) {
                return Some(code.clone());
            }
            shard.old.get(hash).cloned()?
        };
        self.insert(*hash, old.clone());
        Some(old)
    }

    /// Keeps a code. A poisoned shard keeps nothing: the cache is an optimisation.
    pub(crate) fn insert(&self, hash: B256, code: Bytecode) {
        let Ok(mut shard) = self.shard(&hash).write() else { return };
        if shard.young.len() >= SHARD_ENTRIES_MAX {
            shard.old = mem::take(&mut shard.young);
        }
        shard.young.insert(hash, code);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use revm::primitives::keccak256;

    #[test]
    fn it_is_bounded_and_keeps_what_is_asked_for() {
        let cache = CodeCache::new();
        let kept = keccak256([0xff]);
        cache.insert(kept, Bytecode::default());
        for n in 0..100_000_u32 {
            cache.insert(keccak256(n.to_be_bytes()), Bytecode::default());
            assert!(cache.get(&kept).is_some(), "asked for every time, after {n} others");
        }
        let entries = cache.shards.iter().map(|shard| shard.read().unwrap()).map(|s| s.young.len() + s.old.len());
        assert!(entries.sum::<usize>() <= 2 * SHARDS * SHARD_ENTRIES_MAX);
        assert!(cache.get(&keccak256(0_u32.to_be_bytes())).is_none());
    }
}
