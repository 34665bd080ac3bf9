//! Stories of clusters: they decide the same, go on without one, take it back, let others follow, and change their validators.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use seiza_engine::{Ballot, Engine, EngineConfig, EngineError, RoundBallots, metrics_text, start};
use seiza_types::{Block, Height, PeerAddress};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use super::host::Host;
use super::plan::{Plan, chain_id, key, updates};

pub const PATIENCE: Duration = Duration::from_secs(40);

/// One node of a cluster, running or not.
pub struct Node {
    pub config: EngineConfig,
    pub host: Host,
    running: Option<(Engine, JoinHandle<()>)>,
    _home: TempDir,
}

impl Node {
    pub async fn run(&mut self) {
        let (engine, asks) = start(self.config.clone()).await.unwrap();
        let serving = tokio::spawn(self.host.clone().serve(asks, engine.publisher()));
        self.running = Some((engine, serving));
    }

    pub async fn stop(&mut self) {
        let (engine, serving) = self.running.take().unwrap();
        engine.stop().await;
        tokio::time::timeout(PATIENCE, serving).await.expect("the stopped engine asks nothing").unwrap();
    }

    pub fn engine(&self) -> &Engine {
        &self.running.as_ref().unwrap().0
    }

    fn signed(&self, height: Height, by: u8) -> bool {
        let kept = self.host.kept();
        let (_, decision) = &kept.decided[height as usize - 1];
        decision.signatures.iter().any(|(address, _)| *address == key(by).address())
    }
}

fn free_ports(count: usize) -> Vec<u16> {
    let held: Vec<_> = (0..count).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap()).collect();
    held.iter().map(|listener| listener.local_addr().unwrap().port()).collect()
}

/// Nodes of `story`, all of whom know the first's and each other's addresses; node n holds key `keys[n]`.
pub async fn cluster(story: &str, plan: &Plan, keys: &[Option<u8>]) -> Vec<Node> {
    let ports = free_ports(keys.len());
    let mut nodes = Vec::new();
    for (number, held) in keys.iter().enumerate() {
        let home = TempDir::new().unwrap();
        let others = ports.iter().enumerate().filter(|(other, _)| *other != number);
        let config = EngineConfig {
            chain_id: chain_id(),
            key: held.map(key),
            node_key: [100 + number as u8; 32],
            moniker: format!("{story}-{number}"),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, ports[number])),
            peers: others.map(|(_, port)| PeerAddress { id: None, host: "127.0.0.1".into(), port: *port }).collect(),
            wal: home.path().join("wal"),
            discovery: false,
        };
        let host = Host::new(plan.clone(), key(held.unwrap_or(200)));
        let mut node = Node { config, host, running: None, _home: home };
        node.run().await;
        nodes.push(node);
    }
    nodes
}

