//! Chunks and tops: what is sound is taken, and nothing else.

mod folders;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use proptest::prelude::*;
use seiza_state::{Changeset, Key, STORES, StoreId, Value};
use seiza_types::AppHash;

use super::*;
use crate::limits::SYNC_CHUNK_BYTES;
use crate::version::Version;

/// A state of several heights: many small values in one store, a few large ones in another, a single one, empty ones.
fn state(keys: u32) -> Version {
    let small = |n: u32| Key::new(StoreId::Bank, &[b"balance/", &n.wrapping_mul(2_654_435_761).to_be_bytes()]);
    let large = |n: u32| Key::new(StoreId::Evm, &[b"code/", &n.to_be_bytes()]);
    let mut first: Changeset = (0..keys).map(|n| (small(n), Some(Value::from(&n.to_be_bytes()[..])))).collect();
    for n in 0..keys / 100 {
        first.insert(large(n), Some(Value::from(vec![u8::try_from(n % 251).unwrap(); 20_000])));
    }
    first.insert(Key::new(StoreId::Params, &[]), Some(Value::from(&b"one"[..])));
    let second = (0..keys).step_by(7).map(|n| (small(n), (n % 3 > 0).then(|| Value::from(&b"changed"[..])))).collect();
    Version::default().apply(1, &first).apply(2, &second)
}

fn unpacked(packed: &[u8]) -> Vec<u8> {
    unpack(packed, 64 << 20, "test").unwrap()
}

fn chunks(cut: &Cut) -> BTreeMap<ChunkId, Vec<u8>> {
    cut.chunks().map(|id| (*id, unpacked(&cut.chunk(id).unwrap()))).collect()
}

#[test]
fn a_cut_leads_to_the_app_hash_and_all_its_chunks_are_sound() {
    let version = state(150_000);
    let cut = Cut::of(&version).unwrap();
    let top = Top::check(&unpacked(&cut.top()), version.app_hash()).unwrap();
    let chunks = chunks(&cut);
    assert_eq!(top.chunks(), chunks.keys().copied().collect());
    assert!(chunks.len() > 10, "{} chunks", chunks.len());
    let mut tally = ChunkTally::default();
    for (id, bytes) in &chunks {
        assert!(bytes.len() <= SYNC_CHUNK_BYTES, "{} bytes", bytes.len());
        let one = check_chunk(*id, bytes).unwrap();
        tally = ChunkTally { keys: tally.keys + one.keys, bytes: tally.bytes + one.bytes };
    }
    assert_eq!((tally.keys, cut.height()), (cut.keys(), 2));
    assert!(tally.bytes <= cut.bytes(), "what is counted is an upper bound");
}

#[test]
fn every_node_cuts_a_state_alike() {
    let (a, b) = (Cut::of(&state(50_000)).unwrap(), Cut::of(&state(50_000)).unwrap());
    assert_eq!(a.top(), b.top());
    assert_eq!(chunks(&a), chunks(&b));
}

#[test]
fn an_empty_state_has_a_top_and_no_chunk() {
    let cut = Cut::of(&Version::default()).unwrap();
    let top = Top::check(&unpacked(&cut.top()), cut.app_hash()).unwrap();
    assert!(top.chunks().is_empty());
}

#[test]
fn a_top_of_another_app_hash_is_refused() {
    let cut = Cut::of(&state(1_000)).unwrap();
    let wrong = Top::check(&unpacked(&cut.top()), AppHash::ZERO);
    assert!(matches!(wrong, Err(SyncError::AppHash { .. })), "{wrong:?}");
}

#[test]
fn every_changed_bit_of_a_small_top_and_chunk_is_refused() {
    let version = state(40);
    let cut = Cut::of(&version).unwrap();
    let (top, chunks) = (unpacked(&cut.top()), chunks(&cut));
    let flipped = |bytes: &[u8], bit: usize| {
        let mut bytes = bytes.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        bytes
    };
    for bit in 0..top.len() * 8 {
        Top::check(&flipped(&top, bit), version.app_hash()).unwrap_err();
    }
    for (id, bytes) in &chunks {
        for bit in 0..bytes.len() * 8 {
            check_chunk(*id, &flipped(bytes, bit)).unwrap_err();
        }
        for end in 0..bytes.len() {
            check_chunk(*id, &bytes[..end]).unwrap_err();
        }
    }
}

#[test]
fn a_chunk_is_good_for_its_own_name_only() {
    let chunks = chunks(&Cut::of(&state(60_000)).unwrap());
    for id in chunks.keys() {
        for (_, bytes) in chunks.iter().filter(|(other, _)| *other != id).take(3) {
            assert!(matches!(check_chunk(*id, bytes), Err(SyncError::Hash { .. })));
        }
    }
}

#[test]
fn degenerate_trees_end_at_a_bound() {
    // A comb: ever another leaf, joined at once. Its height would not fit a byte.
    let mut bytes = vec![StoreId::Bank as u8];
    for n in 0..400u16 {
        bytes.extend_from_slice(&[1, 1, 0, 2]);
        bytes.extend_from_slice(&n.to_be_bytes());
        bytes.push(0);
        if n > 0 {
            bytes.extend_from_slice(&[0, 1]);
        }
    }
    let id = ChunkId { store: StoreId::Bank, hash: seiza_types::B256::ZERO };
    let refused = check_chunk(id, &bytes);
    assert!(refused.is_err(), "{refused:?}");
}

proptest! {
    #[test]
    fn random_bytes_never_panic(mut bytes in proptest::collection::vec(0u8..9, 1..300), any in proptest::collection::vec(any::<u8>(), 0..300)) {
        bytes[0] = STORES[usize::from(bytes[0]) % STORES.len()] as u8;
        let id = ChunkId { store: StoreId::Auth, hash: seiza_types::B256::ZERO };
        for bytes in [&bytes, &any] {
            prop_assert!(check_chunk(id, bytes).is_err());
            prop_assert!(Top::check(bytes, AppHash::ZERO).is_err());
            let _ = Base::decode(bytes);
        }
    }

    #[test]
    fn a_changed_byte_is_never_taken(at: prop::sample::Index, xor in 1u8.., which: prop::sample::Index) {
        static ALL: LazyLock<BTreeMap<ChunkId, Vec<u8>>> = LazyLock::new(|| chunks(&Cut::of(&state(3_000)).unwrap()));
        let all = &*ALL;
        let (id, bytes) = all.iter().nth(which.index(all.len())).unwrap();
        let mut bytes = bytes.clone();
        let at = at.index(bytes.len());
        bytes[at] ^= xor;
        prop_assert!(check_chunk(*id, &bytes).is_err());
    }
}
