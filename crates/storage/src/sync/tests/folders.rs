//! Bases, and installs that are killed.

use seiza_state::Changeset;
use seiza_types::exchange::{MarketId, MarketOutcome};

use super::{state, unpacked};
use crate::sync::*;
use crate::version::Version;

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
    let mut told = base.clone();
    told.results.outcomes = vec![MarketOutcome::of(MarketId(1))];
    assert_eq!(Base::decode(&told.encode()).unwrap(), base, "nobody can vouch for what markets did");
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
