//! The codec: what is written is read again, in one form only; anything else is an error, and never a panic.

use bytes::Bytes;
use malachitebft_codec::{Codec as Encode, HasEncodedLen as _};
use malachitebft_core_consensus::{LivenessMsg, ProposedValue, SignedConsensusMsg};
use malachitebft_core_types::{
    Context as _, NilOrVal, PolkaCertificate, Round, RoundCertificate, RoundCertificateType, SignedVote,
    ValidatorProof, Validity,
};
use malachitebft_engine::util::streaming::{StreamContent, StreamId, StreamMessage};
use malachitebft_sync::{PeerId, RawDecidedValue, Request, Response, Status, ValueRequest, ValueResponse};
use proptest::prelude::*;
use seiza_engine::Decision;
use seiza_engine::codec::{Codec, CodecError};
use seiza_engine::context::{Height, Part, Seiza, Value};
use seiza_engine::convert::certificate;
use seiza_engine::limits::{PROPOSAL_BYTES, SIGNED_BYTES};
use seiza_engine::signing::Signer;
use seiza_types::{B256, Signature, ValueId};

use super::plan::{chain_id, key};

const VALUE: ValueId = ValueId { block: B256::repeat_byte(7), time_ns: 9 };

fn votes() -> Vec<SignedVote<Seiza>> {
    let vote = |of: u8| {
        let vote = Seiza.new_prevote(Height(3), Round::new(1), NilOrVal::Val(Value(VALUE)), key(of).address().into());
        Signer::new(chain_id(), key(of)).vote(vote)
    };
    (0..3).map(vote).collect()
}

fn polka() -> PolkaCertificate<Seiza> {
    PolkaCertificate::new(Height(3), Round::new(1), Value(VALUE), votes())
}

fn peer() -> PeerId {
    PeerId::from_bytes(&[&[0x12, 32], &[1; 32][..]].concat()).unwrap()
}

fn response(block: usize) -> Response<Seiza> {
    let signatures = (0..3).map(|of| (key(of).address(), Signature([of; 64]))).collect();
    let decision = Decision { height: 3, round: 1, value: VALUE, signatures };
    let value = RawDecidedValue::new(vec![5; block].into(), certificate(decision));
    Response::ValueResponse(ValueResponse::new(Height(3), vec![value.clone(), value]))
}

/// Each kind of message: its encoding, and how often it survives being read and written again.
fn kinds() -> Vec<(&'static str, Bytes, fn(Bytes) -> Option<Bytes>)> {
    fn again<T>(bytes: Bytes) -> Option<Bytes>
    where
        Codec: Encode<T, Error = CodecError>,
    {
        Encode::<T>::decode(&Codec, bytes).ok().map(|message| Codec.encode(&message).unwrap())
    }
    let proposal = Seiza.new_proposal(Height(3), Round::new(1), Value(VALUE), Round::Nil, key(0).address().into());
    let proposal = Signer::new(chain_id(), key(0)).proposal(proposal);
    let skip = RoundCertificate::new_from_votes(Height(3), Round::new(1), RoundCertificateType::Skip, votes());
    let proposed = ProposedValue::<Seiza> {
        height: Height(3),
        round: Round::new(1),
        valid_round: Round::Nil,
        proposer: key(0).address().into(),
        value: Value(VALUE),
        validity: Validity::Valid,
    };
    let part = Part(Bytes::from_static(b"compact"));
    let stream = StreamMessage::new(StreamId::new(Bytes::from_static(b"id")), 0, StreamContent::Data(part.clone()));
    let status = Status::<Seiza> { peer_id: peer(), tip_height: Height(9), history_min_height: Height(1) };
    let request = Request::<Seiza>::ValueRequest(ValueRequest::new(Height(2)..=Height(6)));
    let code = Codec;
    vec![
        (
            "vote",
            code.encode(&SignedConsensusMsg::Vote(votes()[0].clone())).unwrap(),
            again::<SignedConsensusMsg<Seiza>>,
        ),
        ("proposal", code.encode(&SignedConsensusMsg::Proposal(proposal)).unwrap(), again::<SignedConsensusMsg<Seiza>>),
        ("vote again", code.encode(&LivenessMsg::Vote(votes()[1].clone())).unwrap(), again::<LivenessMsg<Seiza>>),
        ("polka", code.encode(&LivenessMsg::PolkaCertificate(polka())).unwrap(), again::<LivenessMsg<Seiza>>),
        ("skip", code.encode(&LivenessMsg::SkipRoundCertificate(skip)).unwrap(), again::<LivenessMsg<Seiza>>),
        ("polka in the log", code.encode(&polka()).unwrap(), again::<PolkaCertificate<Seiza>>),
        ("proposed value", code.encode(&proposed).unwrap(), again::<ProposedValue<Seiza>>),
        ("part", code.encode(&part).unwrap(), again::<Part>),
        ("stream", code.encode(&stream).unwrap(), again::<StreamMessage<Part>>),
        ("status", code.encode(&status).unwrap(), again::<Status<Seiza>>),
        ("request", code.encode(&request).unwrap(), again::<Request<Seiza>>),
        ("response", code.encode(&response(10)).unwrap(), again::<Response<Seiza>>),
        (
            "proof",
            code.encode(&Signer::new(chain_id(), key(0)).proof(peer().to_bytes())).unwrap(),
            again::<ValidatorProof<Seiza>>,
        ),
    ]
}

