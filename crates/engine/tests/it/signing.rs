//! Signatures hold for what was signed, on its chain, and for nothing else.

use malachitebft_core_types::{Context as _, NilOrVal, Round};
use malachitebft_signing::Verifier as _;
use seiza_engine::context::{Height, Proposal, Seiza, Value, Vote};
use seiza_engine::signing::{Signer, Verifier, proposal_bytes, vote_bytes};
use seiza_types::{B256, ChainId, ValueId, VoteKind, vote_sign_bytes};

use super::plan::{Plan, chain_id, key};

const VALUE: ValueId = ValueId { block: B256::repeat_byte(7), time_ns: 1_700_000_000_000_000_001 };

fn other_chain() -> ChainId {
    "seiza-engine-tes".parse().unwrap()
}

fn vote(height: u64, round: Round) -> Vote {
    Seiza.new_prevote(Height(height), round, NilOrVal::Val(Value(VALUE)), key(0).address().into())
}

fn proposal(height: u64, round: Round, pol_round: Round) -> Proposal {
    Seiza.new_proposal(Height(height), round, Value(VALUE), pol_round, key(0).address().into())
}

#[test]
fn votes_sign_tendermint_s_canonical_vote() {
    let expected = vote_sign_bytes(&chain_id(), VoteKind::Prevote, 4, 2, Some(VALUE));
    assert_eq!(vote_bytes(&chain_id(), &vote(4, Round::new(2))), expected);
}

#[test]
fn a_vote_s_signature_holds_for_that_vote() {
    let signed = Signer::new(chain_id(), key(0)).vote(vote(4, Round::new(2)));
    let (verifier, public_key) = (Verifier::new(chain_id()), key(0).public_key());
    assert!(verifier.vote(&signed.message, &signed.signature, &public_key));
    let precommit = Seiza.new_precommit(Height(4), Round::new(2), NilOrVal::Val(Value(VALUE)), key(0).address().into());
    let nil = Seiza.new_prevote(Height(4), Round::new(2), NilOrVal::Nil, key(0).address().into());
    let others =
        [("height", vote(5, Round::new(2))), ("round", vote(4, Round::new(3))), ("kind", precommit), ("nil", nil)];
    for (what, other) in others {
        assert!(!verifier.vote(&other, &signed.signature, &public_key), "another {what}");
    }
    assert!(!verifier.vote(&signed.message, &signed.signature, &key(1).public_key()), "another key");
    assert!(!Verifier::new(other_chain()).vote(&signed.message, &signed.signature, &public_key), "another chain");
}

#[test]
fn rounds_and_heights_that_no_vote_can_name_are_refused() {
    let signature = Signer::new(chain_id(), key(0)).vote(vote(1, Round::new(0))).signature;
    let verifier = Verifier::new(chain_id());
    let cases = [(1, Round::Nil), (1, Round::new(1 << 31)), (1, Round::new(u32::MAX)), (1 << 63, Round::new(0))];
    for (height, round) in cases {
        assert!(!verifier.vote(&vote(height, round), &signature, &key(0).public_key()), "{height} {round}");
        let proposal = proposal(height, round, Round::Nil);
        assert!(!verifier.proposal(&proposal, &signature, &key(0).public_key()), "{height} {round}");
    }
}

#[test]
fn a_proposal_s_signature_holds_for_that_proposal() {
    let signed = Signer::new(chain_id(), key(0)).proposal(proposal(4, Round::new(2), Round::Nil));
    let (verifier, public_key) = (Verifier::new(chain_id()), key(0).public_key());
    assert!(verifier.proposal(&signed.message, &signed.signature, &public_key));
    let others = [
        ("height", proposal(5, Round::new(2), Round::Nil)),
        ("round", proposal(4, Round::new(3), Round::Nil)),
        ("round of the polka", proposal(4, Round::new(2), Round::new(0))),
    ];
    for (what, other) in others {
        assert!(!verifier.proposal(&other, &signed.signature, &public_key), "another {what}");
    }
    assert!(!Verifier::new(other_chain()).proposal(&signed.message, &signed.signature, &public_key), "another chain");
}

#[test]
fn no_proposal_signs_a_vote_s_bytes() {
    let proposal = proposal_bytes(&chain_id(), &proposal(4, Round::new(2), Round::Nil));
    assert_eq!(&proposal[..6], b"seiza/");
    assert_eq!(
        vote_bytes(&chain_id(), &vote(4, Round::new(2)))[1],
        8,
        "a canonical vote's second byte is its type's tag"
    );
}

#[tokio::test]
async fn a_validator_proof_names_peer_and_key() {
    let proof = Signer::new(chain_id(), key(0)).proof(vec![1, 2, 3]);
    let verifier = Verifier::new(chain_id());
    let other_peer = malachitebft_core_types::ValidatorProof { peer_id: vec![1, 2, 4], ..proof.clone() };
    let no_key = malachitebft_core_types::ValidatorProof { public_key: vec![0; 5], ..proof.clone() };
    for (case, proof, expected) in [("it", proof, true), ("another peer", other_peer, false), ("no key", no_key, false)]
    {
        assert_eq!(verifier.verify_validator_proof(&proof).await.unwrap().is_valid(), expected, "{case}");
    }
}

#[test]
fn proposers_follow_the_set_s_priorities() {
    let set = Plan::of(4).set(7);
    let ours = seiza_engine::context::ValidatorSet::new(set.clone());
    for round in 0..9 {
        let chosen = Seiza.select_proposer(&ours, Height(7), Round::new(round));
        let address = malachitebft_core_types::Validator::address(chosen);
        assert_eq!(tendermint::account::Id::from(*address), set.proposer(round).address, "round {round}");
    }
}
