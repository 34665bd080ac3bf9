//! Compression of what travels and of what lies in snapshot files. What is inside is checked by its hash, so that it does not
//! matter how it was compressed; only how much comes out is bounded.

use std::io::Read as _;

use super::SyncError;
use crate::limits::{SYNC_PACK_LEVEL, SYNC_WINDOW_LOG};

/// Compresses with zstd.
#[must_use]
pub fn pack(bytes: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(bytes, SYNC_PACK_LEVEL).expect("memory is never short of a buffer")
}

/// Decompresses; at most `max` bytes may come out.
///
/// # Errors
/// [`SyncError::Packing`], [`SyncError::Large`] naming `what`.
pub fn unpack(bytes: &[u8], max: usize, what: &'static str) -> Result<Vec<u8>, SyncError> {
    let wrong = |error: std::io::Error| SyncError::Packing(error.to_string());
    let mut decoder = zstd::stream::read::Decoder::with_buffer(bytes).map_err(wrong)?;
    decoder.window_log_max(SYNC_WINDOW_LOG).map_err(wrong)?;
    let mut out = Vec::new();
    let read = decoder.by_ref().take(max as u64 + 1).read_to_end(&mut out).map_err(wrong)?;
    if read > max {
        return Err(SyncError::Large { what, bytes: read as u64, max: max as u64 });
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_packed_returns_within_its_bound() {
        let bytes = vec![7; 100_000];
        assert_eq!(unpack(&pack(&bytes), 100_000, "x").unwrap(), bytes);
        assert!(matches!(unpack(&pack(&bytes), 99_999, "x"), Err(SyncError::Large { max: 99_999, .. })));
    }

    proptest! {
        #[test]
        fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = unpack(&bytes, 1000, "x");
        }
    }
}
