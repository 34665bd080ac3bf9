//! Makes transactions, blocks, validators and evidence.

use std::sync::Arc;

use seiza_consensus::compact::CompactProposal;
use seiza_types::{
    B256, Block, Bytes, CastVote, ChainId, Evidence, Header, Time, Tx, ValidatorKey, ValidatorSet, ValidatorUpdate,
    ValueId, VoteKind, block_id, commit_hash, data_hash, evidence_hash, sign_commit, vote_sign_bytes,
};
use tendermint::block::header::Version;
use tendermint::{AppHash, Hash};

pub fn chain_id() -> ChainId {
    "seiza-1".parse().unwrap()
}

pub fn key(n: u8) -> ValidatorKey {
    ValidatorKey::from_seed([n; 32])
}

/// Validators 1 to 4, of equal power.
pub fn set() -> ValidatorSet {
    let updates: Vec<_> = (1..5).map(|n| ValidatorUpdate { public_key: key(n).public_key(), power: 10 }).collect();
    ValidatorSet::new(&updates).unwrap()
}

/// The key of whose turn it is in that round.
pub fn proposer(round: u32) -> ValidatorKey {
    let address = set().proposer(round).address;
    (1..5).map(key).find(|key| key.address() == address).unwrap()
}

fn rlp(base: u8, bytes: &[u8]) -> Vec<u8> {
    let length = bytes.len().to_be_bytes();
    let length = &length[bytes.len().leading_zeros() as usize / 8..];
    let head = if bytes.len() < 56 {
        vec![base + bytes.len() as u8]
    } else {
        [&[base + 55 + length.len() as u8], length].concat()
    };
    [&head[..], bytes].concat()
}

fn rlp_number(number: u64) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    match number {
        1..0x80 => vec![number as u8],
        _ => rlp(0x80, &bytes[number.leading_zeros() as usize / 8..]),
    }
}

/// A well-formed legacy transaction, each `n` another; nobody signed it.
pub fn tx(n: u64, input_bytes: usize) -> Bytes {
    let fields = [
        rlp_number(n),
        rlp_number(7),
        rlp_number(21_000),
        rlp(0x80, &[0x11; 20]),
        rlp_number(0),
        rlp(0x80, &vec![0xda; input_bytes]),
        rlp_number(27),
        rlp_number(1),
        rlp_number(1),
    ];
    rlp(0xc0, &fields.concat()).into()
}

/// Transactions 0 to n - 1, of about 110 bytes.
pub fn txs(n: u64) -> Vec<Bytes> {
    (0..n).map(|n| tx(n, 70)).collect()
}

pub fn hashes(txs: &[Bytes]) -> Vec<B256> {
    txs.iter().map(|tx| Tx::hash_of(tx).unwrap()).collect()
}

/// A block of these transactions by the proposer of `round`, at height 2 with a commit, or at height 1 without.
pub fn block_at(height: u32, round: u32, txs: Vec<Bytes>, evidence: Vec<Evidence>) -> Block {
    let last = (height > 1).then(|| block_at(height - 1, 0, Vec::new(), Vec::new()));
    let last_commit = last.as_ref().map(|last| sign_commit(last, 0, &chain_id(), &key(1)).0);
    let header = Header {
        version: Version { block: 11, app: 1 },
        chain_id: chain_id(),
        height: height.into(),
        time: Time::from_unix_timestamp(1_800_000_000 + i64::from(height), 5).unwrap(),
        last_block_id: last.map(|last| block_id(last.hash())),
        last_commit_hash: Some(Hash::Sha256(commit_hash(last_commit.as_ref()).0)),
        data_hash: Some(Hash::Sha256(data_hash(&txs).0)),
        validators_hash: set().hash(),
        next_validators_hash: set().hash(),
        consensus_hash: Hash::Sha256([4; 32]),
        app_hash: AppHash::try_from(vec![5; 32]).unwrap(),
        last_results_hash: Some(Hash::Sha256([6; 32])),
        evidence_hash: Some(Hash::Sha256(evidence_hash(&evidence).0)),
        proposer_address: proposer(round).address(),
    };
    Block { header, txs, evidence, last_commit }
}

pub fn block(txs: Vec<Bytes>) -> Block {
    block_at(2, 0, txs, Vec::new())
}

/// The proposal of a block in its round, with those places whole.
pub fn propose(block: &Block, round: u32, whole: &[usize]) -> CompactProposal {
    CompactProposal::of(block, &hashes(&block.txs), round, |index| whole.contains(&index), &proposer(round))
}

pub fn proposal(block: &Block) -> Arc<CompactProposal> {
    Arc::new(propose(block, 0, &[]))
}

/// Two conflicting votes of validator `n`; `which` makes different ones.
pub fn evidence(n: u8, height: u64, which: u8) -> Evidence {
    let vote = |block: u8| {
        let value = Some(ValueId { block: B256::new([block; 32]), time_ns: 1_800_000_000_000_000_000 });
        let message = vote_sign_bytes(&chain_id(), VoteKind::Prevote, height, 0, value);
        let (validator, signature) = (key(n).address(), key(n).sign(&message));
        CastVote { kind: VoteKind::Prevote, height, round: 0, value, validator, signature }
    };
    let time = Time::from_unix_timestamp(1_800_000_000, 0).unwrap();
    Evidence::new(vote(200), vote(which), &set(), time).unwrap()
}
