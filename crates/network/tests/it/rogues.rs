//! What rogues do, what it costs them, and that nobody else notices.

use std::time::Duration;

use libp2p::Stream;
use seiza_network::{
    Announced, Event, Fault, FetchError, Limits, NetworkConfig,
    wire::{LaneMessage, Request, Response},
};
use seiza_types::B256;

use crate::{
    nodes::{Node, config, launch, limits, tx, until},
    rogue::{LANE, Rogue},
};

/// A node and a rogue that has joined it, with the rogue's lanes, out and in. Discovery is off: the node asks nothing by itself.
pub async fn infiltrated(limits: Limits) -> (Node, Rogue, (Stream, Stream)) {
    let mut node = launch(NetworkConfig { discovery: false, limits, ..config(1, &[]) }).await;
    let mut rogue = Rogue::connect(&node, 66).await;
    let lanes = rogue.join().await;
    assert_eq!(node.joined().await.moniker, "rogue");
    (node, rogue, lanes)
}

/// Whether an honest node is still served.
pub async fn is_well(node: &Node) {
    let mut friend = launch(NetworkConfig { discovery: false, ..config(5, &[node]) }).await;
    friend.joined().await;
    node.network.announce(vec![Announced { hash: tx(1, 0).0, bytes: None }]);
    friend.wait("an announcement", |event| matches!(event, Event::Announced { .. }).then_some(())).await;
}

#[tokio::test]
async fn a_peer_that_never_answers_times_out_and_is_scored() {
    let (node, mut rogue, _lane) =
        infiltrated(Limits { request_timeout: Duration::from_millis(300), ..limits() }).await;
    let id = rogue.id;
    let (fetched, _stream) = tokio::join!(node.network.fetch_txs(id, vec![B256::ZERO]), rogue.asked());
    assert_eq!(fetched, Err(FetchError::Timeout));
    until("the score", || node.score(rogue.id).is_some_and(|score| score < 0)).await;
    assert_eq!((node.network.figures().timeouts, node.network.figures().faults), (1, 1));
    is_well(&node).await;
}

#[tokio::test]
async fn a_peer_that_promises_and_does_not_send_is_scored() {
    let (mut node, mut rogue, (mut lane, _back)) = infiltrated(limits()).await;
    let (promised, other) = (B256::repeat_byte(1), B256::repeat_byte(2));
    Rogue::say(&mut lane, &LaneMessage::Announce(vec![promised])).await;
    node.wait("the announcement", |event| matches!(event, Event::Announced { .. }).then_some(())).await;
    let table = [(vec![other], 0), (vec![promised, other], 0), (vec![promised], 1)];
    for (hashes, faults) in table {
        let nothing = vec![None; hashes.len()];
        let id = rogue.id;
        let deny = async {
            let (request, mut stream) = rogue.asked().await;
            assert_eq!(request, Request::Txs(hashes.clone()));
            Rogue::write(&mut stream, &Response::Txs(nothing.clone()).encode()).await;
        };
        let (fetched, ()) = tokio::join!(node.network.fetch_txs(id, hashes.clone()), deny);
        assert_eq!(fetched, Ok(nothing.clone()));
        assert_eq!(node.network.figures().faults, faults, "{hashes:?}");
    }
}

#[tokio::test]
async fn answers_that_are_none_are_refused_and_scored() {
    let oversized: &[u8] = &[0x7f, 0xff, 0xff, 0xff, 1];
    let garbage: &[u8] = &[0, 0, 0, 3, 1, 9, 9];
    let other = Response::Part(None).encode();
    let more = Response::Txs(vec![None; 2]).encode();
    let fewer = Response::Txs(vec![]).encode();
    let table = [
        ("oversized", oversized, Fault::Oversized),
        ("garbage", garbage, Fault::Undecodable),
        ("another kind", &other, Fault::Unsolicited),
        ("more than asked", &more, Fault::Unsolicited),
        ("nothing", &fewer, Fault::Unsolicited),
    ];
    for (name, bytes, fault) in table {
        let (node, mut rogue, _lane) = infiltrated(limits()).await;
        let id = rogue.id;
        let lie = async {
            let (_, mut stream) = rogue.asked().await;
            Rogue::write(&mut stream, bytes).await;
            stream
        };
        let (fetched, _stream) = tokio::join!(node.network.fetch_txs(id, vec![B256::ZERO]), lie);
        assert_eq!(fetched, Err(FetchError::Faulty(fault)), "{name}");
        let points = -i32::try_from(fault.points()).unwrap();
        until(name, || node.score(rogue.id).is_some_and(|score| (points..=points + 2).contains(&score))).await;
    }
}

