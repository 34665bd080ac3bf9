//! Analysed bytecode by hash, shared by all threads. Content-addressed, so an entry can never be stale, whatever block or
//! speculation it was read in.
//!
//! What a thread runs again and again it copies for itself: a popular token's code would otherwise be one counter of
//! references that all cores write to, twice a call.

use std::cell::RefCell;
use std::mem;
use std::sync::{LazyLock, RwLock};

use revm::primitives::B256Map;
use revm::state::Bytecode;
use seiza_types::{B256, Bytes};

use super::accounts::analyse;

/// Independent parts, so that threads seldom wait for each other.
const SHARDS: usize = 16;
/// Bytes of code in the young half of a shard; with the old half, about 128 MiB are kept at most.
const SHARD_BYTES_MAX: usize = 4 << 20;
/// What an entry takes beside its code.
const ENTRY_BYTES: usize = 256;
/// Codes that a thread keeps at hand, by a byte of the hash.
const AT_HAND: usize = 128;
/// So often a thread runs a code before it copies it.
const RUNS_BEFORE_COPY: u32 = 16;

static CODES: LazyLock<CodeCache> = LazyLock::new(CodeCache::new);

/// The process-wide cache.
pub(crate) fn codes() -> &'static CodeCache {
    &CODES
}

/// A code that a thread has lately run.
struct AtHand {
    hash: B256,
    code: Bytecode,
    runs: u32,
}

thread_local! {
    static CODES_AT_HAND: RefCell<[Option<AtHand>; AT_HAND]> = const { RefCell::new([const { None }; AT_HAND]) };
}

/// Two generations per shard: a full young one becomes the old one, what is asked for again becomes young.
#[derive(Debug)]
pub(crate) struct CodeCache {
    shards: [RwLock<Shard>; SHARDS],
}

#[derive(Debug, Default)]
struct Shard {
    young: B256Map<Bytecode>,
    young_bytes: usize,
    old: B256Map<Bytecode>,
}

impl CodeCache {
    fn new() -> Self {
        Self { shards: std::array::from_fn(|_| RwLock::default()) }
    }

    fn shard(&self, hash: &B256) -> &RwLock<Shard> {
        &self.shards[usize::from(hash[0]) % SHARDS]
    }

    /// The code with that hash, if it was asked for lately; this thread's own copy where it asks often.
    pub(crate) fn get(&self, hash: &B256) -> Option<Bytecode> {
        CODES_AT_HAND.with_borrow_mut(|at_hand| {
            let place = &mut at_hand[usize::from(hash[1]) % AT_HAND];
            if let Some(known) = place.as_mut().filter(|known| known.hash == *hash) {
                known.runs = known.runs.saturating_add(1);
                if known.runs == RUNS_BEFORE_COPY {
                    known.code = analyse(Bytes::copy_from_slice(known.code.original_byte_slice()));
                }
                return Some(known.code.clone());
            }
            let code = self.shared(hash)?;
            *place = Some(AtHand { hash: *hash, code: code.clone(), runs: 0 });
            Some(code)
        })
    }

    fn shared(&self, hash: &B256) -> Option<Bytecode> {
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
        if shard.young_bytes >= SHARD_BYTES_MAX {
            shard.old = mem::take(&mut shard.young);
            shard.young_bytes = 0;
        }
        shard.young_bytes += code.original_byte_slice().len() + ENTRY_BYTES;
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
        for n in 0..1_000_000_u32 {
            cache.insert(keccak256(n.to_be_bytes()), Bytecode::default());
            assert!(cache.shared(&kept).is_some(), "asked for every time, after {n} others");
        }
        let kept: usize =
            cache.shards.iter().map(|shard| shard.read().unwrap()).map(|s| s.young.len() + s.old.len()).sum();
        assert!(kept <= 2 * SHARDS * (SHARD_BYTES_MAX / ENTRY_BYTES + 1));
        assert!(cache.shared(&keccak256(0_u32.to_be_bytes())).is_none());
    }
}
