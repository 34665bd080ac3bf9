//! A lock-free first look at multi-version memory: may anyone below this job have written that key?
//!
//! Every hash has a bucket that holds the least job that ever wrote a key of the bucket. Most reads of most blocks are of
//! keys that nobody before them writes; for those, and for checking them again, one load is all. Buckets are only lowered
//! in a block, so a write that is taken back, or a key that shares the bucket, costs a look into the memory, no more.

use crate::sync::{AtomicU32, Ordering};

/// Buckets for each job of a block: transfers write three or four keys.
const BUCKETS_PER_JOB: usize = 16;
/// Least and most buckets: 4 KiB, and 1 MiB which still lies in a core's second-level cache.
const BUCKETS: (usize, usize) = (1 << 10, 1 << 18);

/// The least writer by bucket.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    buckets: Vec<AtomicU32>,
    mask: usize,
}

impl Filter {
    /// Forgets all writes, and makes room for a block of `jobs`.
    pub(crate) fn reset(&mut self, jobs: usize) {
        let wanted = (jobs * BUCKETS_PER_JOB).next_power_of_two().clamp(BUCKETS.0, BUCKETS.1);
        self.mask = wanted - 1;
        self.buckets.iter_mut().take(wanted).for_each(|bucket| *bucket = AtomicU32::new(u32::MAX));
        let fresh = wanted.saturating_sub(self.buckets.len());
        self.buckets.extend((0..fresh).map(|_| AtomicU32::new(u32::MAX)));
    }

    fn bucket(&self, hash: u64) -> &AtomicU32 {
        // The low bits place a key in its shard's table and the high ones pick the shard: the middle is fresh.
        &self.buckets[(hash >> 20) as usize & self.mask]
    }

    /// Whether no job below `reader` has written there.
    #[inline]
    pub(crate) fn is_untouched(&self, hash: u64, reader: u32) -> bool {
        self.bucket(hash).load(Ordering::Acquire) >= reader
    }

    /// Notes a write, before it is made. A load first: most writes of a hot key need no store.
    #[inline]
    pub(crate) fn note(&self, hash: u64, writer: u32) {
        let bucket = self.bucket(hash);
        if bucket.load(Ordering::Relaxed) > writer {
            bucket.fetch_min(writer, Ordering::AcqRel);
        }
    }
}
