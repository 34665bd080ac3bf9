//! Commits: ours verify by Tendermint's own means, and nothing less than two thirds passes.

use seiza_types::{
    Block, Certificate, CertificateError, ValidatorKey, ValidatorSet, ValidatorUpdate, ValueId, block_id, commit_hash,
    sign_commit,
};
use sha2::{Digest, Sha256};
use tendermint::block::CommitSig;
use tendermint::crypto::default::signature::Verifier;
use tendermint::validator::Set;
use tendermint::vote::{SignedVote, ValidatorIndex, Vote};

use super::blocks::{block, chain_id};

/// A set of validators with these powers, and their keys in the set's order.
fn set(powers: &[u64]) -> (ValidatorSet, Vec<ValidatorKey>) {
    let mut keys: Vec<_> = powers.iter().zip(1..).map(|(_, seed)| ValidatorKey::from_seed([seed; 32])).collect();
    let update = |(key, power): (&ValidatorKey, &u64)| ValidatorUpdate { public_key: key.public_key(), power: *power };
    let set = ValidatorSet::new(&keys.iter().zip(powers).map(update).collect::<Vec<_>>()).unwrap();
    keys.sort_by_key(|key| set.find(&key.address()).unwrap().0);
    (set, keys)
}

/// A commit by these validators; the others are absent.
fn commit(block: &Block, keys: &[ValidatorKey], signing: &[usize]) -> Certificate {
    let mut commit = sign_commit(block, 1, &chain_id(), &keys[0]).0;
    let sig = |at| match signing.contains(&at) {
        true => sign_commit(block, 1, &chain_id(), &keys[at]).0.signatures.remove(0),
        false => CommitSig::BlockIdFlagAbsent,
    };
    commit.signatures = (0..keys.len()).map(sig).collect();
    Certificate(commit)
}

#[test]
fn one_validator_s_commit_proves_its_block() {
    let (set, keys) = set(&[10]);
    for round in [0, 1, 77] {
        let certificate = sign_commit(&block(2), round, &chain_id(), &keys[0]);
        assert_eq!(certificate.0.round.value(), round);
        assert_eq!(certificate.verify(&block(2), &chain_id(), &set), Ok(()));
    }
}

#[test]
fn more_than_two_thirds_are_needed() {
    let (set, keys) = set(&[1, 1, 1]);
    let certificate = |signing: &[usize]| commit(&block(2), &keys, signing).verify(&block(2), &chain_id(), &set);
    assert_eq!(certificate(&[0, 1, 2]), Ok(()));
    assert_eq!(certificate(&[0, 2]), Err(CertificateError::Power { signed: 2, total: 3 }));
    assert_eq!(certificate(&[]), Err(CertificateError::Power { signed: 0, total: 3 }));
    let error = CertificateError::Power { signed: 2, total: 3 };
    assert_eq!(error.to_string(), "2 of 3 voting power signed, more than two thirds are needed");
}

#[test]
fn powers_are_weighed() {
    let (set, keys) = set(&[70, 20, 10]);
    let heavy = keys.iter().position(|key| set.find(&key.address()).unwrap().1.power == 70).unwrap();
    let light: Vec<usize> = (0..3).filter(|at| *at != heavy).collect();
    let verify = |signing: &[usize]| commit(&block(2), &keys, signing).verify(&block(2), &chain_id(), &set);
    assert_eq!(verify(&[heavy]), Ok(()));
    assert_eq!(verify(&light), Err(CertificateError::Power { signed: 30, total: 100 }));
}

#[test]
fn a_validator_counts_once() {
    let (set, keys) = set(&[1, 1, 1]);
    let mut certificate = commit(&block(2), &keys, &[0]);
    let once = certificate.0.signatures[0].clone();
    certificate.0.signatures = vec![once; 3];
    assert_eq!(certificate.verify(&block(2), &chain_id(), &set), Err(CertificateError::Signature(1)));
    let mut swapped = commit(&block(2), &keys, &[0, 1, 2]);
    swapped.0.signatures.swap(0, 1);
    assert_eq!(swapped.verify(&block(2), &chain_id(), &set), Err(CertificateError::Signature(0)));
}

