//! Chunks and tops: what is sound is taken, and nothing else.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use proptest::prelude::*;
use seiza_state::{Changeset, Key, STORES, StoreId, Value};
use seiza_types::AppHash;

use super::*;
use crate::limits::SYNC_CHUNK_BYTES;
use crate::version::Version;

/// A state of several heights: many small values in one store, a few large ones in another, a single one, empty ones.
pub(crate) fn state(keys: u32) -> Version {
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
    for (id, _) in &chunks {
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

/// A folder with a storage of a few heights above zero, and a snapshot of the second but last.
fn snapshot_of_a_chain(dir: &std::path::Path) -> (SnapshotFile, crate::GenesisRecord, Changeset) {
    let version = state(2_000);
    let cut = Cut::of(&version).unwrap();
    let block =
        seiza_types::Block { header: header(version.height), txs: Vec::new(), evidence: Vec::new(), last_commit: None };
    let key = seiza_types::ValidatorKey::from_seed([1; 32]);
    let certificate = seiza_types::sign_commit(&block, 0, &block.header.chain_id, &key);
    let base = Base { block, certificate, results: crate::BlockResults::default() };
    let parts = Parts {
        height: version.height,
        app_hash: version.app_hash(),
        proof: b"proof".to_vec(),
        base: base.encode(),
        top: unpacked(&cut.top()),
    };
    let mut file = SnapshotFile::create(&dir.join("a.snapshot"), parts).unwrap();
    for id in file.missing() {
        file.append(id, &cut.chunk(&id).unwrap()).unwrap();
    }
    let genesis = crate::GenesisRecord { time: tendermint::Time::unix_epoch(), meta: "test".into() };
    (file, genesis, Changeset::default())
}

fn header(height: u64) -> seiza_types::Header {
    seiza_types::Header {
        version: tendermint::block::header::Version { block: 11, app: 0 },
        chain_id: "seiza-test-1".parse().unwrap(),
        height: height.try_into().unwrap(),
        time: tendermint::Time::from_unix_timestamp(1_700_000_000, 5).unwrap(),
        last_block_id: None,
        last_commit_hash: None,
        data_hash: None,
        validators_hash: tendermint::Hash::Sha256([2; 32]),
        next_validators_hash: tendermint::Hash::Sha256([2; 32]),
        consensus_hash: tendermint::Hash::Sha256([3; 32]),
        app_hash: tendermint::AppHash::try_from(vec![4; 32]).unwrap(),
        last_results_hash: None,
        evidence_hash: None,
        proposer_address: seiza_types::ValidatorKey::from_seed([1; 32]).address(),
    }
}

#[test]
fn an_install_that_is_killed_at_any_step_goes_through_or_never_was() {
    let dir = tempfile::tempdir().unwrap();
    let (file, genesis, changes) = snapshot_of_a_chain(dir.path());
    let whole = dir.path().join("whole");
    install(&whole, &file, (&genesis, &changes), false, &mut |_| ()).unwrap();
    let pieces = ["images", "blocks", "changes", "index", "synced", "genesis.bin"];
    for moved in 0..=pieces.len() {
        for ready in [true, false] {
            if moved > 0 && !ready {
                continue; // nothing is moved before it is ready
            }
            let killed = dir.path().join(format!("killed-{moved}-{ready}"));
            let new = killed.join("sync/new");
            std::fs::create_dir_all(&new).unwrap();
            for (index, piece) in pieces.iter().enumerate() {
                copy(&whole.join(piece), &if index < moved { killed.join(piece) } else { new.join(piece) });
            }
            if ready {
                std::fs::write(killed.join("sync/ready"), b"").unwrap();
            }
            let storage = crate::Storage::open(&killed, crate::Options::without_fsync()).unwrap();
            let head = storage.head();
            let expected = if ready { (2, file.parts().app_hash) } else { (0, Version::default().app_hash()) };
            assert_eq!((head.height, head.app_hash), expected, "{moved} moved");
            assert!(!new.exists() && !killed.join("sync/ready").exists());
            drop(storage);
            assert_eq!(is_fresh(&killed).unwrap(), !ready);
        }
    }
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    if !from.is_dir() {
        std::fs::copy(from, to).unwrap();
        return;
    }
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        copy(&entry.path(), &to.join(entry.file_name()));
    }
}

#[test]
fn a_base_is_the_one_that_the_next_header_names() {
    use seiza_types::{block_id, commit_hash, data_hash, evidence_hash, results_hash};
    let sha = |hash: seiza_types::B256| Some(tendermint::Hash::Sha256(hash.0));
    let txs: Vec<seiza_types::Bytes> = vec![vec![1, 2, 3].into()];
    let mut header_now = header(7);
    header_now.data_hash = sha(data_hash(&txs));
    header_now.evidence_hash = sha(evidence_hash(&[]));
    header_now.last_commit_hash = sha(commit_hash(None));
    let block = seiza_types::Block { header: header_now, txs, evidence: vec![], last_commit: None };
    let key = seiza_types::ValidatorKey::from_seed([1; 32]);
    let certificate = seiza_types::sign_commit(&block, 0, &block.header.chain_id, &key);
    let receipt = seiza_types::Receipt {
        tx_hash: seiza_types::B256::ZERO,
        evm_type: None,
        sender: seiza_types::Address::ZERO,
        to: None,
        code: seiza_types::Code::Ok,
        gas_wanted: 10,
        gas_used: 5,
        cumulative_gas_used: 5,
        effective_gas_price: 1,
        contract_address: None,
        first_log_index: 0,
        logs: vec![],
        events: vec![],
        data: vec![9].into(),
    };
    let results = crate::BlockResults {
        tx_hashes: vec![receipt.tx_hash],
        receipts: vec![receipt],
        ..crate::BlockResults::default()
    };
    let mut next = header(8);
    next.last_block_id = Some(block_id(block.hash()));
    next.last_results_hash = sha(results_hash(&results.receipts));
    let base = Base { block, certificate, results };
    assert_eq!(Base::decode(&base.encode()).unwrap(), base);
    base.check(&next).unwrap();
    let mut other = base.clone();
    other.results.receipts[0].gas_used = 6;
    assert!(matches!(other.check(&next), Err(SyncError::Base("a result"))));
    let mut other = base.clone();
    other.block.txs[0] = vec![4].into();
    assert!(matches!(other.check(&next), Err(SyncError::Base("a transaction"))));
    let mut other = base.clone();
    other.block.header.time = tendermint::Time::unix_epoch();
    assert!(matches!(other.check(&next), Err(SyncError::Base("the block"))));
    assert!(matches!(base.check(&header(9)), Err(SyncError::Base("the block"))));
}
