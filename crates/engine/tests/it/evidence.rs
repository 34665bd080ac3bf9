//! Double votes become Tendermint's evidence; what proves nothing there does not.

use malachitebft_core_consensus::MisbehaviorEvidence;
use malachitebft_core_types::{Context as _, NilOrVal, Round, SignedVote};
use seiza_engine::context::{Height, Seiza, Value, Vote};
use seiza_engine::convert;
use seiza_engine::signing::Signer;
use seiza_types::{B256, Time, ValueId};

use super::plan::{Plan, chain_id, key};

fn value(byte: u8) -> NilOrVal<Value> {
    NilOrVal::Val(Value(ValueId { block: B256::repeat_byte(byte), time_ns: 5 }))
}

fn vote(of: u8, value: NilOrVal<Value>) -> SignedVote<Seiza> {
    let vote: Vote = Seiza.new_precommit(Height(3), Round::new(1), value, key(of).address().into());
    Signer::new(chain_id(), key(of)).vote(vote)
}

#[test]
fn double_votes_are_evidence_where_tendermint_has_it() {
    let cases = [
        ("two blocks", vote(1, value(1)), vote(1, value(2)), 1),
        ("a block and nothing", vote(1, value(1)), vote(1, NilOrVal::Nil), 1),
        ("one block", vote(1, value(1)), vote(1, value(1)), 0),
        ("a stranger", vote(9, value(1)), vote(9, value(2)), 0),
    ];
    let set = Plan::of(4).set(3);
    for (case, a, b, expected) in cases {
        let mut seen = MisbehaviorEvidence::<Seiza> { proposals: Default::default(), votes: Default::default() };
        seen.votes.add(a, b);
        let evidence = convert::evidence(&seen, &set, Time::unix_epoch());
        assert_eq!(evidence.len(), expected, "{case}");
        for one in evidence {
            assert_eq!(one.verify(&chain_id(), &set), Ok(()), "{case}");
            assert_eq!((one.height(), one.validator()), (3, key(1).address()), "{case}");
        }
    }
}
