//! Random kill -9 of validators, started again after a while: the chain goes on, all stay one, nobody signs twice.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::cluster::{Cluster, Plan};
use crate::heights::quantile;
use crate::rejoin;

/// How long a killed validator stays away.
const AWAY: Duration = Duration::from_millis(700);
/// Between two kills.
const EVERY: Duration = Duration::from_millis(1_900);

pub fn run(seconds: u64) -> Result<(), String> {
    let mut cluster = Cluster::start(Plan::new(&["--block-time", "100ms", "--log", "info"]))?;
    let (start, mut kills, mut random) = (Instant::now(), 0, 0x9e37_79b9_7f4a_7c15_u64);
    let (mut best, mut moved, mut stall) = (0, Instant::now(), Duration::ZERO);
    while start.elapsed() < Duration::from_secs(seconds) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let victim = usize::try_from(random % cluster.len() as u64).unwrap();
        cluster.kill_one(victim);
        kills += 1;
        watch(&cluster, AWAY, &mut best, &mut moved, &mut stall);
        cluster.start_one(victim)?;
        watch(&cluster, EVERY - AWAY, &mut best, &mut moved, &mut stall);
    }
    cluster.await_height(best + 3)?;
    let (heights, divergences) = compare(&cluster);
    let delays = rejoin::delays(&cluster)?;
    let (median, worst) = (quantile(&delays, 0.5), quantile(&delays, 1.0));
    println!("chaos: {seconds} s, {kills} kill -9 over 4 validators");
    println!("| heights | divergences | evidence of double signs | longest stall | votes again after being in sync |");
    println!("|---|---|---|---|---|");
    let (doubles, stall, times) = (cluster.count("signed twice"), stall.as_secs_f64(), delays.len());
    print!("| {heights} | {divergences} | {doubles} | {stall:.1} s ");
    println!("| median {median:.0} ms, at most {worst:.0} ms ({times} restarts) |\n");
    if divergences == 0 { Ok(()) } else { Err("validators parted".into()) }
}

/// Lets time pass and notes how long the chain stood still.
fn watch(cluster: &Cluster, span: Duration, best: &mut u64, moved: &mut Instant, stall: &mut Duration) {
    let until = Instant::now() + span;
    while Instant::now() < until {
        let height = (0..cluster.len()).map(|index| cluster.height(index)).max().unwrap_or(0);
        if height > *best {
            (*best, *moved) = (height, Instant::now());
        }
        *stall = (*stall).max(moved.elapsed());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Highest height, and heights at which two validators committed different blocks or came to different states.
fn compare(cluster: &Cluster) -> (u64, usize) {
    let mut seen: BTreeMap<u64, (String, String)> = BTreeMap::new();
    let mut parted = 0;
    for index in 0..cluster.len() {
        for block in cluster.blocks(index) {
            let found = (block.hash, block.app_hash);
            let known = seen.entry(block.height).or_insert_with(|| found.clone());
            parted += usize::from(*known != found);
        }
    }
    (seen.last_key_value().map_or(0, |(height, _)| *height), parted)
}
