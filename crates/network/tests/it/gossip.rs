//! Announcements, pushes and evidence among honest nodes.

use std::time::Duration;

use seiza_network::{Announced, Event, Kind};
use seiza_types::Bytes;

use crate::nodes::{Node, config, launch, pair, tx};

async fn announced(node: &mut Node) -> Vec<Announced> {
    node.wait("an announcement", |event| if let Event::Announced { txs, .. } = event { Some(txs) } else { None }).await
}

#[tokio::test]
async fn small_new_transactions_arrive_whole_large_ones_by_hash() {
    let (first, mut second) = pair().await;
    let (small, large) = (tx(1, 200), tx(2, 5_000));
    let announce = |(hash, bytes): &(_, Bytes)| Announced { hash: *hash, bytes: Some(bytes.clone()) };
    first.network.announce(vec![announce(&small), announce(&large)]);
    let mut heard = announced(&mut second).await;
    while heard.len() < 2 {
        heard.extend(announced(&mut second).await);
    }
    heard.sort_by_key(|tx| tx.hash);
    assert_eq!(heard, [announce(&small), Announced { hash: large.0, bytes: None }]);
}

#[tokio::test]
async fn many_single_announcements_share_few_messages() {
    let (first, mut second) = pair().await;
    for number in 0..1_000 {
        first.network.announce(vec![Announced { hash: tx(number, 0).0, bytes: None }]);
    }
    let mut heard = 0;
    while heard < 1_000 {
        heard += announced(&mut second).await.len();
    }
    let traffic = first.network.figures().of(Kind::Announce);
    assert!(traffic.messages_out <= 100, "{traffic:?}");
    assert!(traffic.bytes_out < 1_000 * 40, "{traffic:?}");
    assert_eq!(second.network.figures().of(Kind::Announce).bytes_in, traffic.bytes_out);
}

#[tokio::test]
async fn nobody_is_told_what_it_knows() {
    let (first, mut second) = pair().await;
    let (hash, bytes) = tx(1, 100);
    first.network.announce(vec![Announced { hash, bytes: Some(bytes) }]);
    announced(&mut second).await;
    // Back to who told it, and once more by who has told it: neither sends anything.
    second.network.announce(vec![Announced { hash, bytes: None }]);
    first.network.announce(vec![Announced { hash, bytes: None }]);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(second.network.figures().of(Kind::Announce).messages_out, 0);
    let out = first.network.figures();
    assert_eq!((out.of(Kind::Push).messages_out, out.of(Kind::Announce).messages_out), (1, 0));
}

#[tokio::test]
async fn evidence_reaches_everybody_once_by_those_who_verified_it() {
    let offline = |number, peers: &[&Node]| {
        let mut config = config(number, peers);
        config.discovery = false;
        config
    };
    let first = launch(offline(1, &[])).await;
    let mut second = launch(offline(2, &[&first])).await;
    let mut third = launch(offline(3, &[&second])).await;
    third.joined().await;
    second.has_peers(2).await;
    first.has_peers(1).await;
    let evidence = Bytes::from(vec![4; 500]);
    let pick = |event| if let Event::Evidence { bytes, .. } = event { Some(bytes) } else { None };
    first.network.gossip_evidence(evidence.clone());
    assert_eq!(second.wait("evidence", pick).await, evidence);
    assert!(third.events.try_recv().is_err(), "second has not verified it yet");
    second.network.gossip_evidence(evidence.clone());
    assert_eq!(third.wait("evidence", pick).await, evidence);
    third.network.gossip_evidence(evidence.clone());
    second.network.gossip_evidence(evidence);
    tokio::time::sleep(Duration::from_millis(200)).await;
    let sent: Vec<_> =
        [&first, &second, &third].map(|node| node.network.figures().of(Kind::Evidence).messages_out).into();
    assert_eq!(sent, [1, 1, 0], "each link once");
}
