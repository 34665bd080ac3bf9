//! Too much of anything: banned, dropped, bounded.

use std::time::Duration;

use seiza_network::{
    Announced, Fault, Kind, Limits, Rate,
    limits::EVENTS_MAX,
    wire::{LaneMessage, Request, Response},
};
use seiza_types::{B256, Bytes};

use crate::{
    nodes::{limits, tx, until},
    rogue::{FETCH, Rogue},
    rogues::{infiltrated, is_well},
};

#[tokio::test]
async fn a_flood_of_announcements_is_banned() {
    let few = Rate { per_second: 10, burst: 2_000 };
    let (node, mut rogue, (mut lane, _back)) = infiltrated(Limits { announcements: few, ..limits() }).await;
    let frame = LaneMessage::Announce(vec![B256::ZERO; 100]).encode();
    for _ in 0..100 {
        Rogue::write(&mut lane, &frame).await;
    }
    rogue.is_closed().await;
    let figures = node.network.figures();
    assert_eq!((figures.bans, figures.faults), (1, 9), "twenty messages were good, nine more were faults");
    is_well(&node).await;
}

#[tokio::test]
async fn a_flood_of_requests_is_banned() {
    let few = Rate { per_second: 1, burst: 20 };
    let (node, mut rogue, _lane) = infiltrated(Limits { requests: few, ..limits() }).await;
    for _ in 0..20 {
        assert_eq!(rogue.ask(&Request::Peers.encode()).await, Some(Response::Peers(vec![])));
    }
    for _ in 0..12 {
        if node.network.figures().bans == 0 {
            let mut stream = rogue.stream(FETCH).await;
            Rogue::write(&mut stream, &Request::Peers.encode()).await;
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }
    rogue.is_closed().await;
    assert_eq!(node.network.figures().bans, 1);
}

#[tokio::test]
async fn a_node_that_does_not_listen_keeps_a_bounded_queue_and_answers_busy() {
    let (node, mut rogue, (mut lane, _back)) = infiltrated(limits()).await;
    let total = 4 * EVENTS_MAX;
    for number in 0..total {
        Rogue::write(&mut lane, &LaneMessage::Announce(vec![tx(number as u64, 0).0]).encode()).await;
    }
    until("all messages", || node.network.figures().of(Kind::Announce).messages_in == total as u64).await;
    until("drops", || node.network.figures().events_dropped >= (total - 2 * EVENTS_MAX) as u64).await;
    let asked = rogue.ask(&Request::Txs(vec![B256::ZERO]).encode()).await;
    assert_eq!(asked, Some(Response::Busy));
}

#[tokio::test]
async fn a_peer_that_does_not_read_costs_a_bounded_queue() {
    let (node, rogue, _lane) = infiltrated(limits()).await;
    // The rogue reads nothing: its window fills up, then the lane's queue, then frames are dropped.
    let body = Bytes::from(vec![1; 4_000]);
    for round in 0..3_000u64 {
        let txs = (0..32).map(|at| Announced { hash: tx(round * 32 + at, 0).0, bytes: Some(body.clone()) });
        node.network.announce(txs.collect());
        if round % 16 == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    until("dropped frames", || node.network.figures().frames_dropped > 0).await;
    is_well(&node).await;
    // What waits to be written to it does not keep its place for it.
    (0..100).for_each(|_| node.network.report(&rogue.id, Fault::WrongTx));
    until("the rogue's end", || node.network.peers().is_empty()).await;
}