#[test]
fn another_block_height_chain_or_signer_is_no_proof() {
    let (set, keys) = set(&[10]);
    let good = sign_commit(&block(2), 0, &chain_id(), &keys[0]);
    assert_eq!(good.verify(&block(3), &chain_id(), &set), Err(CertificateError::Block));
    let mut bent = good.clone();
    bent.0.block_id = block_id(block(3).hash());
    assert_eq!(bent.verify(&block(2), &chain_id(), &set), Err(CertificateError::Block));
    let other = "seiza-2".parse().unwrap();
    assert_eq!(good.verify(&block(2), &other, &set), Err(CertificateError::Signature(0)));
    let stranger = sign_commit(&block(2), 0, &chain_id(), &ValidatorKey::from_seed([9; 32]));
    assert_eq!(stranger.verify(&block(2), &chain_id(), &set), Err(CertificateError::Signature(0)));
    let mut later = good.clone();
    later.0.round = 1u16.into();
    assert_eq!(later.verify(&block(2), &chain_id(), &set), Err(CertificateError::Signature(0)));
    let mut unsigned = good;
    if let CommitSig::BlockIdFlagCommit { signature, .. } = &mut unsigned.0.signatures[0] {
        *signature = None;
    }
    assert_eq!(unsigned.verify(&block(2), &chain_id(), &set), Err(CertificateError::Signature(0)));
}

#[test]
fn tendermint_s_own_verification_accepts_our_precommits() {
    let (set, keys) = set(&[10]);
    let block = block(2);
    let commit = sign_commit(&block, 3, &chain_id(), &keys[0]).0;
    let CommitSig::BlockIdFlagCommit { validator_address, timestamp, signature } = commit.signatures[0].clone() else {
        panic!("a signature for the block")
    };
    let vote = Vote {
        vote_type: tendermint::vote::Type::Precommit,
        height: commit.height,
        round: commit.round,
        block_id: Some(commit.block_id),
        timestamp: Some(timestamp),
        validator_address,
        validator_index: ValidatorIndex::try_from(0u32).unwrap(),
        signature: signature.clone(),
        extension: Vec::new(),
        extension_signature: None,
    };
    let vote = SignedVote::from_vote(vote, chain_id()).unwrap();
    let info = set.to_tendermint().validator(validator_address).unwrap();
    info.verify_signature::<Verifier>(&vote.sign_bytes(), vote.signature()).unwrap();
    assert_eq!(timestamp, block.header.time, "votes carry the block's time");
    assert_eq!(set.hash(), Set::without_proposer(vec![info]).hash());
}

#[test]
fn a_commit_is_rebuilt_from_signatures_alone() {
    let (set, keys) = set(&[4, 3, 2, 1]);
    let whole = commit(&block(2), &keys, &[0, 1, 3]);
    let mut signatures: Vec<_> = whole.signatures().collect();
    assert_eq!(signatures.len(), 3);
    signatures.reverse();
    let rebuilt = Certificate::from_signatures(ValueId::of(&block(2).header), 2, 1, &set, &signatures);
    assert_eq!((rebuilt.round(), &rebuilt), (1, &whole));
    assert_eq!(rebuilt.verify(&block(2), &chain_id(), &set), Ok(()));
    let mut short = whole;
    short.0.signatures.pop();
    let error = CertificateError::Places { found: 3, expected: 4 };
    assert_eq!(short.verify(&block(2), &chain_id(), &set), Err(error));
}

#[test]
fn a_commit_s_hash_covers_its_precommits() {
    use tendermint_proto::v0_38::types::CommitSig as RawCommitSig;
    let empty = alloy_primitives::b256!("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(commit_hash(None), empty);
    let (_, keys) = set(&[1, 1, 1]);
    let commit = commit(&block(2), &keys, &[0, 2]).0;
    let leaf = |sig: &CommitSig| {
        let bytes = prost::Message::encode_to_vec(&RawCommitSig::from(sig.clone()));
        Sha256::digest([&[0][..], &bytes].concat())
    };
    let node = |left: &[u8], right: &[u8]| Sha256::digest([&[1][..], left, right].concat());
    let leaves: Vec<_> = commit.signatures.iter().map(leaf).collect();
    let root = node(&node(&leaves[0], &leaves[1]), &leaves[2]);
    assert_eq!(commit_hash(Some(&commit)).0, <[u8; 32]>::from(root));
}

#[test]
fn a_key_survives_its_seed() {
    let key = ValidatorKey::from_seed([7; 32]);
    assert_eq!(key.seed(), [7; 32]);
    assert_eq!(ValidatorKey::from_seed(key.seed()).address(), key.address());
    assert_ne!(ValidatorKey::from_seed([8; 32]).address(), key.address());
}
