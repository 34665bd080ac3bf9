//! The fuzz target's body on stable Rust: arbitrary bytes, and good chunks, tops and bases with bytes changed.

use std::sync::LazyLock;

use proptest::prelude::*;
use seiza_storage::sync::{Base, unpack};

use crate::chain::*;
use crate::chunk_decode::chunk_decode;

/// A chunk, a top, a base, and the chunk compressed.
static GOOD: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    let storage = open(dir.path(), small());
    grow_to(&storage, 57, 12);
    let cut = storage.cut(11).unwrap().unwrap();
    let packed = cut.chunk(cut.chunks().next().unwrap()).unwrap();
    let base = Base::of(&storage.block(11).unwrap().unwrap()).unwrap();
    let plain = |bytes: &[u8]| unpack(bytes, 1 << 20, "test").unwrap();
    vec![plain(&packed), plain(&cut.top()), base.encode(), packed]
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn arbitrary_bytes_never_panic_and_are_taken_by_their_own_name_only(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        chunk_decode(&bytes);
    }

    #[test]
    fn changed_parts_of_a_snapshot_never_panic(
        which in 0usize..4,
        at in any::<prop::sample::Index>(),
        byte in any::<Option<u8>>(),
        insert in any::<bool>(),
    ) {
        let mut bytes = GOOD[which].clone();
        let at = at.index(bytes.len());
        match byte {
            Some(byte) if insert => bytes.insert(at, byte),
            Some(byte) => bytes[at] = byte,
            None => drop(bytes.remove(at)),
        }
        chunk_decode(&bytes);
    }
}
