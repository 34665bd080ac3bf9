//! Arbitrary bytes never panic, what is accepted has one encoding, and every bound holds.

use proptest::prelude::*;
use seiza_types::{B256, Bytes};

use super::{Entry, Field, Hello, Item, LaneMessage, Piece, Proof, Refusal, Request, Response, WireError};
use crate::limits::{
    ANNOUNCE_HASHES_MAX, CHAIN_ID_BYTES_MAX, EVIDENCE_BYTES_MAX, HELLO_BYTES_MAX, LANE_FRAME_BYTES_MAX,
    MONIKER_BYTES_MAX, PART_BYTES_MAX, PUSH_BYTES_MAX, PUSH_TX_BYTES_MAX, PUSH_TXS_MAX, REASON_BYTES_MAX,
    REQUEST_BYTES_MAX, REQUEST_HASHES_MAX, REQUEST_INDEXES_MAX, RESPONSE_BYTES_MAX, RESPONSE_TXS_BYTES_MAX,
    SNAPSHOT_PART_BYTES_MAX,
};

fn hello() -> Hello {
    Hello {
        chain_id: "c".repeat(CHAIN_ID_BYTES_MAX),
        genesis_hash: B256::repeat_byte(1),
        height: 7,
        moniker: "m".repeat(MONIKER_BYTES_MAX),
        port: 26655,
        consensus_port: 26656,
        proof: Some(Proof { public_key: [2; 32], signature: [3; 64] }),
    }
}

fn lane_messages() -> Vec<LaneMessage> {
    vec![
        LaneMessage::Hello(Box::new(hello())),
        LaneMessage::Hello(Box::new(Hello { proof: None, ..hello() })),
        LaneMessage::Welcome,
        LaneMessage::Refuse(Refusal { field: Field::Genesis, reason: "r".repeat(REASON_BYTES_MAX) }),
        LaneMessage::Announce(vec![B256::repeat_byte(4); ANNOUNCE_HASHES_MAX]),
        LaneMessage::Push(vec![(B256::ZERO, Bytes::from(vec![5; PUSH_BYTES_MAX / PUSH_TXS_MAX])); PUSH_TXS_MAX]),
        LaneMessage::Push(vec![(B256::ZERO, Bytes::from(vec![5; PUSH_TX_BYTES_MAX]))]),
        LaneMessage::Evidence(Bytes::from(vec![6; EVIDENCE_BYTES_MAX])),
    ]
}

fn requests() -> Vec<Request> {
    vec![
        Request::Txs(vec![B256::repeat_byte(4); REQUEST_HASHES_MAX]),
        Request::BlockTxs { block: B256::ZERO, indexes: vec![9; REQUEST_INDEXES_MAX] },
        Request::Part { block: B256::ZERO, index: 3 },
        Request::Peers,
        Request::Snapshot { item: Item::Offer, part: 0 },
        Request::Snapshot { item: Item::Light(1), part: 2 },
        Request::Snapshot { item: Item::Base(2), part: 3 },
        Request::Snapshot { item: Item::Top(u64::MAX), part: u32::MAX },
        Request::Snapshot { item: Item::Chunk { height: 3, store: 14, hash: B256::repeat_byte(5) }, part: 1 },
    ]
}

fn entry(address: &str) -> Entry {
    let key = libp2p::identity::Keypair::ed25519_from_bytes([9; 32]).unwrap();
    Entry { id: key.public().to_peer_id(), address: address.parse().unwrap() }
}

fn responses() -> Vec<Response> {
    let mut most = vec![Some(Bytes::from(vec![1; RESPONSE_TXS_BYTES_MAX / 2])); 2];
    most.resize(REQUEST_HASHES_MAX, Some(Bytes::new()));
    vec![
        Response::Txs(most),
        Response::Txs(vec![None, Some(Bytes::new())]),
        Response::BlockTxs(None),
        Response::BlockTxs(Some(vec![Bytes::from(vec![1; 3]); REQUEST_INDEXES_MAX])),
        Response::Part(Some(Bytes::from(vec![1; PART_BYTES_MAX]))),
        Response::Part(None),
        Response::Peers(vec![entry("1.2.3.4:5"), entry("[2001:db8::1]:65535")]),
        Response::Busy,
        Response::Snapshot(None),
        Response::Snapshot(Some(Piece { parts: 64, bytes: Bytes::from(vec![1; SNAPSHOT_PART_BYTES_MAX]) })),
    ]
}