#[test]
fn every_message_survives_its_encoding() {
    for (kind, bytes, again) in kinds() {
        assert_eq!(bytes[0], 1, "{kind}: the version");
        assert_eq!(again(bytes.clone()), Some(bytes), "{kind}");
    }
}

#[test]
fn cut_lengthened_or_of_another_version_is_refused() {
    for (kind, bytes, again) in kinds() {
        for end in 0..bytes.len() {
            assert_eq!(again(bytes.slice(..end)), None, "{kind} cut at {end}");
        }
        assert_eq!(again([&bytes[..], &[0]].concat().into()), None, "{kind} with a byte too many");
        assert_eq!(again([&[2], &bytes[1..]].concat().into()), None, "{kind} of version 2");
    }
}

#[test]
fn too_long_messages_are_refused_unread() {
    let long = Encode::<SignedConsensusMsg<Seiza>>::decode(&Codec, vec![1; SIGNED_BYTES + 1].into()).unwrap_err();
    assert_eq!(long.to_string(), "vote or proposal: 513 bytes, at most 512 are allowed");
    let largest = StreamMessage::new(
        StreamId::new(Bytes::from_static(&[1; 12])),
        0,
        StreamContent::Data(Part(vec![0; PROPOSAL_BYTES].into())),
    );
    assert!(Codec.encode(&largest).is_ok());
    let longer = StreamMessage { content: StreamContent::Data(Part(vec![0; PROPOSAL_BYTES + 256].into())), ..largest };
    assert!(matches!(Codec.encode(&longer), Err(CodecError::Length { what: "proposal stream", .. })));
}

#[test]
fn a_response_s_length_is_known_before_it_is_written() {
    for block in [0, 1, 70_000] {
        let response = response(block);
        assert_eq!(Codec.encoded_len(&response).unwrap(), Codec.encode(&response).unwrap().len());
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic_and_have_one_encoding(body in proptest::collection::vec(any::<u8>(), 0..600)) {
        let bytes = Bytes::from([&[1], &body[..]].concat());
        for (kind, _, again) in kinds() {
            if let Some(written) = again(bytes.clone()) {
                prop_assert_eq!(&written, &bytes, "{}", kind);
            }
        }
    }

    #[test]
    fn damaged_messages_never_panic_and_have_one_encoding(at in any::<prop::sample::Index>(), flip in 1..=255u8) {
        for (kind, bytes, again) in kinds() {
            let mut damaged = bytes.to_vec();
            damaged[at.index(bytes.len())] ^= flip;
            let damaged = Bytes::from(damaged);
            if let Some(written) = again(damaged.clone()) {
                prop_assert_eq!(&written, &damaged, "{}", kind);
            }
        }
    }
}
