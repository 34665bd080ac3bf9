//! Blocks: Tendermint's encoding and hashes.

use alloy_primitives::{B256, Bytes, b256};
use prost::Message as _;
use seiza_types::{Block, BlockError, Header, ValidatorKey, block_id, data_hash, sign_commit};
use tendermint::block::header::Version;
use tendermint::{AppHash, Hash, Time};
use tendermint_proto::v0_38::types::Block as RawBlock;

pub fn key() -> ValidatorKey {
    ValidatorKey::from_seed([3; 32])
}

pub fn chain_id() -> tendermint::chain::Id {
    "seiza-1".parse().unwrap()
}

/// A block of two transactions at `height`, with a commit unless it is the first.
pub fn block(height: u32) -> Block {
    let txs = vec![Bytes::from_static(b"one"), Bytes::from_static(b"two")];
    let last = (height > 1).then(|| block(height - 1));
    let header = Header {
        version: Version { block: 11, app: 1 },
        chain_id: chain_id(),
        height: height.into(),
        time: Time::from_unix_timestamp(1_700_000_000 + i64::from(height), 5).unwrap(),
        last_block_id: last.as_ref().map(|last| block_id(last.hash())),
        last_commit_hash: Some(Hash::Sha256([1; 32])),
        data_hash: Some(Hash::Sha256(data_hash(&txs).0)),
        validators_hash: Hash::Sha256([2; 32]),
        next_validators_hash: Hash::Sha256([2; 32]),
        consensus_hash: Hash::Sha256([4; 32]),
        app_hash: AppHash::try_from(vec![5; 32]).unwrap(),
        last_results_hash: Some(Hash::Sha256([6; 32])),
        evidence_hash: Some(Hash::Sha256([7; 32])),
        proposer_address: key().address(),
    };
    let last_commit = last.map(|last| sign_commit(&last, 0, &chain_id(), &key()).0);
    Block { header, txs, evidence: vec![], last_commit }
}

#[test]
fn a_block_survives_its_encoding() {
    for height in [1, 2, 7] {
        let block = block(height);
        let again = Block::decode(&block.encode()).unwrap();
        assert_eq!(again, block);
        assert_eq!((again.hash(), again.height()), (block.hash(), u64::from(height)));
        assert_eq!(again.timestamp(), 1_700_000_000 + u64::from(height));
        assert_eq!(again.encode(), block.encode());
    }
    let empty = Block {
        txs: vec![],
        header: Header { data_hash: None, ..block(1).header },
        evidence: vec![],
        last_commit: None,
    };
    assert_eq!(Block::decode(&empty.encode()).unwrap(), empty);
}

#[test]
fn other_transactions_than_the_header_names_are_refused() {
    let good = block(2);
    for txs in [vec![], vec![good.txs[1].clone(), good.txs[0].clone()], [&good.txs[..], &good.txs[..1]].concat()] {
        let bent = Block { txs, ..good.clone() };
        let (header, actual) = (data_hash(&good.txs), data_hash(&bent.txs));
        assert_eq!(Block::decode(&bent.encode()), Err(BlockError::DataHash { header, actual }));
    }
}

#[test]
fn malformed_bytes_are_no_block() {
    let good = block(2).encode();
    let mut headless = RawBlock::decode(good.as_slice()).unwrap();
    headless.header = None;
    let mut bent = RawBlock::decode(good.as_slice()).unwrap();
    bent.header.as_mut().unwrap().height = -1;
    for bytes in [vec![], vec![0xff], good[..50].to_vec(), headless.encode_to_vec(), bent.encode_to_vec()] {
        assert!(matches!(Block::decode(&bytes), Err(BlockError::Malformed(_))));
    }
}

#[test]
fn the_data_hash_is_tendermint_s() {
    // RFC 6962 by hand: SHA-256 of nothing; of 0x00 and the leaf; of 0x01 and both nodes; leaves are hashes of transactions.
    use sha2::{Digest, Sha256};
    assert_eq!(data_hash(&[]), b256!("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    let leaf = |tx: &[u8]| Sha256::digest([&[0][..], &Sha256::digest(tx)].concat());
    let (one, two) = (leaf(b"one"), leaf(b"two"));
    let txs = [Bytes::from_static(b"one"), Bytes::from_static(b"two")];
    assert_eq!(data_hash(&txs[..1]), B256::new(one.into()));
    assert_eq!(data_hash(&txs), B256::new(Sha256::digest([&[1][..], &one, &two].concat()).into()));
}

#[test]
fn a_time_before_1970_is_zero_to_the_evm() {
    let mut block = block(1);
    block.header.time = Time::from_unix_timestamp(-5, 0).unwrap();
    assert_eq!(block.timestamp(), 0);
}

#[test]
fn a_header_s_encoding_is_part_of_its_block_s() {
    let block = block(2);
    let header = block.encode_header();
    assert!(block.encode().windows(header.len()).any(|window| window == header));
}