#[test]
fn every_message_survives_the_wire_within_its_frame() {
    for message in lane_messages() {
        let frame = message.encode();
        let max = if matches!(message, LaneMessage::Hello(_) | LaneMessage::Refuse(_)) {
            HELLO_BYTES_MAX
        } else {
            LANE_FRAME_BYTES_MAX
        };
        assert!(frame.len() <= max + 4, "{message:?}");
        assert_eq!(LaneMessage::decode(&frame[4..]), Ok(message));
    }
    for request in requests() {
        let frame = request.encode();
        assert!(frame.len() <= REQUEST_BYTES_MAX + 4, "{request:?}");
        assert_eq!(Request::decode(&frame[4..]), Ok(request));
    }
    for response in responses() {
        let frame = response.encode();
        assert!(frame.len() <= RESPONSE_BYTES_MAX + 4, "{}", frame.len());
        assert_eq!(Response::decode(&frame[4..]), Ok(response));
    }
}

#[test]
fn a_message_cut_short_or_with_more_behind_it_is_refused() {
    for message in lane_messages() {
        let frame = message.encode();
        let body = &frame[4..];
        assert!(LaneMessage::decode(&body[..body.len() - 1]).is_err(), "{message:?}");
        let longer = [body, &[0]].concat();
        assert_eq!(LaneMessage::decode(&longer), Err(WireError::Trailing { count: 1 }));
    }
}

#[test]
fn counts_beyond_their_bound_are_named() {
    let announce = LaneMessage::Announce(vec![B256::ZERO; ANNOUNCE_HASHES_MAX + 1]).encode();
    let request = Request::Txs(vec![B256::ZERO; REQUEST_HASHES_MAX + 1]).encode();
    let evidence = LaneMessage::Evidence(Bytes::from(vec![0; EVIDENCE_BYTES_MAX + 1])).encode();
    let part = Response::Part(Some(Bytes::from(vec![0; PART_BYTES_MAX + 1]))).encode();
    let piece = Piece { parts: 1, bytes: Bytes::from(vec![0; SNAPSHOT_PART_BYTES_MAX + 1]) };
    let piece = Response::Snapshot(Some(piece)).encode();
    let table = [
        (LaneMessage::decode(&announce[4..]).unwrap_err(), "hashes", ANNOUNCE_HASHES_MAX),
        (Request::decode(&request[4..]).unwrap_err(), "hashes", REQUEST_HASHES_MAX),
        (LaneMessage::decode(&evidence[4..]).unwrap_err(), "evidence", EVIDENCE_BYTES_MAX),
        (Response::decode(&part[4..]).unwrap_err(), "part", PART_BYTES_MAX),
        (Response::decode(&piece[4..]).unwrap_err(), "part of a snapshot", SNAPSHOT_PART_BYTES_MAX),
    ];
    for (error, what, max) in table {
        assert_eq!(error, WireError::Oversized { what, count: max as u64 + 1, max: max as u64 });
    }
}

#[test]
fn another_version_is_told_apart_whatever_follows_it() {
    let bytes = [1, 0, 2, 0xff, 0xff];
    assert_eq!(LaneMessage::decode(&bytes), Err(WireError::Version { theirs: 2 }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn arbitrary_bytes_never_panic_and_have_one_encoding(kind in 0u8..8, tail in prop::collection::vec(any::<u8>(), 0..200)) {
        let bytes = [vec![kind], tail].concat();
        if let Ok(message) = LaneMessage::decode(&bytes) {
            prop_assert_eq!(&message.encode()[4..], &bytes[..]);
        }
        if let Ok(request) = Request::decode(&bytes) {
            prop_assert_eq!(&request.encode()[4..], &bytes[..]);
        }
        if let Ok(response) = Response::decode(&bytes) {
            prop_assert_eq!(&response.encode()[4..], &bytes[..]);
        }
    }

    #[test]
    fn a_flipped_byte_never_panics_and_has_one_encoding(which in 0usize..24, at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let small = [
            LaneMessage::Hello(Box::new(hello())).encode(),
            Request::BlockTxs { block: B256::ZERO, indexes: vec![1, 2, 3] }.encode(),
            Response::Peers(vec![entry("1.2.3.4:5"), entry("[::1]:6")]).encode(),
            Response::Txs(vec![None, Some(Bytes::from(vec![1, 2]))]).encode(),
            Response::Snapshot(Some(Piece { parts: 2, bytes: Bytes::from(vec![1, 2]) })).encode(),
            Request::Snapshot { item: Item::Chunk { height: 3, store: 1, hash: B256::ZERO }, part: 1 }.encode(),
        ];
        let mut bytes = small[which % small.len()][4..].to_vec();
        let at = at.index(bytes.len());
        bytes[at] = to;
        if let Ok(message) = LaneMessage::decode(&bytes) {
            prop_assert_eq!(&message.encode()[4..], &bytes[..]);
        }
        if let Ok(response) = Response::decode(&bytes) {
            prop_assert_eq!(&response.encode()[4..], &bytes[..]);
        }
        if let Ok(request) = Request::decode(&bytes) {
            prop_assert_eq!(&request.encode()[4..], &bytes[..]);
        }
    }
}
