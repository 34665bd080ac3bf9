//! Who is let in.

use libp2p::swarm::NetworkBehaviour as _;

use super::*;

fn gate(max: usize) -> Gate {
    Gate::new(max, &Limits { inbound_per_ip: 2, ..Limits::default() }, Arc::default())
}

fn knock(gate: &mut Gate, id: usize, peer: PeerId, from: &str) -> bool {
    let (id, from) = (ConnectionId::new_unchecked(id), from.parse().unwrap());
    gate.handle_pending_inbound_connection(id, &from, &from).is_ok()
        && gate.handle_established_inbound_connection(id, peer, &from, &from).is_ok()
}

#[test]
fn an_address_has_few_connections_and_loopback_many() {
    let mut gate = gate(50);
    let let_in = |gate: &mut Gate, from: &str, first: usize| {
        (first..first + 10).filter(|id| knock(gate, *id, PeerId::random(), from)).count()
    };
    assert_eq!(let_in(&mut gate, "/ip4/9.9.9.9/tcp/1", 0), 2);
    assert_eq!(let_in(&mut gate, "/ip4/127.0.0.1/tcp/1", 100), 10);
}

#[test]
fn the_house_has_so_many_places_and_persistent_peers_one_more() {
    let mut gate = gate(3);
    let entered = (0..9).filter(|id| knock(&mut gate, *id, PeerId::random(), "/ip4/127.0.0.1/tcp/1")).count();
    assert_eq!(entered, 3);
    let friend = PeerId::random();
    gate.favour(friend);
    assert!(knock(&mut gate, 20, friend, "/ip4/127.0.0.1/tcp/1"));
    assert!(knock(&mut gate, 21, friend, "/ip4/127.0.0.1/tcp/1"), "both sides dialled");
    assert!(!knock(&mut gate, 22, friend, "/ip4/127.0.0.1/tcp/1"), "a third connection");
}

#[test]
fn bans_end_are_bounded_and_spare_nobody() {
    let (mut gate, now, friend) = (gate(3), Instant::now(), PeerId::random());
    gate.favour(friend);
    gate.ban(friend, now + std::time::Duration::from_secs(60));
    assert!(!knock(&mut gate, 0, friend, "/ip4/127.0.0.1/tcp/1"));
    gate.ban(friend, now);
    assert!(knock(&mut gate, 1, friend, "/ip4/127.0.0.1/tcp/1"));
    for second in 0..BANS_MAX as u64 + 9 {
        gate.ban(PeerId::random(), now + std::time::Duration::from_secs(second));
    }
    assert_eq!(gate.bans.len(), BANS_MAX);
    gate.forgive(now + std::time::Duration::from_secs(1 << 20));
    assert!(gate.bans.is_empty());
}
