//! What outlives a connection: persistent peers, bans, the book.

use std::time::{Duration, Instant};

use seiza_network::{Fault, NetworkConfig};

use crate::nodes::{config, launch, pair, until};

#[tokio::test]
async fn a_persistent_peer_that_restarts_is_joined_again() {
    let (first, mut second) = pair().await;
    let (id, listen) = (first.network.id(), first.network.listen_addr());
    first.network.stop().await;
    assert_eq!(second.left().await, id);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut again = launch(NetworkConfig { listen, ..config(1, &[]) }).await;
    assert_eq!(second.joined().await.id, id);
    assert_eq!(again.joined().await.id, second.network.id());
}

#[tokio::test]
async fn a_persistent_peer_that_starts_late_is_found() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let late = seiza_types::PeerAddress { id: None, host: "127.0.0.1".into(), port: free.port() };
    let mut early = launch(NetworkConfig { peers: vec![late], ..config(2, &[]) }).await;
    until("failed dials", || early.network.figures().dials_failed >= 3).await;
    let node = launch(NetworkConfig { listen: free, ..config(1, &[]) }).await;
    let joined = early.joined().await;
    assert_eq!((joined.id, joined.persistent), (node.network.id(), true));
}

#[tokio::test]
async fn a_ban_survives_reconnecting_and_ends() {
    let mut first = launch({
        let mut config = config(1, &[]);
        config.limits.ban = Duration::from_secs(3);
        config
    })
    .await;
    let mut second = launch(config(2, &[&first])).await;
    let peer = first.joined().await.id;
    second.joined().await;
    first.network.report(&peer, Fault::WrongTx);
    until("the score", || first.score(peer).is_some_and(|score| (-60..=-45).contains(&score))).await;
    let banned = Instant::now();
    first.network.report(&peer, Fault::WrongTx);
    assert_eq!(first.left().await, peer);
    assert_eq!(second.left().await, first.network.id());
    until("refused dials", || first.network.figures().refused >= 2).await;
    assert_eq!(first.network.peers(), vec![], "it dials, and is refused");
    assert_eq!(first.joined().await.id, peer);
    assert!(banned.elapsed() >= Duration::from_secs(3), "{:?}", banned.elapsed());
    assert_eq!((first.network.figures().bans, first.score(peer)), (1, Some(0)), "it starts afresh");
}

#[tokio::test]
async fn the_book_brings_a_node_back_without_persistent_peers() {
    let folder = tempfile::tempdir().unwrap();
    let book = Some(folder.path().join("book"));
    let mut first = launch(config(1, &[])).await;
    let mut second = launch(NetworkConfig { book: book.clone(), ..config(2, &[&first]) }).await;
    second.joined().await;
    first.joined().await;
    until("the book's file", || book.as_ref().is_some_and(|path| path.exists())).await;
    second.network.stop().await;
    first.left().await;
    let mut again = launch(NetworkConfig { book, ..config(2, &[]) }).await;
    assert_eq!(again.joined().await.id, first.network.id());
}
