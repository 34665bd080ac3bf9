//! Evidence: what proves a double signature, and what does not.

use proptest::prelude::*;
use seiza_types::{
    B256, CastVote, Evidence, EvidenceError, Time, ValidatorKey, ValidatorSet, ValidatorUpdate, ValueId, VoteKind,
    evidence_hash, vote_sign_bytes,
};

use super::blocks::{block, chain_id};

fn key(seed: u8) -> ValidatorKey {
    ValidatorKey::from_seed([seed; 32])
}

fn set() -> ValidatorSet {
    let update = |seed| ValidatorUpdate { public_key: key(seed).public_key(), power: 10 };
    ValidatorSet::new(&[update(1), update(2), update(3)]).unwrap()
}

fn vote(seed: u8, round: u32, block: Option<u8>) -> CastVote {
    let value = block.map(|byte| ValueId { block: B256::repeat_byte(byte), time_ns: 1_700_000_000_123_456_789 });
    let message = vote_sign_bytes(&chain_id(), VoteKind::Precommit, 5, round, value);
    let (validator, signature) = (key(seed).address(), key(seed).sign(&message));
    CastVote { kind: VoteKind::Precommit, height: 5, round, value, validator, signature }
}

fn evidence() -> Evidence {
    Evidence::new(vote(1, 2, Some(8)), vote(1, 2, None), &set(), Time::unix_epoch()).unwrap()
}

#[test]
fn two_votes_of_one_validator_prove() {
    let found = evidence();
    assert_eq!(found.verify(&chain_id(), &set()), Ok(()));
    assert_eq!((found.height(), found.validator(), found.power(), found.total_power()), (5, key(1).address(), 10, 30));
    let swapped = Evidence::new(vote(1, 2, None), vote(1, 2, Some(8)), &set(), Time::unix_epoch()).unwrap();
    assert_eq!(swapped, found, "one offence has one encoding");
    assert_eq!(Evidence::decode(&found.encode()).unwrap(), found);
}

#[test]
fn anything_else_does_not() {
    let time = Time::unix_epoch;
    assert!(matches!(
        Evidence::new(vote(1, 2, Some(8)), vote(1, 3, None), &set(), time()),
        Err(EvidenceError::NoConflict(_))
    ));
    assert!(matches!(
        Evidence::new(vote(1, 2, Some(8)), vote(2, 2, None), &set(), time()),
        Err(EvidenceError::NoConflict(_))
    ));
    assert!(matches!(
        Evidence::new(vote(1, 2, Some(8)), vote(1, 2, Some(8)), &set(), time()),
        Err(EvidenceError::NoConflict(_))
    ));
    assert!(matches!(
        Evidence::new(vote(9, 2, Some(8)), vote(9, 2, None), &set(), time()),
        Err(EvidenceError::Stranger(..))
    ));
    let forged = CastVote { signature: vote(2, 2, Some(8)).signature, ..vote(1, 2, Some(8)) };
    let forged = Evidence::new(forged, vote(1, 2, None), &set(), time()).unwrap();
    assert_eq!(forged.verify(&chain_id(), &set()), Err(EvidenceError::Signature(1)));
    assert_eq!(evidence().verify(&"seiza-2".parse().unwrap(), &set()), Err(EvidenceError::Signature(0)));
    let grown = set().updated(&[ValidatorUpdate { public_key: key(2).public_key(), power: 11 }]).unwrap();
    assert!(matches!(evidence().verify(&chain_id(), &grown), Err(EvidenceError::Power(_))));
}

#[test]
fn a_block_carries_evidence_and_its_header_names_it() {
    let mut carrying = block(2);
    assert_eq!(evidence_hash(&[]), evidence_hash(&carrying.evidence));
    carrying.evidence.push(evidence());
    let decoded = seiza_types::Block::decode(&carrying.encode()).unwrap();
    assert_eq!(decoded.evidence, [evidence()]);
    assert_ne!(evidence_hash(&carrying.evidence), evidence_hash(&[]));
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Evidence::decode(&bytes);
    }

    #[test]
    fn accepted_bytes_have_one_encoding(at: prop::sample::Index, bit in 0u8..8) {
        let mut bytes = evidence().encode();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(decoded) = Evidence::decode(&bytes) {
            prop_assert_eq!(decoded.encode(), bytes);
        }
    }
}
