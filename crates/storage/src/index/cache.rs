//! What was read of runs lately: unpacked blocks and pages of filters, of all runs of the process, under one bound.
//!
//! Two generations: what is used moves to the young one; when that is full it becomes the old one, and the old one goes.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use parking_lot::Mutex;

use crate::limits::RUN_CACHE_BYTES_MAX;

/// Parts that are locked apart.
const SHARDS: usize = 16;

/// Which run, and where in its file.
type Address = (u64, u64);

#[derive(Debug, Default)]
struct Shard {
    young: HashMap<Address, Arc<[u8]>>,
    old: HashMap<Address, Arc<[u8]>>,
    young_bytes: usize,
}

static CACHE: LazyLock<[Mutex<Shard>; SHARDS]> = LazyLock::new(Default::default);

fn shard((run, offset): Address) -> &'static Mutex<Shard> {
    let mixed = (offset ^ run.rotate_left(40)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    &CACHE[usize::try_from(mixed >> 60).expect("four bits")]
}

/// What was read there lately.
pub(super) fn get(address: Address) -> Option<Arc<[u8]>> {
    let mut shard = shard(address).lock();
    if let Some(found) = shard.young.get(&address) {
        return Some(found.clone());
    }
    let found = shard.old.remove(&address)?;
    shard.keep(address, found.clone());
    Some(found)
}

/// Remembers what was read.
pub(super) fn put(address: Address, bytes: Arc<[u8]>) {
    shard(address).lock().keep(address, bytes);
}

impl Shard {
    fn keep(&mut self, address: Address, bytes: Arc<[u8]>) {
        let most = RUN_CACHE_BYTES_MAX / SHARDS / 2;
        if bytes.len() > most {
            return;
        }
        if self.young_bytes + bytes.len() > most {
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        self.young_bytes += bytes.len();
        if let Some(before) = self.young.insert(address, bytes) {
            self.young_bytes -= before.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_stays_and_the_whole_is_bounded() {
        let mut shard = Shard::default();
        let block: Arc<[u8]> = vec![0; 8 << 10].into();
        for offset in 0..10_000 {
            shard.keep((1, offset), block.clone());
        }
        let bytes = |map: &HashMap<Address, Arc<[u8]>>| map.values().map(|bytes| bytes.len()).sum::<usize>();
        let held = bytes(&shard.young) + bytes(&shard.old);
        assert!(held <= RUN_CACHE_BYTES_MAX / SHARDS, "{held}");
        assert_eq!(shard.young_bytes, bytes(&shard.young));
        shard.keep((1, 0), vec![0; RUN_CACHE_BYTES_MAX].into());
        assert!(!shard.young.contains_key(&(1, 0)), "what fills it all is not kept");
    }

    #[test]
    fn what_was_put_is_found() {
        put((u64::MAX, 5), vec![1, 2].into());
        assert_eq!(get((u64::MAX, 5)).as_deref(), Some(&[1, 2][..]));
        assert_eq!(get((u64::MAX, 6)), None);
    }
}
