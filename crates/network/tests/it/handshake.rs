//! Who talks with whom: hellos, refusals, and finding each other.

use std::time::Duration;

use seiza_network::{
    Direction, NetworkConfig, NetworkError,
    wire::{Field, LaneMessage},
};
use seiza_types::{B256, PeerAddress, ValidatorKey};

use crate::{
    nodes::{config, launch, until},
    rogue::Rogue,
};

#[tokio::test]
async fn two_nodes_join_and_know_what_the_other_said() {
    let key = ValidatorKey::from_seed([9; 32]);
    let mut first = launch(NetworkConfig { validator: Some(key.clone()), ..config(1, &[]) }).await;
    let mut second = launch(config(2, &[&first])).await;
    let (of_second, of_first) = (first.joined().await, second.joined().await);
    assert_eq!((of_first.id, of_first.address), (first.network.id(), first.network.listen_addr()));
    assert_eq!((of_first.validator, of_second.validator), (Some(key.address()), None));
    assert_eq!((of_first.moniker.as_str(), of_first.consensus_port, of_first.height), ("node-1", 1_001, 5));
    assert_eq!((of_first.direction, of_second.direction), (Direction::Outbound, Direction::Inbound));
    assert_eq!((of_first.persistent, of_second.persistent), (true, false));
    assert_eq!(of_second.address, second.network.listen_addr(), "an inbound peer says where it listens");
    until("a ping", || first.network.peers().iter().all(|peer| peer.rtt.is_some())).await;
}

#[tokio::test]
async fn four_nodes_find_each_other_through_one() {
    let first = launch(config(1, &[])).await;
    let others =
        [launch(config(2, &[&first])).await, launch(config(3, &[&first])).await, launch(config(4, &[&first])).await];
    for node in others.iter().chain([&first]) {
        node.has_peers(3).await;
    }
    let mut ids: Vec<_> = others[0].network.peers().iter().map(|peer| peer.id).collect();
    ids.push(others[0].network.id());
    ids.sort();
    let mut all: Vec<_> = others.iter().chain([&first]).map(|node| node.network.id()).collect();
    all.sort();
    assert_eq!(ids, all);
}

#[tokio::test]
async fn without_discovery_a_node_keeps_to_its_persistent_peers() {
    let first = launch(config(1, &[])).await;
    let second = launch(NetworkConfig { discovery: false, ..config(2, &[&first]) }).await;
    let third = launch(NetworkConfig { discovery: false, ..config(3, &[&first]) }).await;
    first.has_peers(2).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!((second.network.peers().len(), third.network.peers().len()), (1, 1));
}

#[tokio::test]
async fn a_node_of_another_chain_or_genesis_is_refused_by_name_and_not_dialled_again() {
    let table = [
        (NetworkConfig { chain_id: "other-9".into(), ..config(2, &[]) }, Field::ChainId, "seiza-1 here, other-9 there"),
        (NetworkConfig { genesis_hash: B256::ZERO, ..config(2, &[]) }, Field::Genesis, "0x0707"),
    ];
    for (stranger, field, reason) in table {
        let node = launch(config(1, &[])).await;
        // A rogue with the stranger's hello hears why.
        let mut rogue = Rogue::connect(&node, 77).await;
        let hello = Rogue::hello(&stranger);
        let mut out = rogue.lane().await;
        Rogue::say(&mut out, &LaneMessage::Hello(Box::new(hello))).await;
        let (_, mut back) = rogue.accept().await;
        let LaneMessage::Hello(ours) = Rogue::hear(&mut back).await else { panic!("the hello comes first") };
        assert_eq!(ours.chain_id, "seiza-1");
        let LaneMessage::Refuse(refusal) = Rogue::hear(&mut back).await else { panic!("refused") };
        assert_eq!(refusal.field, field);
        assert!(refusal.reason.contains(reason), "{refusal}");
        rogue.is_closed().await;
        // An honest node that has it as a persistent peer dials once, and then not for a while.
        let other = launch(NetworkConfig { peers: vec![crate::nodes::address(&node)], ..stranger }).await;
        until("the refusal", || other.network.figures().refused > 0).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(other.network.figures().dials, 1);
        assert_eq!((node.network.peers().len(), other.network.peers().len()), (0, 0));
    }
}

#[tokio::test]
async fn another_protocol_version_is_refused_whatever_its_hello_looks_like() {
    let node = launch(config(1, &[])).await;
    let mut rogue = Rogue::connect(&node, 77).await;
    let mut out = rogue.lane().await;
    Rogue::write(&mut out, &[0, 0, 0, 5, 1, 0, 2, 0xff, 0xff]).await;
    let (_, mut back) = rogue.accept().await;
    assert!(matches!(Rogue::hear(&mut back).await, LaneMessage::Hello(_)));
    let LaneMessage::Refuse(refusal) = Rogue::hear(&mut back).await else { panic!("refused") };
    assert_eq!(refusal.to_string(), "protocol version: 1 here, 2 there");
    rogue.is_closed().await;
}

#[tokio::test]
async fn who_says_no_hello_is_shown_the_door() {
    let node = launch(config(1, &[])).await;
    let mut rogue = Rogue::connect(&node, 77).await;
    rogue.is_closed().await;
    assert_eq!(node.network.figures().joined, 0);
}

#[tokio::test]
async fn a_node_that_is_its_own_peer_does_not_dial_itself_for_ever() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let itself = PeerAddress { id: None, host: "localhost".into(), port: free.port() };
    let node = launch(NetworkConfig { listen: free, peers: vec![itself], ..config(1, &[]) }).await;
    until("the dial", || node.network.figures().dials > 0).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!((node.network.figures().dials, node.network.peers().len()), (1, 0));
}

#[tokio::test]
async fn a_configuration_beyond_its_bounds_does_not_start() {
    let long = "x".repeat(65);
    let table = [
        (NetworkConfig { moniker: long.clone(), ..config(1, &[]) }, "moniker"),
        (NetworkConfig { chain_id: long, ..config(1, &[]) }, "chain id"),
    ];
    for (config, name) in table {
        let refused = seiza_network::start(config).await.err();
        assert!(matches!(refused, Some(NetworkError::Oversized { field, .. }) if field == name), "{name}");
    }
    let taken = launch(config(1, &[])).await;
    let again = NetworkConfig { listen: taken.network.listen_addr(), ..config(2, &[]) };
    assert!(matches!(seiza_network::start(again).await.err(), Some(NetworkError::Listen { .. })));
}
