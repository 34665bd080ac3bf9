//! The consensus log after a crash: what a torn write leaves heals by itself, damage that no crash does stops the validator.

use std::fs;
use std::time::Duration;

use seiza_engine::Failure;

use super::cluster::{Node, PATIENCE, agree, cluster, end, reach, until};
use super::plan::Plan;

/// One of two validators, alone: it has voted in height 1, cannot decide, and is stopped. And the other one, stopped too.
async fn stopped_amid_a_height(story: &str) -> (Plan, Vec<Node>) {
    let plan = Plan::of(2);
    let mut nodes = cluster(story, &plan, &[Some(0), Some(1)]).await;
    let proposer = plan.set(1).proposer(0).address;
    nodes.sort_by_key(|node| node.host.key.address() != proposer);
    nodes[1].stop().await;
    tokio::time::sleep(Duration::from_millis(500)).await; // whatever both decided is finalized by then
    until("the other has logged a vote that decides nothing", || log(&nodes[0]).len() > 112).await;
    nodes[0].stop().await;
    (plan, nodes)
}

fn path(node: &Node) -> std::path::PathBuf {
    node.config.wal.join("consensus.wal")
}

fn log(node: &Node) -> Vec<u8> {
    fs::read(path(node)).unwrap_or_default()
}

async fn both_go_on(plan: &Plan, mut nodes: Vec<Node>) {
    let tip = nodes.iter().map(|node| node.host.tip()).max().unwrap();
    for node in &mut nodes {
        node.run().await;
    }
    reach(&nodes, tip + 3).await;
    agree(&nodes, plan);
    end(nodes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_is_replayed() {
    let (plan, nodes) = stopped_amid_a_height("replayed").await;
    both_go_on(&plan, nodes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_torn_last_record_is_cut_off() {
    let (plan, nodes) = stopped_amid_a_height("torn").await;
    let whole = log(&nodes[0]);
    fs::write(path(&nodes[0]), &whole[..whole.len() - 7]).unwrap();
    both_go_on(&plan, nodes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_torn_header_is_written_anew() {
    let (plan, nodes) = stopped_amid_a_height("header").await;
    fs::write(path(&nodes[0]), &log(&nodes[0])[..4]).unwrap();
    both_go_on(&plan, nodes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_record_stops_the_validator() {
    let (_, mut nodes) = stopped_amid_a_height("damaged").await;
    let mut damaged = log(&nodes[0]);
    *damaged.last_mut().unwrap() ^= 1;
    fs::write(path(&nodes[0]), damaged).unwrap();
    nodes[0].run().await;
    let mut failure = nodes[0].engine().failure();
    let seen = tokio::time::timeout(PATIENCE, failure.wait_for(Option::is_some)).await.expect("told in time");
    assert_eq!(*seen.unwrap(), Some(Failure::Safety));
}
