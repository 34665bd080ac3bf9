//! Fetching transactions, a block's transactions and parts.

use std::{collections::HashMap, time::Duration};

use seiza_network::{
    Announced, Event, Fault, FetchError, Item, Piece,
    limits::{FETCH_MAX, SNAPSHOT_PART_BYTES_MAX},
};
use seiza_types::{B256, Bytes};

use crate::nodes::{Node, config, launch, pair, tx, until};

const BLOCK: B256 = B256::repeat_byte(3);

/// Answers a node's questions for ever: transactions by hash; block `BLOCK`, whose transactions these are in order; its
/// part 1.
fn answer(node: Node, txs: Vec<(B256, Bytes)>) {
    tokio::spawn(async move {
        let mut node = node;
        let _running = node.network.clone();
        let held: HashMap<_, _> = txs.iter().cloned().collect();
        while let Some(event) = node.events.recv().await {
            match event {
                Event::TxsAsked { hashes, reply, .. } => {
                    let _ = reply.send(hashes.iter().map(|hash| held.get(hash).cloned()).collect());
                }
                Event::BlockTxsAsked { block, indexes, reply, .. } => {
                    let all: Option<Vec<_>> = indexes.iter().map(|at| Some(txs.get(*at as usize)?.1.clone())).collect();
                    let _ = reply.send(all.filter(|_| block == BLOCK));
                }
                Event::PartAsked { block, index, reply, .. } => {
                    let _ = reply.send((block == BLOCK && index == 1).then(|| vec![6; 65_536].into()));
                }
                Event::SnapshotAsked { item, part, reply, .. } => {
                    let _ = reply.send(snapshot(item).and_then(|item| Piece::of(&item, part)));
                }
                _ => {}
            }
        }
    });
}

/// Tops of heights below 3, of so many megabytes and one byte.
fn snapshot(item: Item) -> Option<Bytes> {
    match item {
        Item::Top(height @ 0..3) => {
            let bytes = height as usize * SNAPSHOT_PART_BYTES_MAX + 1;
            Some((0..bytes).map(|at| at.to_le_bytes()[at % 3]).collect::<Vec<u8>>().into())
        }
        _ => None,
    }
}

#[tokio::test]
async fn a_snapshots_items_come_whole_however_large() {
    let (holder, asking) = pair().await;
    let peer = holder.network.id();
    answer(holder, vec![]);
    for height in 0..3 {
        let item = Item::Top(height);
        assert!(asking.network.fetch_snapshot(peer, item).await.unwrap() == snapshot(item).unwrap(), "{height}");
    }
    assert_eq!(asking.network.fetch_snapshot(peer, Item::Top(3)).await, Err(FetchError::NotHeld));
    assert_eq!(asking.network.fetch_snapshot(peer, Item::Offer).await, Err(FetchError::NotHeld));
    assert_eq!(asking.score(peer), Some(0));
}

#[tokio::test]
async fn parts_that_do_not_belong_together_are_scored() {
    let (mut holder, asking) = pair().await;
    let peer = holder.network.id();
    let network = asking.network.clone();
    let fetching = tokio::spawn(async move { network.fetch_snapshot(peer, Item::Base(1)).await });
    for parts in [2, 3] {
        let asked = holder.wait("a question", |event| match event {
            Event::SnapshotAsked { reply, .. } => Some(reply),
            _ => None,
        });
        asked.await.send(Some(Piece { parts, bytes: vec![1].into() })).unwrap();
    }
    assert_eq!(fetching.await.unwrap(), Err(FetchError::Faulty(Fault::Unsolicited)));
    until("the fault", || asking.score(peer).is_some_and(|score| score < 0)).await;
}

#[tokio::test]
async fn ten_thousand_announced_transactions_are_fetched() {
    let (holder, mut asking) = pair().await;
    let peer = holder.network.id();
    let txs: Vec<_> = (0..10_000).map(|number| tx(number, 200)).collect();
    holder.network.announce(txs.iter().map(|(hash, _)| Announced { hash: *hash, bytes: None }).collect());
    answer(holder, txs.clone());
    let mut fetched = vec![];
    while fetched.len() < txs.len() {
        let announced = asking.wait("an announcement", |event| match event {
            Event::Announced { txs, .. } => Some(txs),
            _ => None,
        });
        let hashes: Vec<_> = announced.await.iter().map(|tx| tx.hash).collect();
        let bytes = asking.network.fetch_txs(peer, hashes.clone()).await.unwrap();
        fetched.extend(hashes.into_iter().zip(bytes.into_iter().map(Option::unwrap)));
    }
    fetched.sort();
    assert_eq!(fetched, txs);
    assert_eq!(asking.score(peer), Some(0));
}