pub async fn until(what: &str, condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub async fn reach(nodes: &[Node], height: Height) {
    let tips = || nodes.iter().map(|node| node.host.tip()).collect::<Vec<_>>();
    until(&format!("height {height} everywhere"), || tips().iter().all(|tip| *tip >= height)).await;
}

/// Everybody decided the same blocks, and every decision is a Tendermint commit that proves its block.
pub fn agree(nodes: &[Node], plan: &Plan) {
    let common = nodes.iter().map(|node| node.host.tip()).min().unwrap();
    for height in 1..=common {
        let set = plan.set(height);
        let mut values = Vec::new();
        for node in nodes {
            let (bytes, decision) = node.host.kept().decided[height as usize - 1].clone();
            let block = Block::decode(&bytes).unwrap();
            let proof = decision.certificate(&set).verify(&block, &chain_id(), &set);
            assert_eq!(proof, Ok(()), "height {height} of {}", node.config.moniker);
            values.push(decision.value);
        }
        assert!(values.windows(2).all(|pair| pair[0] == pair[1]), "height {height}: {values:?}");
    }
}

pub async fn end(mut nodes: Vec<Node>) {
    for node in &mut nodes {
        assert_eq!(*node.engine().failure().borrow(), None, "{}", node.config.moniker);
        node.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_validator_decides_alone() {
    let plan = Plan::of(1);
    let nodes = cluster("alone", &plan, &[Some(0)]).await;
    reach(&nodes, 5).await;
    agree(&nodes, &plan);
    let taken = start(EngineConfig { wal: "nowhere".into(), ..nodes[0].config.clone() }).await;
    assert!(matches!(taken, Err(EngineError::Listen(..))), "the port is taken");
    end(nodes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_validators_decide_the_same() {
    let plan = Plan::of(4);
    let nodes = cluster("four", &plan, &[Some(0), Some(1), Some(2), Some(3)]).await;
    reach(&nodes, 20).await;
    agree(&nodes, &plan);
    let peers = nodes[0].engine().peers().await;
    assert_eq!(peers.len(), 3);
    assert!(peers.iter().all(|peer| peer.validator.is_some() && peer.moniker.starts_with("four-")), "{peers:?}");
    assert!(peers.iter().any(|peer| peer.id == nodes[1].engine().peer_id()));
    let text = metrics_text();
    assert!(text.contains("moniker=\"four-0\"") && !text.contains("# EOF"), "{text}");
    end(nodes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_keeps_a_height_waiting_is_shown() {
    let plan = Plan::of(4);
    let mut nodes = cluster("waiting", &plan, &[Some(0), Some(1), Some(2), Some(3)]).await;
    reach(&nodes, 2).await;
    for mut gone in nodes.split_off(2) {
        gone.stop().await;
    }
    let height = || nodes[0].host.tip() + 1;
    let voters = |votes: &[Option<Ballot>]| votes.iter().flatten().map(|vote| vote.validator).collect::<BTreeSet<_>>();
    let here = BTreeSet::from([0, 1].map(|validator| key(validator).address()));
    // Those who left may have left a prevote: then it is the precommits that wait for them.
    let waits = |round: &RoundBallots| [&round.prevotes, &round.precommits].iter().any(|votes| voters(votes) == here);
    let shown = || nodes[0].engine().ballots().of(height()).iter().any(waits);
    until("those who vote are shown, and no others", shown).await;
    assert!(nodes[0].engine().ballots().of(height() + 1).is_empty(), "of the height at hand alone");
    end(nodes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_validator_catches_up_and_votes_again() {
    let plan = Plan::of(4);
    let mut nodes = cluster("restart", &plan, &[Some(0), Some(1), Some(2), Some(3)]).await;
    reach(&nodes, 3).await;
    nodes[3].stop().await;
    let left_at = nodes[3].host.tip();
    reach(&nodes[..3], left_at + 8).await;
    assert_eq!(nodes[3].host.tip(), left_at);

    nodes[3].run().await;
    let back_at = nodes[0].host.tip();
    reach(&nodes, back_at + 3).await;
    assert!(nodes[3].host.kept().synced > 0, "missed heights come by sync");
    let signs = |nodes: &[Node]| (back_at + 1..=nodes[0].host.tip()).any(|height| nodes[0].signed(height, 3));
    until("the restarted validator's vote is in a commit", || signs(&nodes)).await;
    agree(&nodes, &plan);
    end(nodes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_restart_at_once_and_go_on() {
    let plan = Plan::of(2);
    let mut nodes = cluster("all", &plan, &[Some(0), Some(1)]).await;
    reach(&nodes, 3).await;
    for node in &mut nodes {
        node.stop().await;
    }
    let tip = nodes.iter().map(|node| node.host.tip()).max().unwrap();
    for node in &mut nodes {
        node.run().await;
    }
    reach(&nodes, tip + 3).await;
    agree(&nodes, &plan);
    end(nodes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_node_follows_by_gossip() {
    let plan = Plan::of(2);
    let nodes = cluster("full", &plan, &[Some(0), Some(1), None]).await;
    reach(&nodes, 15).await;
    agree(&nodes, &plan);
    let (proposals, synced) = nodes[2].host.came();
    assert!(proposals > synced, "{proposals} proposals, {synced} synced");
    end(nodes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn validators_join_and_leave_at_a_height() {
    let change = [updates([3]), vec![seiza_types::ValidatorUpdate { power: 0, ..updates([0])[0] }]].concat();
    let plan = Plan { change: Some((6, change)), ..Plan::of(3) };
    let nodes = cluster("change", &plan, &[Some(0), Some(1), Some(2), Some(3)]).await;
    reach(&nodes, 12).await;
    agree(&nodes, &plan);
    for height in 1..=12 {
        let (joiner, leaver) = (nodes[1].signed(height, 3), nodes[1].signed(height, 0));
        assert!(if height < 6 { !joiner } else { !leaver }, "height {height}: {joiner} {leaver}");
    }
    until("the newcomer signs", || (6..=nodes[1].host.tip()).any(|height| nodes[1].signed(height, 3))).await;
    end(nodes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_on_two_machines_is_evidence() {
    let plan = Plan::of(4);
    let nodes = cluster("twin", &plan, &[Some(0), Some(1), Some(2), Some(3), Some(3)]).await;
    let found = || nodes[..3].iter().find_map(|node| node.host.kept().evidence.first().cloned());
    until("double votes are told of", || found().is_some()).await;
    let evidence = found().unwrap();
    assert_eq!(evidence.validator(), key(3).address());
    assert_eq!(evidence.verify(&chain_id(), &plan.set(evidence.height())), Ok(()));
    agree(&nodes[..3], &plan);
    end(nodes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validator_that_completes_no_proposal_follows_by_sync() {
    let plan = Plan::of(4);
    let mut nodes = cluster("deaf", &plan, &[Some(0), Some(1), Some(2), Some(3)]).await;
    nodes[3].stop().await;
    nodes[3].host.deaf = true;
    nodes[3].run().await;
    let deaf_at = nodes[3].host.tip();
    reach(&nodes, deaf_at + 8).await;
    assert!(nodes[3].host.kept().synced > 0);
    agree(&nodes, &plan);
    end(nodes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_chain_s_node_is_no_peer() {
    let plan = Plan::of(2);
    let mut nodes = cluster("chains", &plan, &[Some(0), Some(1)]).await;
    reach(&nodes, 2).await;
    nodes[1].stop().await;
    nodes[1].config.chain_id = "another-chain".parse().unwrap();
    nodes[1].run().await;
    // Votes that were under way when the other stopped may still decide one block.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let tips = [nodes[0].host.tip(), nodes[1].host.tip()];
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(nodes[0].engine().peers().await.is_empty());
    assert_eq!([nodes[0].host.tip(), nodes[1].host.tip()], tips);
    end(nodes).await;
}
