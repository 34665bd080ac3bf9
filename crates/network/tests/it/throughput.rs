//! How much a mesh of four carries. Not a test of speed: run by hand, with `--ignored --nocapture`.

use std::time::{Duration, Instant};

use seiza_network::{Announced, Event, Kind};

use crate::nodes::{Node, config, launch, tx};

const COUNT: u64 = 50_000;

/// Tells the others of what it hears, as a node does, until it has heard of everything.
async fn relay(mut node: Node) -> Node {
    let mut heard = std::collections::HashSet::new();
    while (heard.len() as u64) < COUNT {
        let txs =
            node.wait("transactions", |event| if let Event::Announced { txs, .. } = event { Some(txs) } else { None });
        let fresh: Vec<_> = txs.await.into_iter().filter(|tx| heard.insert(tx.hash)).collect();
        node.network.announce(fresh.into_iter().map(|tx| Announced { bytes: None, ..tx }).collect());
    }
    node
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn fifty_thousand_transactions_reach_three_nodes() {
    let first = launch(config(1, &[])).await;
    let others =
        [launch(config(2, &[&first])).await, launch(config(3, &[&first])).await, launch(config(4, &[&first])).await];
    for node in others.iter().chain([&first]) {
        node.has_peers(3).await;
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (start, cpu) = (Instant::now(), cpu_seconds());
    let relays = others.map(|node| tokio::spawn(relay(node)));
    for number in 0..COUNT {
        let (hash, bytes) = tx(number, 200);
        first.network.announce(vec![Announced { hash, bytes: Some(bytes) }]);
        if number % 50 == 49 {
            let due = Duration::from_micros(number * 1_000_000 / 15_000);
            tokio::time::sleep(due.saturating_sub(start.elapsed())).await;
        }
    }
    for relay in relays {
        let node = relay.await.unwrap();
        assert_eq!(node.network.figures().events_dropped, 0);
    }
    let (elapsed, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    println!("{COUNT} transactions to 3 nodes in {elapsed:.2} s, {cpu:.2} s of processor for all four");
    for kind in [Kind::Push, Kind::Announce] {
        println!("{}: {:?}", kind.name(), first.network.figures().of(kind));
    }
}

/// Processor time of this process, user and system.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = after.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    ticks as f64 / 100.0
}