#[tokio::test]
async fn answers_beyond_one_response_are_asked_for_again_without_the_callers_doing() {
    let (holder, asking) = pair().await;
    let peer = holder.network.id();
    let txs: Vec<_> = (0..7).map(|number| tx(number, 1 << 20)).collect();
    answer(holder, txs.clone());
    let mut hashes: Vec<_> = txs.iter().map(|(hash, _)| *hash).collect();
    hashes.insert(3, B256::repeat_byte(0xee));
    let fetched = asking.network.fetch_txs(peer, hashes).await.unwrap();
    let mut expected: Vec<_> = txs.iter().map(|(_, bytes)| Some(bytes.clone())).collect();
    expected.insert(3, None);
    assert!(fetched == expected, "in order, with the gap");
    let of_block = asking.network.fetch_block_txs(peer, BLOCK, vec![6, 0, 5, 1, 1]).await.unwrap();
    assert!(of_block == [6, 0, 5, 1, 1].map(|at| txs[at].1.clone()));
}

#[tokio::test]
async fn what_is_not_held_is_said_so_and_costs_nothing() {
    let (holder, asking) = pair().await;
    let peer = holder.network.id();
    answer(holder, vec![tx(0, 10)]);
    let network = &asking.network;
    assert_eq!(network.fetch_part(peer, BLOCK, 1).await.map(|part| part.len()), Ok(65_536));
    assert_eq!(network.fetch_part(peer, BLOCK, 2).await, Err(FetchError::NotHeld));
    assert_eq!(network.fetch_block_txs(peer, B256::ZERO, vec![0]).await, Err(FetchError::NotHeld));
    assert_eq!(network.fetch_block_txs(peer, BLOCK, vec![0, 1]).await, Err(FetchError::NotHeld));
    assert_eq!(network.fetch_txs(peer, vec![B256::repeat_byte(9)]).await, Ok(vec![None]));
    assert_eq!(network.fetch_txs(peer, vec![]).await, Ok(vec![]));
    assert_eq!(asking.score(peer), Some(0));
    let stranger = seiza_network::PeerId::random();
    assert_eq!(network.fetch_part(stranger, BLOCK, 1).await, Err(FetchError::NotConnected));
    let many = vec![B256::ZERO; FETCH_MAX + 1];
    assert_eq!(network.fetch_txs(peer, many).await, Err(FetchError::TooMany { count: FETCH_MAX + 1, max: FETCH_MAX }));
}

#[tokio::test]
async fn a_node_that_is_slow_to_answer_says_that_it_has_nothing() {
    let mut holder = launch({
        let mut config = config(1, &[]);
        config.limits.answer_timeout = Duration::from_millis(200);
        config
    })
    .await;
    let mut asking = launch(config(2, &[&holder])).await;
    let peer = asking.joined().await.id;
    holder.joined().await;
    // Nobody reads the holder's events: no reply is sent, nor dropped.
    assert_eq!(asking.network.fetch_part(peer, BLOCK, 1).await, Err(FetchError::NotHeld));
    assert_eq!(asking.network.fetch_txs(peer, vec![BLOCK; 3]).await, Ok(vec![None; 3]));
}

#[tokio::test]
async fn more_requests_than_are_answered_at_a_time_hear_busy() {
    let mut holder = launch({
        let mut config = config(1, &[]);
        config.limits.requests_at_once = 4;
        config
    })
    .await;
    let mut asking = launch(config(2, &[&holder])).await;
    let peer = asking.joined().await.id;
    holder.joined().await;
    let all = (0..20).map(|index| asking.network.fetch_part(peer, BLOCK, index));
    let all = futures::future::join_all(all).await;
    assert_eq!(all.iter().filter(|answer| **answer == Err(FetchError::Busy)).count(), 16);
}

#[tokio::test]
async fn a_fetch_ends_when_the_peer_leaves_or_the_network_stops() {
    let (holder, mut asking) = pair().await;
    let peer = holder.network.id();
    let network = asking.network.clone();
    let waiting = tokio::spawn(async move { network.fetch_part(peer, BLOCK, 1).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    holder.network.stop().await;
    assert_eq!(waiting.await.unwrap(), Err(FetchError::NotConnected));
    assert_eq!(asking.left().await, peer);
    let network = asking.network.clone();
    asking.network.stop().await;
    assert_eq!(network.fetch_part(peer, BLOCK, 1).await, Err(FetchError::Stopped));
}
