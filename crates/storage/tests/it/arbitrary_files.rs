//! The fuzz targets' bodies on stable Rust, with fewer bytes.

use proptest::collection::vec;
use proptest::prelude::*;

#[path = "../../../../fuzz/bodies/storage_files.rs"]
mod body;

/// Bytes that often pass for small numbers.
fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(prop_oneof![0u8..6, any::<u8>()], 0..140)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_log_may_end_in_any_way(bytes in any_bytes()) {
        body::log_tail(&bytes);
    }

    #[test]
    fn an_image_may_be_any_bytes(bytes in any_bytes()) {
        body::image_file(&bytes);
    }

    #[test]
    fn nodes_may_be_any_bytes(bytes in any_bytes()) {
        body::node_file(&bytes);
    }
}
