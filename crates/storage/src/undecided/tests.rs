//! Bounds and encodings of what is kept undecided.

use proptest::prelude::*;
use seiza_types::{Bytes, Header, ValidatorKey, data_hash};
use tendermint::block::header::Version;
use tendermint::{AppHash, Hash, Time};

use super::*;

fn block(name: u8, bytes: usize) -> Block {
    let txs = vec![Bytes::from(vec![name; bytes])];
    let header = Header {
        version: Version { block: 11, app: 1 },
        chain_id: "seiza-test-1".parse().unwrap(),
        height: 1u32.into(),
        time: Time::unix_epoch(),
        last_block_id: None,
        last_commit_hash: None,
        data_hash: Some(Hash::Sha256(data_hash(&txs).0)),
        validators_hash: Hash::Sha256([1; 32]),
        next_validators_hash: Hash::Sha256([1; 32]),
        consensus_hash: Hash::Sha256([1; 32]),
        app_hash: AppHash::try_from(vec![1; 32]).unwrap(),
        last_results_hash: None,
        evidence_hash: None,
        proposer_address: ValidatorKey::from_seed([1; 32]).address(),
    };
    Block { header, txs, evidence: Vec::new(), last_commit: None }
}

fn small(dir: &Path) -> UndecidedLog {
    UndecidedLog { bounds: Bounds { count: 8, bytes: 10_000 }, ..UndecidedLog::open(dir, 1, false).unwrap() }
}

fn rounds(log: &UndecidedLog) -> Vec<(u32, u8)> {
    log.all().unwrap().iter().map(|one| (one.round, one.block.txs[0][0])).collect()
}

#[test]
fn the_earliest_rounds_make_room_by_count() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = small(dir.path());
    // Block 0 is proposed again in round 6: what validators are locked on.
    for round in 0..8u8 {
        log.keep(round.into(), false, &block(if round == 6 { 0 } else { round }, 10)).unwrap();
    }
    log.keep(8, true, &block(8, 10)).unwrap();
    let expected = [(4, 4), (5, 5), (6, 0), (7, 7), (8, 8)];
    assert_eq!(rounds(&log), expected);
    drop(log);
    assert_eq!(rounds(&small(dir.path())), expected, "after a restart");
}

#[test]
fn the_earliest_rounds_make_room_by_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = small(dir.path());
    for round in 0..6u8 {
        log.keep(round.into(), false, &block(round, 2_000)).unwrap();
        assert!(std::fs::metadata(dir.path().join("undecided.log")).unwrap().len() <= 10_020);
    }
    assert_eq!(rounds(&log), [(2, 2), (3, 3), (4, 4), (5, 5)]);
    let huge = log.keep(9, false, &block(9, 5_000)).unwrap_err();
    assert!(matches!(huge, StorageError::UndecidedTooLarge(bytes) if bytes > 5_000));
    assert_eq!(rounds(&log), [(2, 2), (3, 3), (4, 4), (5, 5)], "nothing is dropped for what cannot be kept");
}

proptest! {
    #[test]
    fn random_payloads_never_panic(bytes: Vec<u8>, own in 0u8..3, round in 0u8..130, kind in 0u8..3) {
        let _ = payload::read(&bytes);
        let _ = payload::read(&[&[1, own, round, kind], &bytes[..]].concat());
    }

    #[test]
    fn payloads_return(round: u32, own: bool, name: u8) {
        let head = crate::log::HEADER_BYTES;
        let block = block(name, 3);
        let body = payload::body(round, own, &block);
        let again = payload::again(round, own, block.hash());
        prop_assert_eq!(payload::read(&again[head..]), Ok((round, own, payload::Kept::Again(block.hash()))));
        prop_assert_eq!(payload::read(&body[head..]), Ok((round, own, payload::Kept::Body(Box::new(block)))));
    }
}