#[tokio::test]
async fn garbage_on_the_lane_is_scored_closes_the_connection_and_in_the_end_bans() {
    let table: [(&str, Vec<u8>); 4] = [
        ("an unknown kind", vec![0, 0, 0, 2, 0xee, 0xee]),
        ("an empty frame", vec![0, 0, 0, 0]),
        ("an endless frame", vec![0xff; 64]),
        ("a count beyond its bound", [vec![0, 0, 0, 5, 4], vec![0xff; 4]].concat()),
    ];
    for (name, bytes) in table {
        let (node, mut rogue, (mut lane, _back)) = infiltrated(limits()).await;
        Rogue::write(&mut lane, &bytes).await;
        rogue.is_closed().await;
        assert_eq!(node.network.figures().faults, 1, "{name}");
        for time in 2..=3 {
            let mut rogue = Rogue::connect(&node, 66).await;
            let (mut lane, _back) = rogue.join().await;
            Rogue::write(&mut lane, &bytes).await;
            rogue.is_closed().await;
            assert_eq!(node.network.figures().faults, time, "{name}");
        }
        assert_eq!(node.network.figures().bans, 1, "{name}");
        let refused = node.network.figures().refused;
        let mut banned = Rogue::dial(&node, 66);
        until(name, || node.network.figures().refused > refused).await;
        banned.is_closed().await;
        is_well(&node).await;
    }
}

#[tokio::test]
async fn garbage_in_requests_is_scored_and_harmless() {
    let (node, mut rogue, _lane) = infiltrated(limits()).await;
    let table: [(&str, Vec<u8>); 2] = [("garbage", vec![0, 0, 0, 2, 9, 9]), ("oversized", vec![0xff; 8])];
    for (at, (name, bytes)) in table.into_iter().enumerate() {
        assert_eq!(rogue.ask(&bytes).await, None, "{name}");
        until(name, || node.network.figures().faults == at as u64 + 1).await;
    }
    assert_eq!(rogue.ask(&Request::Peers.encode()).await, Some(Response::Peers(vec![])), "one may err");
    is_well(&node).await;
}

#[tokio::test]
async fn nothing_is_served_before_a_good_hello() {
    let mut node = launch(NetworkConfig { discovery: false, ..config(1, &[]) }).await;
    let mut rogue = Rogue::connect(&node, 66).await;
    for request in [Request::Peers, Request::Txs(vec![B256::ZERO]), Request::Part { block: B256::ZERO, index: 0 }] {
        assert_eq!(rogue.ask(&request.encode()).await, None, "{request:?}");
    }
    let mut lane = rogue.lane().await;
    Rogue::say(&mut lane, &LaneMessage::Announce(vec![B256::ZERO])).await;
    rogue.is_closed().await;
    assert_eq!(node.network.figures().faults, 4);
    assert!(node.events.try_recv().is_err(), "the node heard nothing");
}

#[tokio::test]
async fn a_second_lane_and_a_second_hello_are_faults() {
    let (node, mut rogue, (mut lane, _back)) = infiltrated(limits()).await;
    Rogue::say(&mut lane, &LaneMessage::Hello(Box::new(Rogue::hello(&config(9, &[]))))).await;
    until("the fault", || node.network.figures().faults == 1).await;
    rogue.begin(LANE);
    rogue.is_closed().await;
    assert_eq!(node.network.figures().faults, 2);
}
