//! Stories of validators: several sign, some come and go, some sign twice.

use seiza_modules::validators::is_accused;
use seiza_types::{
    B256, CastVote, Certificate, Evidence, ValidatorKey, ValidatorSet, ValueId, VoteKind, vote_sign_bytes,
};

use super::{CHAIN_ID, World, genesis, open};
use crate::{
    Cancel, Chain, EvidenceRefusal, Genesis, GenesisValidator, GenesisValidatorChange, Hints, InvalidBlock, Mode,
};

fn key(seed: u8) -> ValidatorKey {
    ValidatorKey::from_seed([seed; 32])
}

/// A chain of four validators, of which 2 leaves and 5 joins by the block at height 3.
fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let validators = (1..=4).map(|seed| GenesisValidator { public_key: key(seed).public_key(), power: 10 }).collect();
    let change = |seed, power| GenesisValidatorChange { height: 3, public_key: key(seed).public_key(), power };
    let genesis = Genesis { validators, validator_changes: vec![change(2, 0), change(5, 7)], ..genesis(&key(1)) };
    let chain = Chain::open(open(&folder), genesis).unwrap();
    World { chain, key: key(1), folder, seconds: 1_700_000_000 }
}

/// Signs a decided block by all of these that are of the set.
fn certificate(block: &crate::VerifiedBlock, set: &ValidatorSet) -> Certificate {
    let (value, height) = (ValueId::of(&block.header), block.height());
    let message = vote_sign_bytes(&block.header.chain_id, VoteKind::Precommit, height, 0, Some(value));
    let signatures: Vec<_> = (1..=5)
        .map(key)
        .filter(|key| set.find(&key.address()).is_some())
        .map(|key| (key.address(), key.sign(&message)))
        .collect();
    Certificate::from_signatures(value, height, 0, set, &signatures)
}

/// One height with this evidence.
fn height(world: &mut World, evidence: Vec<Evidence>) -> crate::VerifiedBlock {
    let now = world.now();
    let set = world.chain.validators();
    let block = world.chain.build(vec![], now, set.proposer(0).address, evidence);
    world.chain.validate(block.block().as_ref().clone(), |_, _| None).unwrap();
    let parent = world.chain.head_overlay();
    let executed = world.chain.execute(&parent, &block, Hints::None, Mode::Sequential, &Cancel::default()).unwrap();
    world.chain.decide(&block, &certificate(&block, &set)).unwrap();
    world.chain.commit(executed).unwrap();
    block
}

fn offence(world: &World, height: u64, round: u32) -> Evidence {
    let chain_id = CHAIN_ID.parse().unwrap();
    let vote = |byte| {
        let value = Some(ValueId { block: B256::repeat_byte(byte), time_ns: 9 });
        let signature = key(3).sign(&vote_sign_bytes(&chain_id, VoteKind::Precommit, height, round, value));
        CastVote { kind: VoteKind::Precommit, height, round, value, validator: key(3).address(), signature }
    };
    let set = world.chain.validators_at(height).unwrap();
    Evidence::new(vote(1), vote(2), &set, world.chain.head().time).unwrap()
}

#[test]
fn who_joins_and_leaves_does_so_two_heights_later_and_headers_say_it_before() {
    let mut world = world();
    let blocks: Vec<_> = (1..=7).map(|_| height(&mut world, vec![])).collect();
    let sizes: Vec<_> = (1..=9).map(|height| world.chain.validators_at(height).unwrap()).collect();
    assert!(sizes[..4].iter().all(|set| set.find(&key(2).address()).is_some()));
    assert!(sizes[4..].iter().all(|set| set.find(&key(2).address()).is_none() && set.total_power() == 37));
    for (at, block) in blocks.iter().enumerate() {
        assert_eq!(block.header.validators_hash, sizes[at].hash(), "height {}", at + 1);
        assert_eq!(block.header.next_validators_hash, sizes[at + 1].hash(), "height {}", at + 1);
    }
    assert!(world.chain.validators_at(10).is_err());
    let restarted = world.restart_with(|genesis| genesis);
    assert_eq!(restarted.chain.validators().total_power(), 37);
}

#[test]
fn a_last_commit_of_too_few_or_of_others_is_refused() {
    let mut world = world();
    height(&mut world, vec![]);
    let now = world.now();
    let good = world.chain.build(vec![], now, key(1).address(), vec![]);
    let set = world.chain.validators_at(1).unwrap();
    let mut block = good.block().as_ref().clone();
    let commit = block.last_commit.as_mut().unwrap();
    commit.signatures.pop();
    block.header.last_commit_hash = Some(tendermint::Hash::Sha256(seiza_types::commit_hash(Some(commit)).0));
    assert!(matches!(world.chain.validate(block, |_, _| None), Err(InvalidBlock::LastCommit(_))));
    let stranger = world.chain.build(vec![], world.chain.head().time, key(9).address(), vec![]);
    let refused = world.chain.validate(stranger.block().as_ref().clone(), |_, _| None);
    assert!(matches!(refused, Err(InvalidBlock::Header { field: "proposer_address", .. })));
    assert_eq!(set.len(), 4);
}

#[test]
fn an_offence_is_noted_once_and_only_while_it_is_young() {
    let mut world = world();
    height(&mut world, vec![]);
    let evidence = offence(&world, 1, 0);
    assert!(world.chain.check_evidence(&evidence).is_ok());
    let block = height(&mut world, vec![evidence.clone(), evidence.clone()]);
    assert_eq!(block.evidence.len(), 1, "once");
    assert!(is_accused(&world.chain.head().state, &evidence).unwrap());
    assert_eq!(world.chain.check_evidence(&evidence), Err(EvidenceRefusal::Known));
    let future = EvidenceRefusal::Age { height: 3, head: 2 };
    assert_eq!(world.chain.check_evidence(&offence(&world, 3, 0)), Err(future));
    assert!(world.chain.build(vec![], world.chain.head().time, key(1).address(), vec![evidence]).evidence.is_empty());
}

#[test]
fn a_block_with_false_evidence_is_its_proposers_fault() {
    let mut world = world();
    height(&mut world, vec![]);
    let now = world.now();
    let mut block = world.chain.build(vec![], now, key(1).address(), vec![]).block().as_ref().clone();
    let real = offence(&world, 1, 0);
    let forged = CastVote { signature: key(4).sign(b"no"), ..real.votes()[0] };
    let set = world.chain.validators_at(1).unwrap();
    block.evidence = vec![Evidence::new(forged, real.votes()[1], &set, real.time()).unwrap()];
    block.header.evidence_hash = Some(tendermint::Hash::Sha256(seiza_types::evidence_hash(&block.evidence).0));
    assert!(matches!(world.chain.validate(block, |_, _| None), Err(InvalidBlock::Evidence { index: 0, .. })));
}

#[test]
fn a_genesis_whose_changes_leave_nobody_is_refused() {
    let good = Genesis {
        validator_changes: vec![GenesisValidatorChange { height: 1, public_key: key(1).public_key(), power: 0 }],
        ..genesis(&key(1))
    };
    let error = Genesis::from_json(&good.to_json()).unwrap_err().to_string();
    assert_eq!(error, "genesis: validators: a validator set is never empty");
}
