//! A lock-free first look at multi-version memory: may anyone below this job have written that key?
//!
//! Every hash has a bucket that holds the least job that ever wrote a key of the bucket. Most reads of most blocks are of
//! keys that nobody before them writes; for those, and for checking them again, one load is all. Buckets are only lowered
//! in a block, so a write that is taken back, or a key that shares the bucket, costs a look into the memory, no more.

use crate::sync::{AtomicU16, Ordering};

/// Buckets for each job of a block: transfers write three or four keys.
const BUCKETS_PER_JOB: usize = 8;
/// Least and most buckets: 2 KiB, and 512 KiB which still lie in a core's second-level cache.
const BUCKETS: (usize, usize) = (1 << 10, 1 << 18);

/// The least writer by bucket.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    /// Jobs are counted in steps of `1 << coarse`, so that a block of any size fits; `u16::MAX` is nobody.
    buckets: Vec<AtomicU16>,
    mask: usize,
    coarse: u32,
}

impl Filter {
    /// Forgets all writes, and makes room for a block of `jobs`.
    pub(crate) fn reset(&mut self, jobs: usize) {
        let wanted = (jobs * BUCKETS_PER_JOB).next_power_of_two().clamp(BUCKETS.0, BUCKETS.1);
        self.mask = wanted - 1;
        self.coarse = (usize::BITS - jobs.leading_zeros()).saturating_sub(u16::BITS - 1);
        self.buckets.iter_mut().take(wanted).for_each(|bucket| *bucket = AtomicU16::new(u16::MAX));
        let fresh = wanted.saturating_sub(self.buckets.len());
        self.buckets.extend((0..fresh).map(|_| AtomicU16::new(u16::MAX)));
    }

    fn bucket(&self, hash: u64) -> &AtomicU16 {
        // The low bits place a key in its shard's table and the high ones pick the shard: the middle is fresh, but for the
        // keys of one account, whose hashes differ in the high ones alone.
        &self.buckets[((hash >> 20) ^ (hash >> (u64::BITS - 8))) as usize & self.mask]
    }

    /// Whether no job below `reader` has written there.
    #[inline]
    pub(crate) fn is_untouched(&self, hash: u64, reader: u32) -> bool {
        let least = self.bucket(hash).load(Ordering::Acquire);
        // A writer in the reader's own step may be below it.
        least == u16::MAX || u32::from(least) << self.coarse >= reader
    }

    /// Notes a write, before it is made. A load first: most writes of a hot key need no store.
    #[inline]
    pub(crate) fn note(&self, hash: u64, writer: u32) {
        let (bucket, writer) = (self.bucket(hash), (writer >> self.coarse) as u16);
        if bucket.load(Ordering::Relaxed) > writer {
            bucket.fetch_min(writer, Ordering::AcqRel);
        }
    }
}
